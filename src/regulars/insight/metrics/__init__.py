"""The metric registry: one definition of each figure, used by every page, the API and the exports (F122).

Reading order: `periods` and `slices` (which sales are asked about) → `rows` (the expression of those sales) → `measures` (what
is added up) → `registry` (the metrics, with their formulas in words) → `report` (several at once) → `comparison`, `trend`,
`retention`, `movers`.
"""
