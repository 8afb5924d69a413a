"""The panel's coupons and their uses, all of them: the published counts, each once, and money only where a discount says so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from regulars.demo import coupons, panel
from regulars.loyalty.offers.models import Offer, Redemption
from regulars.organization.access import system
from regulars.organization.models import AuditEntry

pytestmark = pytest.mark.xdist_group("panel")
NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
SOURCE = "complete-journey"
COUPONS, USES, USES_WITH_AMOUNT, CENTS = 1_197, 2_102, 1_094, 114_613


@pytest.fixture(scope="module")
def tables() -> Iterator[panel.Panel]:
    with panel.opened(0) as opened:
        yield opened


def build(tables: panel.Panel) -> int:
    return coupons.build(tables, source=SOURCE, viewer=system("demo"), now=NOW)


@pytest.mark.django_db
def test_every_published_coupon_and_use_is_there_once(tables: panel.Panel) -> None:
    assert build(tables) == COUPONS + USES
    assert (Offer.objects.count(), Redemption.objects.count()) == (COUPONS, USES)
    assert build(tables) == 0
    assert (Offer.objects.count(), Redemption.objects.count()) == (COUPONS, USES)
    assert AuditEntry.objects.filter(action="offer.imported").first().after == {"offers": COUPONS, "uses": USES}


@pytest.mark.django_db
def test_amounts_are_those_of_the_discounts_that_name_the_coupon(tables: panel.Panel) -> None:
    build(tables)
    amounts = [amount for amount in Redemption.objects.values_list("amount", flat=True) if amount]
    assert (len(amounts), sum(amounts)) == (USES_WITH_AMOUNT, CENTS)
    assert min(amounts) > 0


@pytest.mark.django_db
def test_older_coupons_are_shown_and_never_applied(tables: panel.Panel) -> None:
    build(tables)
    assert set(Offer.objects.values_list("state", "is_historical", "is_coupon")) == {("archived", True, True)}
    assert not Redemption.objects.exclude(is_historical=True).exists()


def test_no_line_of_a_receipt_pays_for_two_coupons(tables: panel.Panel) -> None:
    paid = [(basket, line) for *_, basket, lines in tables.coupon_uses() for line in lines or {}]
    assert len(paid) == len(set(paid))


def test_no_use_takes_more_than_the_discount_of_its_line(tables: panel.Panel) -> None:
    given = dict(
        tables.duck.execute(
            "SELECT basket_id::VARCHAR || '/' || row_number() OVER (PARTITION BY basket_id ORDER BY product_id),"
            " round(coupon_disc * 100)::BIGINT FROM transactions"
            " WHERE basket_id IN (SELECT basket_id FROM transactions WHERE coupon_disc > 0)"
        ).fetchall()
    )
    for *_, basket, lines in tables.coupon_uses():
        assert {line: given[f"{basket}/{line}"] for line in lines or {}} == (lines or {})


def test_days_move_with_the_panel() -> None:
    with panel.opened(0) as still, panel.opened(7 * 52) as moved:
        before, after = still.coupon_uses(), moved.coupon_uses()
        assert {(new[3] - old[3]).days for old, new in zip(before, after, strict=True)} == {7 * 52}
        assert [use[:3] for use in before] == [use[:3] for use in after]


@pytest.mark.django_db
def test_a_use_without_a_receipt_stands_at_noon_of_the_panel_s_zone(tables: panel.Panel) -> None:
    build(tables)
    use = Redemption.objects.order_by("pk")[0]
    assert use.at.astimezone(ZoneInfo(panel.TIMEZONE)).hour == 12
    assert (use.customer_id, use.store_id) == (None, None)
