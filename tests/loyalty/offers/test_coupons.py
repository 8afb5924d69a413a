"""Making, claiming, binding, passing on and guessing coupons (F49, T-3, T-34, P40)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from regulars.core.errors import ForbiddenError, InvalidInputError
from regulars.customers.models import Customer
from regulars.loyalty.offers import services as offers
from regulars.loyalty.offers.errors import (
    CouponCodesTakenError,
    CouponGoneError,
    CouponNotYoursError,
    GuessingLockedError,
    OfferExistsError,
    OfferLimitsError,
    OfferStateError,
    OfferUncappedError,
)
from regulars.loyalty.offers.models import Coupon, CouponEvent, Offer, PersonalUse
from regulars.loyalty.offers.rules import codes
from tests.loyalty.offers import shop
from tests.loyalty.offers.published import NOW, SYSTEM, codes_of, five_off, quote, sell
from tests.organization.factories import viewer

pytestmark = pytest.mark.django_db


def claim(offer: Offer, customer: Customer, *, key: str = "mail", day: date = shop.DAY) -> Coupon:
    return offers.claim(offer.pk, customer_id=customer.pk, key=key, business_date=day, viewer=SYSTEM, now=NOW)


def test_codes_have_eighty_bits_two_check_letters_and_no_letters_that_look_alike() -> None:
    made = codes_of(five_off(is_coupon=True), 500)
    assert len(set(made)) == 500
    assert all(len(code.replace("-", "")) == 18 for code in made)
    assert not set("OILU") & set("".join(made))


def test_a_mistyped_code_is_none() -> None:
    code = codes.of_seed(b"seed")
    wrong = [
        code[:place] + letter + code[place + 1 :] for place in range(18) for letter in codes.ALPHABET if letter != code[place]
    ]
    swapped = [code[:place] + code[place + 1] + code[place] + code[place + 2 :] for place in range(17)]
    assert codes.normalize(codes.spelled(code).lower()) == code
    assert not [each for each in wrong + swapped if each != code and codes.normalize(each)]


def test_no_code_lies_in_the_database() -> None:
    offer = five_off(is_coupon=True)
    made = {code.replace("-", "") for code in codes_of(offer, 20)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(c::text, ' ') FROM offers_coupon c")
        dump = cursor.fetchone()[0]
        assert not [code for code in made if code in dump or code.encode().hex() in dump]


def test_the_codes_of_a_batch_are_read_one_time() -> None:
    batch = offers.make_batch(five_off(is_coupon=True).pk, size=3, viewer=SYSTEM, now=NOW)
    assert len(list(offers.take_codes(batch.pk, viewer=SYSTEM, now=NOW))) == 3
    with pytest.raises(CouponCodesTakenError):
        offers.take_codes(batch.pk, viewer=SYSTEM, now=NOW)


def test_a_public_code_is_used_by_many_and_counted_by_the_offer() -> None:
    offer = five_off(is_coupon=True, terms={"uses_max": 2})
    offers.make_public_code(offer.pk, "Summer-10", viewer=SYSTEM, now=NOW)
    with pytest.raises(OfferExistsError):
        offers.make_public_code(offer.pk, "SUMMER1O", viewer=SYSTEM, now=NOW)
    with pytest.raises(InvalidInputError):
        offers.make_public_code(offer.pk, "abc", viewer=SYSTEM, now=NOW)
    assert [sell(f"{number}", codes=["summer 10"]).saved for number in range(3)] == [5_00, 5_00, 0]


def test_a_claim_under_one_key_is_one_coupon(ana: Customer) -> None:
    offer = five_off(is_coupon=True, terms={"claims_max": 5, "claims_per_person": 2, "valid_days": 7})
    first = claim(offer, ana)
    assert claim(offer, ana) == first
    assert first.valid_until == date(2026, 11, 26)
    assert claim(offer, ana, key="app") != first
    with pytest.raises(CouponGoneError):
        claim(offer, ana, key="again")
    assert Coupon.objects.count() == PersonalUse.objects.get().claims == 2


def test_a_stock_that_is_claimed_is_gone(ana: Customer, ben: Customer) -> None:
    offer = five_off(is_coupon=True, terms={"claims_max": 1})
    claim(offer, ana)
    with pytest.raises(CouponGoneError):
        claim(offer, ben)
    assert Coupon.objects.count() == 1


@pytest.mark.parametrize("day", [date(2026, 11, 18), date(2027, 1, 1)])
def test_nothing_is_claimed_before_or_after_the_offers_days(day: date, ana: Customer) -> None:
    offer = five_off(is_coupon=True, terms={"claims_max": 5, "starts_on": "2026-11-19"})
    with pytest.raises(CouponGoneError):
        claim(offer, ana, day=day)


def test_a_printed_code_becomes_one_customers_own(ana: Customer, ben: Customer) -> None:
    code = codes_of(five_off(is_coupon=True))[0]
    for _time in range(2):
        offers.bind(code, customer_id=ana.pk, viewer=SYSTEM, now=NOW)
    with pytest.raises(CouponNotYoursError):
        offers.bind(code, customer_id=ben.pk, viewer=SYSTEM, now=NOW)
    assert quote(customer=ben, codes=[code]).used == ()
    assert quote(customer=ana).saved == 5_00
    assert CouponEvent.objects.count() == 1


def test_a_coupon_is_passed_on_once_and_the_old_code_is_worth_nothing(ana: Customer, ben: Customer) -> None:
    offer = five_off(is_coupon=True, terms={"claims_max": 5, "gifts_max": 1})
    coupon = claim(offer, ana)
    old = offers.code_for_holder(coupon.pk, customer_id=ana.pk)
    offers.give_to_friend(coupon.pk, from_customer=ana.pk, to_customer=ben.pk, viewer=SYSTEM, now=NOW)
    new = offers.code_for_holder(coupon.pk, customer_id=ben.pk)
    assert old != new
    assert quote(customer=ana, codes=[old]).used == ()
    for giver, taker in ((ana, ben), (ben, ana)):
        with pytest.raises(CouponNotYoursError):
            offers.give_to_friend(coupon.pk, from_customer=giver.pk, to_customer=taker.pk, viewer=SYSTEM, now=NOW)
    assert sell("1", customer=ben, codes=[new]).saved == 5_00


def test_a_voided_coupon_is_worth_nothing() -> None:
    code = codes_of(five_off(is_coupon=True))[0]
    offers.void_coupon(Coupon.objects.get().pk, viewer=SYSTEM, now=NOW, reason="lost")
    assert quote(codes=[code]).used == ()
    with pytest.raises(CouponNotYoursError):
        offers.void_coupon(Coupon.objects.get().pk, viewer=SYSTEM, now=NOW)


def test_coupons_and_counts_follow_a_merged_customer(ana: Customer, ben: Customer) -> None:
    offer = five_off(is_coupon=True, terms={"claims_max": 5, "uses_per_person": 2, "claims_per_person": 3})
    for number, customer in enumerate((ana, ben)):
        claim(offer, customer)
        sell(f"{number}", customer=customer)
    spare = claim(offer, ben, key="more")
    assert offers.move_customer(ben, ana, viewer=SYSTEM, now=NOW) == 2
    assert Coupon.objects.get(pk=spare.pk).customer == ana
    assert (PersonalUse.objects.get().uses, PersonalUse.objects.get().claims) == (2, 3)
    assert quote(customer=ana).refused[0].refusal.code == "used_up_person"


def test_twenty_wrong_codes_lock_an_actor_for_a_while_and_nobody_else() -> None:
    code = codes_of(five_off(is_coupon=True))[0]
    for number in range(20):
        assert quote(codes=[f"BAD{number}"], actor="key:1").used == ()
        assert offers.count_wrong_codes("key:1", 1, now=NOW) is (number == 19)
    with pytest.raises(GuessingLockedError):
        quote(codes=[code], actor="key:1")
    assert quote(actor="key:1").used == ()  # without codes the till goes on
    assert quote(codes=[code], actor="key:2").saved == 5_00
    later = NOW + timedelta(minutes=16)
    assert quote(codes=[code], actor="key:1", now=later).saved == 5_00
    assert offers.count_wrong_codes("key:1", 1, now=later) is False


TERMS = {"currency": "USD", "ends_on": "2026-12-31", "uses_max": 9, "body": {"kind": "amount", "off_amount": 5_00}}


def draft(*, is_coupon: bool = False, **terms: Any) -> Offer:
    raw = {key: value for key, value in {**TERMS, **terms}.items() if value is not None}
    return offers.create_offer(code="NEW", title="New", is_coupon=is_coupon, raw_terms=raw, viewer=SYSTEM, now=NOW)


@pytest.mark.parametrize("terms", [{"ends_on": None}, {"uses_max": None}])
def test_nothing_goes_live_without_an_end_and_a_cap(terms: dict[str, Any]) -> None:
    made = draft(**terms)
    with pytest.raises(OfferUncappedError):
        offers.publish(made.pk, viewer=SYSTEM, now=NOW)
    assert Offer.objects.get().state == "draft"
    assert quote().used == ()


@pytest.mark.parametrize("change", [{"uses_per_person": 1}, {"budget_amount": 1_00}, {"currency": "CNY"}, {"uses_max": 1}])
def test_limits_cannot_be_turned_on_or_below_what_is_used(change: dict[str, Any]) -> None:
    made = draft()
    offers.publish(made.pk, viewer=SYSTEM, now=NOW)
    sell("1")
    sell("2")
    offers.save_draft(made.pk, title="New", raw_terms={**TERMS, **change}, viewer=SYSTEM, now=NOW)
    with pytest.raises(OfferLimitsError):
        offers.publish(made.pk, viewer=SYSTEM, now=NOW)
    assert made.versions.count() == 1


def test_an_archived_offer_is_read_only() -> None:
    made = draft()
    offers.archive(made.pk, viewer=SYSTEM, now=NOW)
    with pytest.raises(OfferStateError):
        offers.publish(made.pk, viewer=SYSTEM, now=NOW)
    with pytest.raises(OfferStateError):
        offers.save_draft(made.pk, title="x", raw_terms=TERMS, viewer=SYSTEM, now=NOW)


def test_a_code_is_taken_once_and_a_phase_fits_the_kind() -> None:
    draft()
    with pytest.raises(OfferExistsError):
        draft()
    with pytest.raises(InvalidInputError):
        offers.create_offer(code="C", title="C", is_coupon=True, raw_terms=TERMS, viewer=SYSTEM, now=NOW)


@pytest.mark.parametrize("role", ["associate", "analyst", "pos"])
def test_only_marketers_write_offers(role: str) -> None:
    with pytest.raises(ForbiddenError):
        offers.create_offer(code="X", title="X", is_coupon=False, raw_terms=TERMS, viewer=viewer(role), now=NOW)
    assert not Offer.objects.exists()
