"""DuckDB in this process: reads the lake's Parquet files natively, in the memory it is given.

For one machine, the default. The connection can read the lake's folder and nothing else, and its settings are locked, so
that an ad-hoc question cannot reach other files or the network (T-16).
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import weakref
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import ibis
import pyarrow as pa
from deltalake import DeltaTable
from ibis.expr.operations import DatabaseTable

from regulars.insight.engines.contract import LakeEmptyError
from regulars.insight.lake.storage import Lake

_PLANS_MAX = 200


@dataclass(frozen=True, slots=True)
class _Plan:
    """A question as a prepared statement, the lake's tables that it reads, and the columns of its answer."""

    name: str
    sql: str
    tables: tuple[str, ...]
    schema: pa.Schema
    versions: tuple[int, ...] | None = None  # of the tables when it was prepared


class DuckDbEngine:
    """One in-memory DuckDB whose views are the lake's tables. Questions wait for each other: each gets the whole memory."""

    name = "duckdb"

    def __init__(self, lake: Lake, *, memory: str, threads: int = 0) -> None:
        self._lake = lake
        self._lock = threading.RLock()
        self._tables: dict[str, DeltaTable] = {}
        self._views: dict[str, tuple[int, Any]] = {}
        self._plans: dict[Any, _Plan] = {}
        self._numbers = count()
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
            plan = self._planned(expression)
            # DuckDB's sums of integers are wider than anything we add up.
            return self._ibis.con.sql(f"EXECUTE {plan.name}").to_arrow_table().cast(plan.schema)

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

    def _planned(self, expression: Any) -> _Plan:
        """Return the question as a prepared statement over the tables as they are now.

        To write, parse and plan SQL takes longer than many an answer, so the latest questions stay prepared.
        """
        node = expression.op()
        plan = self._plans.pop(node, None) or self._written(expression)
        versions = tuple(self._refreshed(name) for name in plan.tables)
        if versions != plan.versions:
            self._ibis.con.execute(f"PREPARE {plan.name} AS {plan.sql}")  # in the place of the earlier one
            plan = replace(plan, versions=versions)
        self._plans[node] = plan  # the newest last
        if len(self._plans) > _PLANS_MAX:
            oldest = self._plans.pop(next(iter(self._plans)))
            self._ibis.con.execute(f"DEALLOCATE {oldest.name}")
        return plan

    def _written(self, expression: Any) -> _Plan:
        tables = {table.name for table in expression.op().find(DatabaseTable)} & self._views.keys()
        schema = expression.as_table().schema().to_pyarrow()
        return _Plan(f"question_{next(self._numbers)}", self._ibis.compile(expression), tuple(sorted(tables)), schema)

    def _refreshed(self, name: str) -> int:
        self.table(name)
        return self._views[name][0]

    def _view(self, name: str, table: DeltaTable) -> Any:
        files = table.file_uris()
        self._ibis.con.unregister(name)  # what is registered would hide a view of the same name
        if files and self._lake.is_local:
            return self._ibis.read_parquet(files, table_name=name, hive_partitioning=True)
        # DuckDB would have to download an extension for object stores; delta-rs brings its own client.
        self._ibis.raw_sql(f"DROP VIEW IF EXISTS {name}")
        rows = table.to_pyarrow_dataset() if files else pa.schema(table.schema().to_arrow()).empty_table()
        self._ibis.con.register(name, rows)
        return self._ibis.table(name)

    def _fence(self) -> None:
        folders = [self._scratch] + ([self._lake.url.removeprefix("file://")] if self._lake.is_local else [])
        self._ibis.raw_sql(f"SET allowed_directories = {folders!r}")
        self._ibis.raw_sql("SET enable_external_access = false")
        self._ibis.raw_sql("SET lock_configuration = true")
