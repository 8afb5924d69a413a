"""What the purchases say of each customer: value, rhythm, lifecycle stage, likes (F58–F60).

Reading order: `rules` (the decisions, for one customer) → `purchases` → `rhythm`, `rfm`, `value`, `likes` (the same decisions
for all customers at once, as Ibis expressions) → `figures` (all together) → `write_back` → `explain`, `lifecycle`, `attention`.
"""
