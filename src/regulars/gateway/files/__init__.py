"""Files in: CSV, XLSX, Parquet and JSON become stores, products, customers, receipts and returns.

For people with spreadsheets, and for `regulars import`. A file is never parsed in the process that serves pages: a child
with limits on memory, time and network (`child.py`) sniffs, checks, converts and writes chunks of typed Arrow rows; the
parent (`running.py`) gives them to the rooms' services, one transaction a chunk. Reading order: `kinds` (what a file may
hold) → `matching` (their columns to ours) → `child` → `reading`, `conversion`, `chunks` → `running` → `services`.
Vocabulary: batch, kind, mapping, chunk, reject, dry run.
"""
