"""The customer side of what people look at: the list, the 360 page and the search of everything.

Reading order: `words` → `listing` and `list_view` (the list) → `who`, `value`, `spending`, `timeline` and `page_view` (the
360 page) → `search`. What can be changed on these pages is done by the customers room.
"""
