"""DuckDB sees the lake as it is now, and nothing beside the lake."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from regulars.insight.engines import duckdb_engine, engine
from regulars.insight.engines.contract import EngineUnknownError, LakeEmptyError
from regulars.insight.engines.duckdb_engine import DuckDbEngine
from regulars.insight.lake.storage import Lake

ROWS = pa.table({"store_id": pa.array([1, 2], pa.int64()), "amount": pa.array([10, 20], pa.int64())})


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "lake"))


def total(reader: DuckDbEngine, table: Any) -> Any:
    return reader.run(table.aggregate(total=table.amount.sum()))["total"].to_pylist()


def test_a_question_asked_again_sees_what_came_in_between(lake: Lake) -> None:
    reader = DuckDbEngine(lake, memory="200MB")
    lake.replace("sale", ROWS.schema.empty_table().to_reader())
    table = reader.table("sale")
    assert total(reader, table) == [None]
    lake.replace("sale", ROWS.to_reader())
    assert total(reader, table) == [30]
    first = reader.version("sale")
    lake.replace("sale", pa.concat_tables([ROWS, ROWS]).to_reader())
    assert total(reader, table) == [60]
    assert reader.version("sale") > first
    lake.replace("sale", ROWS.schema.empty_table().to_reader())
    assert total(reader, table) == [None]


def test_sums_of_integers_stay_integers(lake: Lake) -> None:
    reader = DuckDbEngine(lake, memory="200MB")
    lake.replace("sale", ROWS.to_reader())
    table = reader.table("sale")
    assert reader.run(table.aggregate(total=table.amount.sum())).schema.field("total").type == pa.int64()


def test_a_lake_without_the_table_has_a_clear_answer(lake: Lake) -> None:
    with pytest.raises(LakeEmptyError):
        DuckDbEngine(lake, memory="200MB").table("sale")


@pytest.mark.parametrize(
    "question",
    ["FROM read_text('/etc/hostname')", "ATTACH '/tmp/other.db'", "SET enable_external_access = true", "INSTALL httpfs"],
)
def test_nothing_outside_the_lake_can_be_reached(lake: Lake, question: str) -> None:
    reader = DuckDbEngine(lake, memory="200MB")
    lake.replace("sale", ROWS.to_reader())
    assert total(reader, reader.table("sale")) == [30]
    with pytest.raises(duckdb.Error):
        reader._ibis.raw_sql(question).fetchall()


def test_an_unknown_engine_is_named(settings: Any) -> None:
    settings.ENGINE = "abacus"
    with pytest.raises(EngineUnknownError, match="abacus"):
        engine.chosen()


def test_only_the_latest_questions_are_kept(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duckdb_engine, "_PLANS_MAX", 2)
    reader = DuckDbEngine(lake, memory="200MB")
    lake.replace("sale", ROWS.to_reader())
    table = reader.table("sale")
    for least in (0, 15, 25, 0):
        expected = sum(amount for amount in (10, 20) if amount > least) or None
        assert total(reader, table.filter(table.amount > least)) == [expected]
