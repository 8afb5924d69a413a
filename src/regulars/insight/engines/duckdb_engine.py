"""DuckDB in this process: reads the lake's Parquet files natively, in the memory it is given.

For one machine, the default. The connection can read the lake's folder and nothing else, and its settings are locked, so
that an ad-hoc question cannot reach other files or the network (T-16).
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import weakref
from typing import Any

import ibis
import pyarrow as pa
from deltalake import DeltaTable

from regulars.insight.engines.contract import LakeEmptyError
from regulars.insight.lake.storage import Lake


class DuckDbEngine:
    """One in-memory DuckDB whose views are the lake's tables. Questions wait for each other: each gets the whole memory."""

    name = "duckdb"

    def __init__(self, lake: Lake, *, memory: str, threads: int = 0) -> None:
        self._lake = lake
        self._lock = threading.RLock()
        self._tables: dict[str, DeltaTable] = {}
        self._views: dict[str, tuple[int, Any]] = {}
        self._scratch = tempfile.mkdtemp(prefix="regulars-duckdb-")  # where a question that outgrows the memory goes
        weakref.finalize(self, shutil.rmtree, self._scratch, ignore_errors=True)
        options: dict[str, Any] = {"memory_limit": memory, "temp_directory": self._scratch}
        if threads:
            options["threads"] = threads
        self._ibis: Any = ibis.duckdb.connect(**options)
        self._fence()

    def table(self, name: str) -> Any:
        with self._lock:
            table = self._current(name)
            known = self._views.get(name)
            if known is None or known[0] != table.version():
                self._views[name] = known = (table.version(), self._view(name, table))
            return known[1]

    def run(self, expression: Any) -> pa.Table:
        with self._lock:
            return self._ibis.to_pyarrow(expression)

    def version(self, *names: str) -> tuple[int, ...]:
        with self._lock:
            return tuple(self._current(name).version() for name in names)

    def _current(self, name: str) -> DeltaTable:
        table = self._tables.get(name)
        if table is None:
            table = self._lake.find(name)
            if table is None:
                raise LakeEmptyError("There are no figures yet: the lake is filled within a minute of the first sale.")
            self._tables[name] = table
        else:
            table.update_incremental()
        return table

    def _view(self, name: str, table: DeltaTable) -> Any:
        files = table.file_uris()
        if not files:
            return ibis.memtable(pa.schema(table.schema().to_arrow()).empty_table())
        if not self._lake.is_local:
            # DuckDB would have to download an extension for object stores; delta-rs brings its own client.
            self._ibis.con.register(name, table.to_pyarrow_dataset())
            return self._ibis.table(name)
        return self._ibis.read_parquet(files, table_name=name, hive_partitioning=True)

    def _fence(self) -> None:
        folders = [self._scratch] + ([self._lake.url.removeprefix("file://")] if self._lake.is_local else [])
        self._ibis.raw_sql(f"SET allowed_directories = {folders!r}")
        self._ibis.raw_sql("SET enable_external_access = false")
        self._ibis.raw_sql("SET lock_configuration = true")
