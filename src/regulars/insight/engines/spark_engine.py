"""Spark: the same expressions on a cluster, for a company that outgrew one machine (`REGULARS_ENGINE=spark://…`).

Reads the Parquet files that the lake's log names, so no Delta package is needed on the cluster. Needs the extra `spark`
and Java.
"""

from __future__ import annotations

import logging
import shutil
import threading
from typing import Any

import ibis
import pyarrow as pa
from deltalake import DeltaTable
from ibis.expr.operations import DatabaseTable

from regulars.insight.engines.contract import EngineMissingError, LakeEmptyError
from regulars.insight.lake.storage import Lake


class SparkEngine:
    """A Spark session whose temporary views are the lake's tables."""

    name = "spark"

    def __init__(self, lake: Lake, *, master: str) -> None:
        self._lake = lake
        self._lock = threading.RLock()
        self._views: dict[str, tuple[int, Any]] = {}
        self._session = _session(master)
        self._ibis: Any = ibis.pyspark.connect(self._session)

    def table(self, name: str) -> Any:
        with self._lock:
            table = self._current(name)
            known = self._views.get(name)
            if known is None or known[0] != table.version():
                self._views[name] = known = (table.version(), self._view(name, table))
            return known[1]

    def run(self, expression: Any) -> pa.Table:
        for table in expression.op().find(DatabaseTable):
            self.table(table.name)  # an expression may be older than the lake is now
        return self._ibis.to_pyarrow(expression)

    def version(self, *names: str) -> tuple[int, ...]:
        return tuple(self._current(name).version() for name in names)

    def _current(self, name: str) -> DeltaTable:
        table = self._lake.find(name)
        if table is None:
            raise LakeEmptyError("There are no figures yet: the lake is filled within a minute of the first sale.")
        return table

    def _view(self, name: str, table: DeltaTable) -> Any:
        files = [_spark_uri(uri) for uri in table.file_uris()]
        if not files:
            return self._empty(name, table)
        rows = self._session.read.option("basePath", _spark_uri(self._lake.uri(name))).parquet(*files)
        rows.createOrReplaceTempView(name)
        return self._ibis.table(name)

    def _empty(self, name: str, table: DeltaTable) -> Any:
        schema = pa.schema(table.schema().to_arrow())
        self._session.createDataFrame(schema.empty_table()).createOrReplaceTempView(name)
        return self._ibis.table(name)


def _session(master: str) -> Any:
    try:
        from pyspark.sql import SparkSession
    except ModuleNotFoundError:
        raise EngineMissingError(
            "REGULARS_ENGINE asks for Spark, but pyspark is not installed; install regulars[spark]."
        ) from None
    if master.startswith("sc://"):
        return SparkSession.builder.remote(master).getOrCreate()
    if shutil.which("java") is None:
        raise EngineMissingError("Spark needs Java, and there is no `java` here; install a Java 17 runtime.")
    logging.getLogger("py4j").setLevel(logging.WARNING)  # it tells of every connection
    builder = SparkSession.builder.master(master).appName("regulars").config("spark.sql.session.timeZone", "UTC")
    for key, value in _SETTINGS.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


# The web page of a Spark driver has no sign-in. Decimal sums of integers must not overflow into null silently.
_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
}


def _spark_uri(uri: str) -> str:
    """Spark's name for S3 is s3a."""
    return f"s3a://{uri.removeprefix('s3://')}" if uri.startswith("s3://") else uri
