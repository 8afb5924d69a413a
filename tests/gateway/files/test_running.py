"""Runs: whole, rehearsed, interrupted, repeated and undone."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import models

from regulars.catalog.models import Product
from regulars.core.errors import ForbiddenError
from regulars.customers.models import Customer, Identifier
from regulars.gateway.files import folders, limits, selectors, services
from regulars.gateway.models import ImportBatch, ImportChange
from regulars.organization.access import system
from regulars.organization.models import Store
from regulars.sales.models import Receipt, ReceiptLine
from tests import retailer
from tests.organization.factories import viewer

SYSTEM = system("tests")
HEAD = "小票号,门店,日期,商品编码,数量,实付金额,会员优惠,会员号\n"


def import_text(folder: Path, text: str, *, name: str = "file.csv", **choices: Any) -> services.ImportResult:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    given = {"source": "till", "viewer": SYSTEM, "now": retailer.NOW, **choices}
    return services.run_file(path, **given)


def receipts(count: int, *, shuffled: bool = False) -> str:
    dice = random.Random(11)
    lines = [
        f"R{number},SH-1,2026-03-{1 + number % 28:02} 10:{number % 60:02}:00,"
        f"P{1 + line},{line},{number}.50,0.25,M{number % 9}\n"
        for number in range(count)
        for line in range(1, 4)
    ]
    if shuffled:
        dice.shuffle(lines)
    return HEAD + "".join(lines)


def sums() -> dict[str, int]:
    return Receipt.objects.aggregate(
        receipts=models.Count("id"),
        paid=models.Sum("paid_amount"),
        gross=models.Sum("gross_amount"),
        lines=models.Sum("line_count"),
    )


def test_receipts_come_in_with_chinese_columns_amounts_and_customers(tmp_path: Path) -> None:
    result = import_text(tmp_path, receipts(4))
    assert (result.batch.kind, result.created, result.rejected) == ("receipts", 4, 0)
    first = Receipt.objects.get(external_id="R1")
    assert (first.paid_amount, first.gross_amount, first.line_count) == (450, 525, 3)
    assert first.sold_at.isoformat() == "2026-03-02T02:01:00+00:00"  # ten o'clock in Shanghai
    assert first.customer is not None
    assert ReceiptLine.objects.filter(receipt=first).order_by("line_no").values_list("quantity_milli", flat=True)[1] == 2000


def test_scattered_lines_of_a_receipt_find_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROWS_PER_CHUNK", 100)
    result = import_text(tmp_path, receipts(150, shuffled=True))
    assert (result.created, result.rejected) == (150, 0)
    assert sums()["lines"] == 450


def test_an_interrupted_import_goes_on_where_it_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROWS_PER_CHUNK", 150)

    def stop(_step: str, part: float) -> None:
        if part > 0.4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_text(tmp_path, receipts(300), progress=stop)
    batch = ImportBatch.objects.get()
    assert batch.state == "running"
    assert 0 < batch.rows_done < 900
    assert Receipt.objects.count() == batch.rows_done / 3
    result = import_text(tmp_path, receipts(300))
    assert result.pk == batch.pk
    assert result.created == 300 - batch.rows_done / 3
    assert (result.batch.state, result.batch.created, result.batch.rows_done) == ("done", 300, 900)
    assert sums()["lines"] == 900
    again = import_text(tmp_path, receipts(300))
    assert (again.repeated, again.created, Receipt.objects.count()) == (True, 0, 300)


def test_a_receipt_with_one_bad_line_stays_out_whole(tmp_path: Path) -> None:
    text = receipts(3).replace("R1,SH-1,2026-03-02 10:01:00,P3", "R1,SH-1,2026-03-02 10:01:00,")
    result = import_text(tmp_path, text)
    assert (result.created, result.rejected, sums()["lines"]) == (2, 3, 6)
    found = [(row["row"], row["column"], row["code"]) for row in selectors.rejects_of(result.batch)]
    assert (6, "商品编码", "required") in found
    assert [code for *_, code in found].count("receipt.line_rejected") == 2


def test_a_receipt_that_the_room_refuses_is_told_with_the_users_column(tmp_path: Path) -> None:
    result = import_text(tmp_path, receipts(3).replace("R2,SH-1", "R2,XX-9"))
    found = [(row["row"], row["column"], row["code"], row["value"]) for row in selectors.rejects_of(result.batch)]
    assert (8, "门店", "store.unknown", "XX-9") in found
    assert (result.created, result.rejected, len(found)) == (2, 3, 3)


def test_a_rehearsal_says_what_the_run_then_does_and_leaves_nothing(tmp_path: Path) -> None:
    text = "sku,name,price\nP1,Tea 1,9.00\nN1,New,1.00\nP2,Coffee 2,10.00\n,x,1.00\n"
    batch = services.upload([text.encode()], name="p.csv", kind="", source="till", viewer=SYSTEM, now=retailer.NOW)
    before = list(Product.objects.order_by("pk").values())
    report = services.dry_run(batch, viewer=SYSTEM, now=retailer.NOW)
    assert list(Product.objects.order_by("pk").values()) == before
    assert not ImportChange.objects.exists()
    assert [report[key] for key in ("created", "updated", "unchanged", "rejected")] == [1, 1, 1, 1]
    assert any(one["before"] and one["before"]["price_amount"] == 1000 for one in report["samples"])
    result = services.run_import(batch, viewer=SYSTEM, now=retailer.NOW)
    assert (result.created, result.updated, result.rejected) == (1, 1, 1)


def test_undo_puts_products_back_and_keeps_what_is_in_use(tmp_path: Path) -> None:
    before = list(Product.objects.order_by("pk").values("sku", "name", "price_amount"))
    first = import_text(tmp_path, "sku,name,price\nP1,Changed,9.00\nP2,Changed,9.00\nN1,New,1.00\nN2,New,1.00\n")
    Product.objects.filter(sku="P2").update(name="Mended by hand")
    import_text(tmp_path, HEAD + "R1,SH-1,2026-03-02 10:00:00,N2,1,1.00,0,\n", name="r.csv")
    undone = services.undo_import(first.batch, viewer=SYSTEM, now=retailer.NOW)
    assert (undone.removed, undone.restored, undone.kept) == (1, 1, 2)
    now = {row["sku"]: row for row in Product.objects.values("sku", "name", "price_amount")}
    assert now["P1"] == before[0]
    assert now["P2"]["name"] == "Mended by hand"
    assert "N1" not in now
    assert "N2" in now


def test_undo_takes_new_customers_away_with_all_that_is_theirs(tmp_path: Path) -> None:
    result = import_text(tmp_path, "会员号,手机号,姓名,生日,标签\nM1,13800138000,张敏,1988-03-15,茶\n", name="c.csv")
    assert (result.created, Identifier.objects.count()) == (1, 2)
    undone = services.undo_import(result.batch, viewer=SYSTEM, now=retailer.NOW)
    assert (undone.removed, undone.kept, Customer.objects.count(), Identifier.objects.count()) == (1, 0, 0, 0)


def test_undo_gives_customers_back_what_they_held_sealed_fields_too(tmp_path: Path) -> None:
    import_text(tmp_path, "会员号,姓名,地址\nM1,张敏,南京路1号\n", name="c1.csv")
    before = Customer.objects.values("name", "sealed", "city").get()
    second = import_text(tmp_path, "会员号,姓名,地址,城市\nM1,张小敏,南京路2号,上海\n", name="c2.csv")
    assert second.updated == 1
    services.undo_import(second.batch, viewer=SYSTEM, now=retailer.NOW)
    after = Customer.objects.values("name", "sealed", "city").get()
    assert {key: bytes(value) if key == "sealed" else value for key, value in after.items()} == {
        key: bytes(value) if key == "sealed" else value for key, value in before.items()
    }


def test_undo_takes_receipts_back_and_they_can_come_again(tmp_path: Path) -> None:
    result = import_text(tmp_path, receipts(5))
    services.undo_import(result.batch, viewer=SYSTEM, now=retailer.NOW)
    assert Receipt.objects.count() == 0
    again = import_text(tmp_path, receipts(5))
    assert (again.repeated, again.created) == (False, 5)


def test_returns_are_returns_and_point_at_their_sale(tmp_path: Path) -> None:
    import_text(tmp_path, receipts(2))
    text = "小票号,门店,日期,商品编码,数量,实付金额,原小票号\nX1,SH-1,2026-03-05 11:00:00,P2,1,1.50,R1\n"
    result = import_text(tmp_path, text, name="returns.csv", kind="returns")
    back = Receipt.objects.get(external_id="X1")
    assert (result.created, back.kind, back.paid_amount) == (1, "return", -150)
    assert back.return_links.get().original.external_id == "R1"


def test_stores_come_with_hours_regions_and_their_day(tmp_path: Path) -> None:
    hours = "周一至周五 09:00-22:00;周六 10:00-18:00"
    text = f"门店编号,店名,大区,时区,日切时间,营业时间,业态\nHZ-1,西湖店,East,Asia/Shanghai,04:00,{hours},便利店\n"
    result = import_text(tmp_path, text, name="s.csv")
    store = Store.objects.get(code="HZ-1")
    assert (result.batch.kind, store.day_cutoff_minutes, store.format) == ("stores", 240, "convenience")
    assert store.region is not None
    assert store.open_hours["sat"] == [["10:00", "18:00"]]
    assert set(store.open_hours) == {"mon", "tue", "wed", "thu", "fri", "sat"}


def test_a_store_manager_imports_for_the_own_store_and_never_the_catalog(tmp_path: Path) -> None:
    mine = Store.objects.get(code="SH-1")
    manager = viewer("store_manager", [mine])
    result = import_text(
        tmp_path, receipts(2) + receipts(3)[len(HEAD) :].replace("SH-1", "BJ-1").replace("R", "Q"), viewer=manager
    )
    assert set(Receipt.objects.values_list("store__code", flat=True)) == {"SH-1"}
    assert (result.created, result.rejected) == (2, 9)
    before = Product.objects.count()
    with pytest.raises(ForbiddenError):
        import_text(tmp_path, "sku,name\nN9,New\n", name="p.csv", viewer=manager)
    assert Product.objects.count() == before


def test_who_may_not_import_gets_nowhere(tmp_path: Path) -> None:
    with pytest.raises(ForbiddenError):
        import_text(tmp_path, receipts(1), viewer=viewer("analyst"))
    assert not ImportBatch.objects.exists()


def test_nothing_of_a_file_stays_on_disk_but_rejects_and_report(tmp_path: Path) -> None:
    result = import_text(tmp_path, receipts(3).replace("R2,SH-1", "R2,XX-9"))
    assert [path.name[:7] for path in folders.folder_of(result.pk).iterdir()] == ["rejects"]


def test_a_file_that_nobody_imported_is_thrown_away_after_a_week() -> None:
    from regulars.gateway import tasks

    batch = services.upload([receipts(1).encode()], name="r.csv", kind="", source="till", viewer=SYSTEM, now=retailer.NOW)
    ImportBatch.objects.filter(pk=batch.pk).update(created_at=retailer.NOW - timedelta(days=3000))
    tasks.tend_imports(timestamp=0)
    assert not ImportBatch.objects.exists()
