"""What a sale uses, what is counted, and what a void or return gives back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.core import bulk
from regulars.core.invariants import declared, prove
from regulars.customers.models import Customer
from regulars.loyalty.offers import selectors as live
from regulars.loyalty.offers import services as offers
from regulars.loyalty.offers.errors import CouponTakenError, OfferUsedUpError, OfferUsedUpPersonError
from regulars.loyalty.offers.models import Allowance, Coupon, Offer, PersonalUse, Redemption, Reservation
from regulars.loyalty.offers.services import Returned
from tests.loyalty.offers import shop
from tests.loyalty.offers.published import NOW, SYSTEM, codes_of, five_off, occasion, published, quote, sell, void
from tests.loyalty.offers.shop import line, reasons

pytestmark = pytest.mark.django_db


def used(offer: Offer) -> tuple[int, int]:
    """How often, and for how much."""
    parts = Allowance.objects.filter(offer=offer, purpose="use")
    return sum(part.uses for part in parts), sum(part.amount for part in parts)


@pytest.fixture(autouse=True)
def all_invariants_hold(store: Any) -> Any:
    yield
    mine = [each for each in declared() if each.name.startswith("offers.")]
    assert [(each.invariant.name, each.outcome.examples) for each in prove(mine) if not each.holds] == []


def test_a_sale_uses_a_coupon_and_promotions_in_three_statements(ana: Customer) -> None:
    coupon = five_off(is_coupon=True, terms={"uses_per_person": 2})
    for number in range(3):
        published("percent", code=f"P{number}", off_bp=500)
    code = codes_of(coupon)[0]
    quote(customer=ana, codes=[code])  # fills the process's memory of live offers
    with CaptureQueriesContext(
        connection,
    ) as looked:
        deal = quote(customer=ana, codes=[code])
    with CaptureQueriesContext(connection) as sold:
        offers.redeem(deal.used, occasion=occasion("1", customer=ana), now=NOW)
    assert (len(looked), len(sold)) == (1, 3)
    assert len(deal.used) == 4
    assert used(coupon) == (1, 5_00)
    assert Coupon.objects.get().state == "used"
    assert PersonalUse.objects.get().uses == 1
    assert {each.amount for each in Redemption.objects.filter(offer=coupon)} == {5_00}


def test_a_promotion_without_personal_limit_or_coupon_takes_two_statements() -> None:
    five_off()
    deal = quote()
    with CaptureQueriesContext(connection) as sold:
        offers.redeem(deal.used, occasion=occasion("1"), now=NOW)
    assert len(sold) == 2


def test_a_coupon_is_used_once() -> None:
    code = codes_of(five_off(is_coupon=True))[0]
    first, second = quote(codes=[code]), quote(codes=[code])
    sell("1", deal=first)
    with pytest.raises(CouponTakenError):
        sell("2", deal=second)
    assert quote(codes=[code]).used == ()
    assert Redemption.objects.count() == 1


def test_a_coupon_for_three_uses_is_used_three_times() -> None:
    code = codes_of(five_off(is_coupon=True), uses_each=3)[0]
    assert [sell(f"{number}", codes=[code]).saved for number in range(4)] == [5_00, 5_00, 5_00, 0]


def test_the_limit_of_one_person_is_kept(ana: Customer, ben: Customer) -> None:
    offer = five_off(terms={"uses_per_person": 1})
    late = quote(customer=ana)
    assert sell("1", customer=ana).saved == 5_00
    assert reasons(quote(customer=ana))["FIVE"].code == "used_up_person"
    with pytest.raises(OfferUsedUpPersonError):
        sell("2", customer=ana, deal=late)
    assert sell("3", customer=ben).saved == 5_00
    assert quote().refused[0].refusal.code == "members_only"
    assert used(offer) == (2, 10_00)


def test_the_limit_of_uses_is_kept() -> None:
    offer = five_off(terms={"uses_max": 1})
    late = quote()
    sell("1")
    assert reasons(quote())["FIVE"].code == "used_up"
    with pytest.raises(OfferUsedUpError):
        sell("2", deal=late)
    assert used(offer) == (1, 5_00)


def test_the_budget_is_never_exceeded_by_a_cent() -> None:
    offer = five_off(terms={"uses_max": None, "budget_amount": 9_99})
    late = quote()
    sell("1")
    assert reasons(quote())["FIVE"].code == "budget_spent"  # five are too much for what is left
    assert sell("2", 4_99).saved == 4_99  # what costs less takes less
    with pytest.raises(OfferUsedUpError):
        sell("3", deal=late)
    assert used(offer) == (2, 9_99)


def test_a_large_limit_is_cut_into_parts_that_lend_to_each_other() -> None:
    offer = published("percent", code="LARGE", off_bp=10_000, terms={"uses_max": None, "budget_amount": 1_000_00})
    assert Allowance.objects.filter(offer=offer).count() == 8
    assert [sell(f"{number}", 300_00).saved for number in range(3)] == [300_00] * 3  # more than any part has
    assert sell("4", 100_00).saved == 100_00
    assert quote(1).used == ()
    assert used(offer) == (4, 1_000_00)


def test_what_is_reserved_is_counted_until_it_is_let_go(ana: Customer) -> None:
    offer = five_off(is_coupon=True, terms={"uses_max": 1, "uses_per_person": 1})
    code = codes_of(offer)[0]
    deal = quote(customer=ana, codes=[code])
    offers.reserve(deal.used, key="A", until=NOW + timedelta(minutes=10), customer_id=ana.pk, now=NOW)
    assert quote(customer=ana, codes=[code]).used == ()
    assert quote(customer=ana, codes=[code], hold="A").saved == 5_00  # its own sale still has it
    assert (used(offer), Coupon.objects.get().state) == ((1, 5_00), "reserved")
    assert offers.release("A") == 1
    assert (used(offer), Coupon.objects.get().state, PersonalUse.objects.get().uses) == ((0, 0), "ready", 0)
    assert offers.release("A") == 0


def test_a_reserved_offer_is_redeemed_once(ana: Customer) -> None:
    offer = five_off(is_coupon=True, terms={"uses_max": 1})
    code = codes_of(offer)[0]
    deal = quote(customer=ana, codes=[code])
    offers.reserve(deal.used, key="A", until=NOW + timedelta(minutes=10), customer_id=ana.pk, now=NOW)
    offers.reserve(deal.used, key="A", until=NOW + timedelta(minutes=20), customer_id=ana.pk, now=NOW)
    sell("1", customer=ana, codes=[code], hold="A")
    assert (used(offer), Coupon.objects.get().state, Reservation.objects.count()) == ((1, 5_00), "used", 0)


def test_a_reservation_that_nobody_came_back_for_is_swept_up(ana: Customer) -> None:
    offer = five_off(is_coupon=True)
    code = codes_of(offer)[0]
    deal = quote(codes=[code])
    offers.reserve(deal.used, key="A", until=NOW, customer_id=None, now=NOW)
    later = NOW + timedelta(minutes=1)
    assert sell("2", codes=[code], now=later).saved == 5_00  # its time is over: another sale may have it before the sweep
    assert offers.release_stale(now=later) == 1
    assert (used(offer), Coupon.objects.get().state) == ((1, 5_00), "used")
    assert offers.release_stale(now=later) == 0


def test_a_void_gives_everything_back_exactly_once(ana: Customer) -> None:
    offer = five_off(is_coupon=True, terms={"uses_max": 1, "uses_per_person": 1})
    code = codes_of(offer)[0]
    sell("1", customer=ana, codes=[code])
    assert [(each.lines, each.coupon_lives) for each in void("1")] == [({1: 5_00}, True)]
    assert void("1") == []
    assert void("1", by="another") == []
    assert (used(offer), PersonalUse.objects.get().uses, Coupon.objects.get().state) == ((0, 0), 0, "ready")
    assert sell("2", customer=ana, codes=[code]).saved == 5_00


def test_a_void_of_a_sale_that_used_nothing_gives_nothing_back() -> None:
    assert void("unknown") == []


def test_a_return_in_parts_gives_back_the_whole_to_the_cent() -> None:
    terms = {"funding": [{"party": "supplier", "name": "Acme", "share_bp": 3_333}, {"party": "retailer", "share_bp": 6_667}]}
    offer = published("amount", code="ODD", off_amount=1_00, terms=terms)
    sell("1", line(30_00, pieces=3), line(10_00, no=2))
    part = [void("1", by=f"r{number}", returned={1: Returned(3_000, number * 1_000, 1_000)}) for number in range(3)]
    assert [each[0].lines for each in part] == [{1: 25}, {1: 25}, {1: 25}]
    assert used(offer) == (1, 25)
    assert void("1", by="r3", returned={2: Returned(1_000, 0, 1_000)})[0].is_whole
    assert used(offer) == (0, 0)
    bears = bulk.fetch("""
        SELECT share ->> 0, sum((share ->> 2)::int) FROM offers_redemption, jsonb_array_elements(lines) line,
            jsonb_array_elements(line -> 'funded') share GROUP BY 1""")
    assert dict(bears) == {"supplier": 0, "retailer": 0}


@pytest.mark.parametrize(("policy", "lives"), [("when_whole", True), ("never", False)])
def test_a_coupon_lives_again_by_policy_when_all_it_reduced_has_come_back(policy: str, lives: bool) -> None:
    offer = five_off(is_coupon=True, terms={"coupon_back": policy})
    sell("1", 30_00, 20_00, codes=codes_of(offer))
    assert void("1", by="a", returned={1: Returned(1_000, 0, 1_000)})[0].coupon_lives is False
    assert void("1", by="b", returned={2: Returned(1_000, 0, 1_000)})[0].coupon_lives is lives
    assert (Coupon.objects.get().state == "ready") is lives


@pytest.mark.parametrize(("grace", "until"), [(0, date(2026, 11, 25)), (3, date(2026, 12, 4)), (30, date(2026, 12, 31))])
def test_a_coupon_given_back_keeps_its_end_or_has_its_grace(grace: int, until: date, ana: Customer) -> None:
    offer = five_off(is_coupon=True, terms={"claims_max": 5, "valid_days": 6, "grace_days": grace})
    offers.claim(offer.pk, customer_id=ana.pk, key="mail", business_date=shop.DAY, viewer=SYSTEM, now=NOW)
    sell("1", customer=ana)
    void("1", day=date(2026, 12, 1))
    assert Coupon.objects.get().valid_until == until


def test_what_a_kept_line_loses_is_given_back_too() -> None:
    offer = published("threshold", code="LARGE", from_amount=50_00, off_amount=10_00, terms={"after_return": "take_back"})
    sell("1", 30_00, 20_00)
    given = void("1", by="r", returned={2: Returned(1_000, 0, 1_000)}, broken={offer.pk: {1: 6_00}})
    assert given[0].lines == {1: 6_00, 2: 4_00}
    assert used(offer) == (0, 0)


def test_the_kill_switch_works_at_once() -> None:
    offer = five_off()
    assert quote().saved == 5_00
    offers.stop(offer.pk, viewer=SYSTEM, now=NOW, reason="loophole")
    assert quote().saved == 0
    offers.start(offer.pk, viewer=SYSTEM, now=NOW)
    assert quote().saved == 5_00


def test_a_new_version_holds_at_once_and_the_old_use_keeps_its_terms() -> None:
    offer = five_off()
    sell("1")
    raw = {"currency": "USD", "ends_on": "2026-12-31", "uses_max": 2, "body": {"kind": "amount", "off_amount": 2_00}}
    offers.save_draft(offer.pk, title="Two off", raw_terms=raw, viewer=SYSTEM, now=NOW)
    assert quote().saved == 5_00  # a draft changes nothing
    offers.publish(offer.pk, viewer=SYSTEM, now=NOW)
    sell("2")
    assert list(Redemption.objects.order_by("id").values_list("version__number", "amount")) == [(1, 5_00), (2, 2_00)]
    assert quote().used == ()


def test_one_statement_looks_everything_up_and_foreign_used_and_unknown_codes_look_alike(ana: Customer, ben: Customer) -> None:
    offer = five_off(is_coupon=True, terms={"claims_max": 5})
    spent, free = codes_of(offer, 2)
    sell("1", codes=[spent])
    claimed = offers.claim(offer.pk, customer_id=ben.pk, key="a", business_date=shop.DAY, viewer=SYSTEM, now=NOW)
    of_ben = offers.code_for_holder(claimed.pk, customer_id=ben.pk)
    bad = "0000-0000-0000-0000-00"
    basket = shop.basket(50_00, member=None)
    with CaptureQueriesContext(connection) as looked:
        presented = live.candidates(basket, [bad, spent, of_ben, free], now=NOW)
    assert len(looked) == 1
    assert presented.unusable == (bad, spent, of_ben)
    assert [each.coupon_id for each in presented.candidates] == [Coupon.objects.get(hint=free[-5:].replace("-", "")).pk]
    assert presented.wrong_codes == 1


def test_a_customers_own_coupons_are_used_without_being_shown(ana: Customer) -> None:
    offer = five_off(is_coupon=True, terms={"claims_max": 5, "valid_days": 3})
    offers.claim(offer.pk, customer_id=ana.pk, key="a", business_date=shop.DAY, viewer=SYSTEM, now=NOW)
    assert quote(customer=ana).saved == 5_00
    assert quote().saved == 0
