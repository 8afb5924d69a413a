"""The lake misses nothing, repeats nothing and knows nobody by name."""

from __future__ import annotations

import shutil
import threading
import time
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from regulars.insight.lake import compact, storage, sync
from regulars.insight.lake import source as sources
from regulars.insight.lake.tables import SPECS
from regulars.insight.models import LakeTable
from tests.insight import factories
from tests.insight.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def rows(query: str) -> list[tuple[Any, ...]]:
    """Run a query over the lake's tables, each a view of its current files."""
    with duckdb.connect() as reader:
        for name in SPECS:
            table = storage.chosen_lake().find(name)
            if table is not None and table.file_uris():
                reader.execute(f"CREATE VIEW {name} AS FROM read_parquet({table.file_uris()!r}, hive_partitioning = true)")
        return reader.execute(query).fetchall()


def receipt_ids() -> list[int]:
    return [receipt_id for (receipt_id,) in rows("SELECT receipt_id FROM receipt_line ORDER BY receipt_id")]


def versions() -> dict[str, int]:
    tables = {name: storage.chosen_lake().find(name) for name in SPECS}
    return {name: table.version() for name, table in tables.items() if table}


@pytest.fixture
def shop() -> None:
    with factories.connect() as link:
        factories.shop(link)
        factories.receipt(link, 1, discount=100)


@pytest.mark.usefixtures("shop")
class TestCopying:
    def test_a_line_carries_its_receipt_and_its_discounts_by_kind(self) -> None:
        sync.sync(now=NOW)
        (line,) = rows(
            "SELECT receipt_id, line_no, gross_amount, coupon_amount, loyalty_price_amount, supplier_funded_amount, net_amount,"
            " store_id, customer_id, business_date::varchar, business_month, hour, weekday FROM receipt_line"
        )
        assert line == (1, 1, 1000, 100, 0, 100, 900, 1, 1, "2026-09-10", 202609, 12, 4)
        assert rows("SELECT kind, amount, store_id FROM tender") == [("cash", 900, 1)]

    def test_nothing_personal_reaches_the_lake(self, lake_folder: Path) -> None:
        sync.sync(now=NOW)
        for file in lake_folder.rglob("*.parquet"):
            found = pq.read_table(file, partitioning=None).to_pydict()
            assert "canary" not in str(found).lower()
            assert "Secret Lane" not in str(found)

    def test_a_sync_without_news_writes_nothing(self) -> None:
        sync.sync(now=NOW)
        before = versions()
        assert sum(copied.rows for copied in sync.sync(now=NOW)) == 0
        assert versions() == before

    def test_the_watermark_is_shown_beside_the_row_count(self) -> None:
        sync.sync(now=NOW)
        known = LakeTable.objects.get(pk="receipt_line")
        assert (known.rows, known.synced_at) == (1, NOW)
        assert known.synced_xid > 0

    def test_copying_anew_gives_the_same_rows(self) -> None:
        sync.sync(now=NOW)
        assert all(copied.is_anew for copied in sync.sync(now=NOW, anew=True))
        assert receipt_ids() == [1]


@pytest.mark.usefixtures("shop")
class TestOnceAndOnlyOnce:
    def test_whoever_commits_late_is_copied_later(self) -> None:
        sync.sync(now=NOW)
        with factories.connect() as early, factories.connect() as late:
            factories.receipt(late, 2)  # its transaction is the older one
            factories.receipt(early, 3)
            early.commit()
            sync.sync(now=NOW)
            assert 2 not in receipt_ids()
            late.commit()
        sync.sync(now=NOW)
        sync.sync(now=NOW)
        assert receipt_ids() == [1, 2, 3]

    def test_a_crash_between_the_rows_and_the_note_of_them_repeats_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        sync.sync(now=NOW)
        with factories.connect() as link:
            factories.receipt(link, 2)
        with monkeypatch.context() as crash:
            crash.setattr(sync, "_record", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
            for _ in SPECS:
                with pytest.raises(KeyboardInterrupt):
                    sync.sync(now=NOW)
        sync.sync(now=NOW)
        assert receipt_ids() == [1, 2]
        assert rows("SELECT count(*) FROM receipt") == [(2,)]

    def test_tills_that_write_all_the_time_lose_and_repeat_nothing(self) -> None:
        def till(first: int) -> None:
            with factories.connect() as link:
                for receipt_id in range(first, first + 25):
                    factories.receipt(link, receipt_id)
                    time.sleep(0.002 * (receipt_id % 7))
                    link.commit()

        tills = [threading.Thread(target=till, args=(first,)) for first in (100, 200, 300)]
        for thread in tills:
            thread.start()
        while any(thread.is_alive() for thread in tills):
            sync.sync(now=NOW)
        sync.sync(now=NOW)
        assert receipt_ids() == [1, *range(100, 125), *range(200, 225), *range(300, 325)]

    def test_an_older_database_than_the_lake_has_it_copied_anew(self) -> None:
        sync.sync(now=NOW)
        table = storage.chosen_lake().find("receipt")
        assert table is not None
        mark = storage.Mark(f"{LakeTable.objects.get(pk='receipt').cluster}/{SPECS['receipt'].layout}", 2**40)
        storage.chosen_lake().append("receipt", table.to_pyarrow_table().to_reader(), partition=["business_month"], mark=mark)
        copied = {copied.table: copied for copied in sync.sync(now=NOW)}
        assert copied["receipt"].is_anew
        assert rows("SELECT receipt_id FROM receipt") == [(1,)]

    def test_the_lake_of_a_backup_is_gone_on_with_only_if_the_database_counts_on(self) -> None:
        sync.sync(now=NOW)
        _pretend_the_lake_was_copied_from("another/1")
        with factories.counting_on_from(2**40):
            with factories.connect() as link:
                factories.receipt(link, 2)
            copied = {copied.table: copied for copied in sync.sync(now=NOW)}
            assert (copied["receipt"].rows, copied["receipt"].is_anew) == (1, False)

    def test_the_lake_of_another_database_is_copied_anew(self) -> None:
        sync.sync(now=NOW)
        _pretend_the_lake_was_copied_from("another/1")
        assert all(copied.is_anew for copied in sync.sync(now=NOW))
        assert receipt_ids() == [1]

    def test_a_database_that_counts_its_transactions_anew_is_refused(self) -> None:
        sync.sync(now=NOW)
        before = versions()
        with factories.counting_on_from(2**40), factories.connect() as link:
            factories.receipt(link, 2)
        with pytest.raises(sources.CountedAnewError):
            sync.sync(now=NOW)
        assert versions() == before


@pytest.mark.usefixtures("shop")
class TestDimensions:
    def test_a_category_s_change_reaches_its_products(self) -> None:
        sync.sync(now=NOW)
        assert rows("SELECT counts_units, category2 FROM product WHERE product_id = 1") == [(True, "FOOD / BREAD")]
        with factories.connect() as link:
            link.execute("UPDATE catalog_category SET counts_units = false WHERE path = 'FOOD'")
        sync.sync(now=NOW)
        assert rows("SELECT product_id, counts_units FROM product ORDER BY 1") == [(1, False), (2, False), (3, False)]

    def test_a_chain_of_merges_ends_at_the_last_customer(self) -> None:
        sync.sync(now=NOW)
        with factories.connect() as link:
            link.execute("UPDATE customers_customer SET merged_into_id = 2 WHERE id = 1")
        sync.sync(now=NOW)
        with factories.connect() as link:
            link.execute("UPDATE customers_customer SET merged_into_id = 3 WHERE id = 2")
        sync.sync(now=NOW)
        assert rows("SELECT customer_id, resolved_id FROM customer ORDER BY 1") == [(1, 3), (2, 3), (3, 3)]

    def test_a_store_knows_all_regions_above_it(self) -> None:
        sync.sync(now=NOW)
        assert rows("SELECT store_id, region_path FROM store ORDER BY 1") == [(1, "/1/"), (2, "/1/2/")]


@pytest.mark.usefixtures("shop")
class TestUpkeep:
    def test_compaction_keeps_the_rows_and_the_watermark_in_fewer_files(self) -> None:
        for receipt_id in (2, 3, 4):
            sync.sync(now=NOW)
            with factories.connect() as link:
                factories.receipt(link, receipt_id)
        sync.sync(now=NOW)
        done = {compacted.table: compacted for compacted in compact.compact(now=NOW)}
        assert (done["receipt"].files_before, done["receipt"].files_after) == (4, 1)
        assert sum(copied.rows for copied in sync.sync(now=NOW)) == 0
        assert receipt_ids() == [1, 2, 3, 4]

    def test_a_row_deleted_from_a_dimension_is_gone_after_compaction(self) -> None:
        sync.sync(now=NOW)
        with factories.connect() as link:
            link.execute("DELETE FROM customers_customer WHERE id = 3")
        compact.compact(now=NOW)
        assert rows("SELECT count(*) FROM customer") == [(2,)]

    @pytest.mark.parametrize("is_something_new", [True, False])
    def test_an_undone_import_leaves_the_lake(self, *, is_something_new: bool) -> None:
        with factories.connect() as link:
            factories.receipt(link, 2, batch_id=7)
        sync.sync(now=NOW)
        with factories.connect() as link:
            link.execute("SELECT regulars_undo_receipts(7, now())")
            if is_something_new:
                factories.receipt(link, 3)
        sync.sync(now=NOW)
        assert receipt_ids() == ([1, 3] if is_something_new else [1])
        before = versions()
        sync.sync(now=NOW)
        assert versions() == before


def _pretend_the_lake_was_copied_from(cluster: str) -> None:
    for name in SPECS:
        table = storage.chosen_lake().find(name)
        assert isinstance(table, DeltaTable)
        known = LakeTable.objects.get(pk=name)
        everything = table.to_pyarrow_table().to_reader()
        lake = storage.chosen_lake()
        shutil.rmtree(lake.uri(name))
        lake.append(
            name,
            everything,
            partition=SPECS[name].partition,
            mark=storage.Mark(f"{cluster}/{SPECS[name].layout}", known.synced_xid),
        )
        LakeTable.objects.filter(pk=name).update(cluster=cluster)
