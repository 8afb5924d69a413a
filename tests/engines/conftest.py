"""Two lakes (a small invented shop, and the real panel) and the engines that read them, made once per run."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest
from bench import panel

from regulars.insight.engines.contract import Engine
from regulars.insight.engines.duckdb_engine import DuckDbEngine
from regulars.insight.lake.storage import Lake
from regulars.insight.metrics.periods import Period
from tests.engines import small_shop

PANEL_YEAR = Period(date(2017, 1, 1), date(2017, 12, 31))


@pytest.fixture(scope="session")
def small_lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = Lake(str(tmp_path_factory.mktemp("small") / "lake"))
    small_shop.write(lake)
    return lake


@pytest.fixture(scope="session")
def small(small_lake: Lake) -> Engine:
    return DuckDbEngine(small_lake, memory="1GB")


@pytest.fixture(scope="session")
def small_on_spark(small_lake: Lake) -> Iterator[Engine]:
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java, and there is none here")
    from pyspark.sql import SparkSession

    from regulars.insight.engines.spark_engine import SparkEngine

    # One partition: on a few hundred rows Spark's default of 200 is nothing but waiting.
    session = SparkSession.builder.master("local[1]").config("spark.sql.shuffle.partitions", "1")
    for key, value in {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        # The virtual machine lives for some seconds: what a compiler makes faster later is only lost now.
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.sql.adaptive.enabled": "false",
    }.items():
        session = session.config(key, value)
    running = session.getOrCreate()
    yield SparkEngine(small_lake, master="local[1]")
    running.stop()


@pytest.fixture(scope="session")
def real_lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = Lake(str(tmp_path_factory.mktemp("real") / "lake"))
    with panel.open_panel(memory="1GB") as source:
        panel.write_lake(source, lake)
    return lake


@pytest.fixture(scope="session")
def real(real_lake: Lake) -> Engine:
    return DuckDbEngine(real_lake, memory="1GB")


@pytest.fixture(scope="session")
def real_files(real_lake: Lake) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB of one's own over the same files, for the hand-written SQL."""
    with duckdb.connect(config={"memory_limit": "1GB"}) as reader:
        for name in ("receipt", "receipt_line", "product", "store", "customer"):
            files = Path(real_lake.uri(name)).rglob("*.parquet")
            reader.execute(
                f"CREATE VIEW {name} AS FROM read_parquet({[str(file) for file in files]!r}, hive_partitioning = true)"
            )
        yield reader
