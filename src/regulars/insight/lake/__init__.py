"""The lake: a rebuildable copy of the facts and dimensions in Delta tables, without personal data (D6).

Reading order: `tables` (what is copied) → `source` (one snapshot of PostgreSQL) → `storage` (the Delta tables) → `sync` (the
copying) → `compact`. Whoever reads the lake goes through `insight.engines`.
"""
