"""What points and stored value owe: the standard's examples, the roll-forward, and a journal that balances (P9, F37)."""

from __future__ import annotations

from datetime import date

import pytest

from regulars.core import bulk
from regulars.loyalty.wallet import journal, liability
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import House
from regulars.loyalty.wallet.models import LiabilityMark, LiabilityMonth, Unit
from regulars.loyalty.wallet.rules.liability import Cohort, Worth, allocate, deferred, recognized, reversal, standalone_price
from regulars.loyalty.wallet.services import rolling
from regulars.organization.models import Company
from regulars.sales.models import Receipt
from tests.customers import factories as people
from tests.loyalty.wallet.factories import DAY, MONEY, NOW, POINTS, give, post, take, units
from tests.organization import factories as places
from tests.sales import factories as sales


def test_the_price_of_a_sale_is_split_between_goods_and_points() -> None:
    worth = Worth(point_value_milli=10_000, redeemed_permille=850)  # 0.10 a point
    price = standalone_price(2_000, worth)
    assert price == 170_00
    assert allocate(2_000_00, price) == (1_843_32, 156_68)


def test_revenue_follows_the_redemptions_that_are_expected() -> None:
    first = recognized(9_000, redeemed=4_500, expected=9_700)
    assert first == 4_175
    assert recognized(9_000, redeemed=8_500, expected=9_900) - first == 3_552
    assert recognized(9_000, redeemed=8_500, expected=9_200) - first == 4_140


def test_halves_are_rounded_up_and_large_amounts_lose_no_cent() -> None:
    assert recognized(5, redeemed=1, expected=2) == 3
    assert recognized(2**60 + 2, redeemed=1, expected=2) == 2**59 + 1
    assert sum(allocate(2**60 + 1, 2**59)) == 2**60 + 1


def test_expiry_releases_the_rest() -> None:
    worth = Worth(redeemed_permille=970)
    assert deferred(Cohort(9_000, given=10_000, redeemed=4_500, outstanding=5_500), worth) == 9_000 - 4_175
    assert deferred(Cohort(9_000, given=10_000, redeemed=9_000, outstanding=0), worth) == 0


def test_points_that_are_gone_are_no_longer_expected() -> None:
    worth = Worth(redeemed_permille=1_000)
    assert deferred(Cohort(1_000, given=100, redeemed=50, outstanding=50), worth) == 500
    assert deferred(Cohort(1_000, given=100, redeemed=50, outstanding=10), worth) == 167  # 40 expired: 50 of 60 redeemed


def test_returns_take_back_their_part_of_the_allocation_and_no_more() -> None:
    assert reversal(156_68, given=2_000, taken_back=2_000) == 156_68
    parts = [reversal(156_68, given=3, taken_back=1, before=before) for before in range(5)]
    assert parts == [52_23, 52_22, 52_23, 0, 0]
    assert reversal(156_68, given=2_000, taken_back=-500, before=1_500) == -39_17


def test_nothing_is_owed_without_a_price() -> None:
    assert allocate(0, 100) == (0, 0)
    assert deferred(Cohort(0, 0, 0, 0), Worth()) == 0


@pytest.fixture
def ledger(db) -> None:
    people.company()
    places.store(code="N1")
    units()
    wallet.define_unit("bonus.CNY", kind="stored_bonus", currency="CNY")


@pytest.mark.django_db
def test_each_month_begins_with_what_the_one_before_ended_with(ledger) -> None:
    post(give(100, expires_at=NOW + 60 * DAY), business_date=date(2026, 11, 20))
    post(take(30), at=NOW + 30 * DAY, now=NOW + 30 * DAY, business_date=date(2026, 12, 20))
    wallet.expire_due(now=NOW + 61 * DAY)
    rows = liability.roll_forward(Unit.objects.get(code=POINTS))
    assert [(one.month.month, one.opening, one.closing) for one in rows] == [(11, 0, 100), (12, 100, 70), (1, 70, 0)]
    assert [one.deferred_amount for one in rows] == [100, 70, 0]
    assert liability.houses(rows) == [House.ISSUED, House.REDEEMED, House.EXPIRED]


@pytest.mark.django_db
def test_a_receipt_that_comes_after_the_month_end_is_shown_apart(ledger) -> None:
    post(give(100), business_date=date(2026, 11, 20))
    post(give(10), at=NOW + DAY, now=NOW + 20 * DAY, business_date=date(2026, 11, 21))
    (november,) = liability.roll_forward(Unit.objects.get(code=POINTS))
    assert (november.closing, november.late, november.reported) == (110, 10, 100)


@pytest.mark.django_db
def test_goods_that_come_back_take_their_part_of_the_allocation_with_them(ledger) -> None:
    """The sale of P9: 2,000.00 with 2,000 points worth 0.10 each, 85% of them expected; half comes back, then the rest."""
    company = Company.objects.get()
    company.settings = {"wallet": {"points": {POINTS: {"value_milli": 10_000, "redeemed_permille": 850}}}}
    company.save()
    sale = _sale(2_000_00)
    earned = post(give(2_000), receipt_id=sale, business_date=date(2026, 11, 20)).transfer_id

    def come_back(points: int, days: int) -> None:
        part = take(points, house=House.CLAWED_BACK, of_transfer=earned, may_indebt=True, also_pending=True)
        at = NOW + days * DAY
        post(part, now=at, kind="claw_back", business_date=at.date(), why={"sale": sale})

    come_back(1_000, 30)
    come_back(1_000, 60)
    unit = Unit.objects.get(code=POINTS)
    months = [(one.allocated_amount, one.reversed_amount, one.deferred_amount) for one in liability.roll_forward(unit)]
    assert months == [(156_68, 0, 156_68), (0, 78_34, 78_34), (0, 78_34, 0)]
    told = [(row.text, row.debit, row.quantity) for row in journal.bookings() if row.account == "points_liability"]
    back = ("points taken back with returns", 78_34, -1_000)
    assert told == [("points given", 0, 2_000), back, back]  # nothing lapsed: the refund took it all


@pytest.mark.django_db
def test_points_spent_before_their_goods_come_back_owe_nothing_twice(ledger) -> None:
    sale, next_sale = _sale(100_00), _sale(100_00)
    earned = post(give(100), receipt_id=sale, business_date=date(2026, 11, 20)).transfer_id
    post(take(100))
    post(give(100), receipt_id=next_sale, business_date=date(2026, 11, 21))
    part = take(100, house=House.CLAWED_BACK, of_transfer=earned, may_indebt=True, also_pending=True)
    post(part, kind="claw_back", business_date=date(2026, 11, 22), why={"sale": sale})
    (november,) = liability.roll_forward(Unit.objects.get(code=POINTS))
    assert (november.closing, november.reversed_amount, november.deferred_amount) == (0, 99, 0)


@pytest.mark.django_db
def test_months_that_are_kept_say_what_the_whole_ledger_says(ledger, monkeypatch) -> None:
    """Kept, added to, read with what came since, valued anew, and forgotten: always the same as adding up everything."""
    monkeypatch.setattr(rolling, "_horizon", lambda: _own_xid() + reach)  # this test's own transaction never ends
    unit, money = Unit.objects.get(code=POINTS), Unit.objects.get(code=MONEY)
    sale, reach = _sale(200_00), 1

    def told() -> list[list[liability.Month]]:
        return [liability.roll_forward(each) for each in (unit, money)]

    earned = post(give(150), receipt_id=sale, business_date=date(2026, 11, 20)).transfer_id
    post(give(500_00, unit=MONEY, house=House.CASH), kind="top_up", business_date=date(2026, 11, 20))
    whole = told()
    reach = 0
    wallet.keep_months()  # up to here, where nothing lies before
    assert (told(), LiabilityMonth.objects.count()) == (whole, 0)
    reach = 1
    wallet.keep_months()
    assert (told(), LiabilityMonth.objects.filter(unit=unit).count()) == (whole, 2)
    wallet.keep_months()  # nothing new
    assert told() == whole

    part = take(50, house=House.CLAWED_BACK, of_transfer=earned, may_indebt=True, also_pending=True)
    post(part, kind="claw_back", business_date=date(2026, 12, 2), why={"sale": sale})
    LiabilityMark.objects.update(to_xid=0)
    LiabilityMonth.objects.all().delete()
    after = told()
    assert [one.closing for one in after[0]] == [150, 100]
    assert after[0][1].reversed_amount > 0
    wallet.keep_months()
    assert told() == after

    company = Company.objects.get()
    company.settings = {"wallet": {"points": {POINTS: {"value_milli": 10_000}}}}
    company.save()
    dearer = told()
    assert dearer[0][0].deferred_amount > after[0][0].deferred_amount
    wallet.keep_months()
    assert told() == dearer
    wallet.forget_months()
    assert told() == dearer


def _own_xid() -> int:
    return int(bulk.fetch("SELECT regulars_xid()")[0][0])


def _sale(paid: int) -> int:
    receipt_id = f"S{Receipt.objects.count()}"
    outcome = sales.sell(sales.line(receipt_id, gross_amount=paid), historical=True)
    assert not outcome.problems, outcome.problems
    return Receipt.objects.get(external_id=receipt_id).pk


@pytest.mark.django_db
def test_the_journal_balances_and_ends_at_what_is_owed(ledger) -> None:
    post(give(500_00, unit=MONEY, house=House.CASH), give(50_00, unit="bonus.CNY", house=House.BONUS), kind="top_up")
    post(take(120_00, unit=MONEY, house=House.SALES), kind="spend")
    post(give(300), business_date=date(2026, 11, 20))
    post(take(100))
    rows = journal.bookings()
    for unit in {row.unit for row in rows}:
        assert sum(row.debit - row.credit for row in rows if row.unit == unit) == 0
    owed = {row.account: 0 for row in rows}
    for row in rows:
        owed[row.account] += row.credit - row.debit
    assert owed["stored_value_liability.stored_principal"] == 380_00
    assert owed["stored_value_liability.stored_bonus"] == 50_00
    assert owed["points_liability"] == 200
    assert "2026-11-30,stored.CNY,cash_clearing,500.00,,CNY" in journal.as_csv(rows)
