"""Reads of receipts: within the viewer's stores, foreign and missing alike, everything on a receipt in a few queries."""

from __future__ import annotations

import pytest

from regulars.core.errors import ForbiddenError, NotFoundError
from regulars.organization.models import Store
from regulars.sales import selectors as sales
from regulars.sales.models import Receipt
from tests.organization.factories import viewer
from tests.sales.factories import line, sell

pytestmark = pytest.mark.django_db


def test_a_store_s_people_see_its_receipts_only(north: Store) -> None:
    sell(line("1"), line("2", store="S1"))
    clerk = viewer("associate", [north])
    assert [receipt.external_id for receipt in sales.list_receipts(clerk)] == ["1"]
    assert sales.list_receipts(viewer("analyst")).count() == 2
    with pytest.raises(ForbiddenError):
        sales.list_receipts(viewer("admin"))


def test_a_foreign_receipt_is_refused_like_a_missing_one(north: Store) -> None:
    sell(line("1"), line("2", store="S1"))
    clerk = viewer("associate", [north])
    assert sales.get_receipt(clerk, Receipt.objects.get(external_id="1").pk).external_id == "1"
    refusals = []
    for receipt_id in (Receipt.objects.get(external_id="2").pk, 10**9):
        with pytest.raises(NotFoundError) as refused:
            sales.get_receipt(clerk, receipt_id)
        refusals.append((refused.value.code, refused.value.message, refused.value.place))
    assert refusals[0] == refusals[1]


def test_the_parts_of_a_receipt_come_in_five_queries(django_assert_num_queries) -> None:
    rows = [line(line_no=number, product=f"P{number}", discount_coupon=10, discount_promotion=5) for number in range(1, 21)]
    sell(*rows)
    sell(line("R1", kind="return", product="P3", original_receipt_id="1001", original_line_no=3))
    sale, back = Receipt.objects.order_by("pk")
    with django_assert_num_queries(5):
        parts = sales.parts_of(sale)
    assert [each.line.line_no for each in parts.lines] == list(range(1, 21))
    assert [[discount.kind for discount in each.discounts] for each in parts.lines] == [["coupon", "promotion"]] * 20
    assert parts.returned_by == [back]
    (line_back,) = sales.parts_of(back).lines
    assert line_back.takes_back is not None
    assert line_back.takes_back.original == sale


def test_parked_returns_are_those_of_the_viewer_s_stores(north: Store) -> None:
    sell(line("R1", kind="return", original_receipt_id="7"), line("R2", kind="return", store="S1", original_receipt_id="8"))
    parked = sales.list_parked(viewer("associate", [north]))
    assert [(receipt.external_id, receipt.waits_for) for receipt in parked] == [("R1", "7")]
    sell(line("7"))
    assert not sales.list_parked(viewer("associate", [north])).exists()
