"""An import is taken back whole: its receipts leave, returns that pointed at them wait again, everything else stays."""

from __future__ import annotations

import pytest

from regulars.core.errors import ForbiddenError, NotFoundError
from regulars.organization.models import Store
from regulars.sales import services as sales
from regulars.sales.models import Receipt, ReturnLink, UndoneBatch
from tests.organization.factories import viewer
from tests.sales.factories import NOW, SYSTEM, line, sell, state

pytestmark = pytest.mark.django_db


def test_an_undone_batch_leaves_what_was_there_before() -> None:
    sell(line("kept"))
    before = state()
    sell(line("1", discount_coupon=10), line("2", kind="return", original_receipt_id="1"), batch_id=7)
    assert sales.undo_batch(7, now=NOW, viewer=SYSTEM) == 2
    assert state() == before


def test_a_return_of_another_batch_waits_again() -> None:
    sell(line(), batch_id=7)
    sell(line("R1", kind="return", original_receipt_id="1001"), batch_id=8)
    sales.undo_batch(7, now=NOW, viewer=SYSTEM)
    link = ReturnLink.objects.get()
    assert (link.original, link.resolved_at) == (None, None)
    sell(line())
    assert ReturnLink.objects.get().original == Receipt.objects.get(external_id="1001")


def test_an_undo_asked_again_tells_the_same_and_takes_nothing_more() -> None:
    sell(line(), batch_id=7)
    assert [sales.undo_batch(7, now=NOW, viewer=SYSTEM) for _ in range(2)] == [1, 1]
    assert UndoneBatch.objects.count() == 1


def test_a_batch_with_receipts_of_a_foreign_store_looks_missing(north: Store) -> None:
    sell(line("1"), line("2", store="S1"), batch_id=7)
    with pytest.raises(NotFoundError):
        sales.undo_batch(7, now=NOW, viewer=viewer("store_manager", [north]))
    with pytest.raises(ForbiddenError):
        sales.undo_batch(7, now=NOW, viewer=viewer("analyst"))
    assert (Receipt.objects.count(), UndoneBatch.objects.count()) == (2, 0)
