"""The design system: base page, components, CSS, icons, charts, list pages. No word of retail lives here.

For: every room that shows a page; it stands on core alone and is told the navigation by the rooms above it.
In the flow: beside the rules language, before the first domain room. Vocabulary: frame, component, listing, refusal.
"""
