"""Money in and money back, within the law, principal and bonus apart (P10, P11, G37)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from regulars.loyalty.cards import selectors
from regulars.loyalty.cards import services as cards
from regulars.loyalty.cards.models import Card, CardType, CountUse, TopUp, TopUpRefund
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import Owner, OwnerKind
from regulars.organization.models import Store
from tests.loyalty.cards import factories as make
from tests.loyalty.cards.factories import NOW, SYSTEM

pytestmark = pytest.mark.django_db
CHINA = {"rule_pack": "cn-prepaid", "lasts_months": 36}


def refund(top_up: TopUp, store: Store, key: str = "r1") -> TopUpRefund:
    return cards.refund_top_up(
        top_up.pk, store_id=store.pk, source="till", key=key, reason="moves away", viewer=SYSTEM, now=NOW
    )


def test_pay_500_get_50(here: Store) -> None:
    make.bonus(500_00, 50_00, bonus_lasts_days=30)
    card = make.active(here, make.card_type())
    done = make.top_up(card, 500_00, here)
    assert (done.principal_amount, done.bonus_amount, make.balance(card)) == (500_00, 50_00, (500_00, 50_00))
    assert make.top_up(card, 499_99, here).bonus_amount == 0


def test_a_top_up_asked_twice_is_made_once(here: Store) -> None:
    card = make.active(here, make.card_type())
    first = make.top_up(card, 100_00, here, key="t-1")
    assert make.top_up(card, 100_00, here, key="t-1", now=NOW + timedelta(minutes=5)) == first
    with pytest.raises(cards.CardKeyReusedError):
        make.top_up(card, 100_01, here, key="t-1")
    assert (TopUp.objects.count(), make.balance(card)) == (1, (100_00, 0))


@pytest.mark.parametrize(("second", "is_taken"), [(400_00, True), (400_01, False)])
def test_a_bearer_card_stops_at_its_limit_to_the_cent(here: Store, second: int, is_taken: bool) -> None:
    make.bonus(600_00, 100_00)  # bonus is nobody's prepayment: it does not count
    card = make.active(here, make.card_type(**CHINA))
    make.top_up(card, 600_00, here)
    if is_taken:
        make.top_up(card, second, here)
        assert make.balance(card) == (1_000_00, 100_00)
        return
    with pytest.raises(cards.CardRefusedError) as refused:
        make.top_up(card, second, here)
    (reason,) = refused.value.place["reasons"]
    assert (reason["code"], reason["limit"], reason["balance"]) == ("balance_limit", 1_000_00, 600_00)
    assert make.balance(card) == (600_00, 100_00)


def test_the_limit_of_a_named_card_counts_what_the_holders_other_card_brought(here: Store) -> None:
    ana, kind = make.member(), make.card_type(rule_pack="cn-prepaid", is_named=True)
    one, two = (make.active(here, kind, customer=ana) for _ in range(2))
    make.top_up(one, 3_000_00, here)
    with pytest.raises(cards.CardRefusedError, match="at most"):
        make.top_up(two, 2_000_01, here)
    make.top_up(two, 2_000_00, here)
    assert make.balance(one) == (5_000_00, 0)


def test_a_named_card_needs_an_identity_document(here: Store) -> None:
    card = make.active(here, make.card_type(rule_pack="cn-prepaid", is_named=True), customer=make.member())
    with pytest.raises(cards.CardRefusedError) as refused:
        make.top_up(card, 1_00, here, buyer_identified=False)
    assert refused.value.place["reasons"] == [{"code": "identity_of_holder"}]


def test_a_company_pays_5000_by_transfer(here: Store) -> None:
    card = make.active(here, make.card_type(rule_pack="cn-prepaid", is_named=True), customer=make.member())
    with pytest.raises(cards.CardRefusedError) as refused:
        make.top_up(card, 5_000_00, here, by_company=True, tender="cash")
    assert [reason["code"] for reason in refused.value.place["reasons"]] == ["not_in_cash"]
    assert make.top_up(card, 5_000_00, here, by_company=True, tender="invoice").buyer == "company"


@pytest.mark.parametrize(
    ("amount", "facts", "code"),
    [(0, {}, "not_positive"), (-1, {}, "not_positive"), (1, {"currency": "USD"}, "other_currency")],
)
def test_what_is_no_amount_of_this_card_is_refused(here: Store, amount: int, facts: dict[str, str], code: str) -> None:
    card = make.active(here, make.card_type())
    with pytest.raises(cards.CardRefusedError) as refused:
        make.top_up(card, amount, here, **facts)
    assert [reason["code"] for reason in refused.value.place["reasons"]] == [code]
    assert make.balance(card) == (0, 0)


@pytest.mark.parametrize(
    ("order", "left"),
    [("bonus_first", (430_00, 0)), ("principal_first", (380_00, 50_00)), ("in_proportion", (390_91, 39_09))],
)
def test_the_type_says_what_is_used_first(here: Store, order: str, left: tuple[int, int]) -> None:
    make.bonus(500_00, 50_00)
    card = make.active(here, make.card_type(spend_order=order))
    make.top_up(card, 500_00, here)
    make.spend(card, 120_00, here)
    assert make.balance(card) == left


def test_more_than_there_is_cannot_be_spent(here: Store) -> None:
    make.bonus(500_00, 50_00)
    card = make.active(here, make.card_type())
    make.top_up(card, 500_00, here)
    with pytest.raises(wallet.InsufficientBalanceError):
        make.spend(card, 550_01, here)
    assert make.balance(card) == (500_00, 50_00)
    make.spend(card, 550_00, here)
    assert make.balance(card) == (0, 0)


def test_a_refund_takes_unused_bonus_back_and_charges_used_bonus_at_list(here: Store) -> None:
    make.bonus(500_00, 50_00)
    card = make.active(here, make.card_type())
    top_up = make.top_up(card, 500_00, here)
    make.spend(card, 30_00, here)  # all of it bonus
    paid = refund(top_up, here)
    assert (paid.paid_out_amount, paid.bonus_taken_amount, paid.bonus_used_amount) == (470_00, 20_00, 30_00)
    assert make.balance(card) == (0, 0)
    assert refund(top_up, here) == paid
    with pytest.raises(cards.NothingToRefundError):
        refund(top_up, here, key="r2")


def test_a_refund_leaves_other_top_ups_alone(here: Store) -> None:
    card = make.active(here, make.card_type())
    first, _second = make.top_up(card, 100_00, here), make.top_up(card, 40_00, here)
    make.spend(card, 30_00, here)
    assert refund(first, here).paid_out_amount == 70_00
    assert make.balance(card) == (40_00, 0)


def test_a_refund_follows_the_value_to_its_claimer(here: Store) -> None:
    card = make.active(here, make.card_type())
    top_up = make.top_up(card, 100_00, here)
    cards.claim(card.pk, make.member().pk, source="desk", key="c", viewer=SYSTEM, now=NOW)
    assert refund(top_up, here).paid_out_amount == 100_00


def test_a_count_card_earns_its_price_use_by_use(here: Store, there: Store) -> None:
    card = make.active(here, make.card_type("count", uses=3, price_amount=100_00))
    with pytest.raises(cards.CardRefusedError, match="loaded with"):
        make.top_up(card, 99_99, here)
    make.top_up(card, 100_00, here)
    options = {"store_id": there.pk, "source": "till", "viewer": SYSTEM, "now": NOW}
    earned = [cards.use_count(card.pk, uses=1, key=f"u{n}", **options).revenue_amount for n in range(3)]
    assert earned == [33_33, 33_33, 33_34]
    assert cards.use_count(card.pk, uses=1, key="u2", **options).revenue_amount == 33_34
    with pytest.raises(wallet.InsufficientBalanceError):
        cards.use_count(card.pk, uses=1, key="u3", **options)
    assert CountUse.objects.count() == 3


def test_uses_earn_what_their_own_purchase_cost_whoever_holds_the_card_by_then(here: Store) -> None:
    """Ana's card goes to Ben, then into a merge, then expires and is renewed: each price is earned once, to the cent."""
    kind = make.card_type("count", uses=3, price_amount=100_00, lasts_months=12)
    ana, ben = make.member("Ana"), make.member("Ben")
    loaded, spare = (make.active(here, kind, customer=ana) for _ in range(2))
    make.top_up(loaded, 100_00, here)
    options = {"store_id": here.pk, "source": "till", "viewer": SYSTEM}

    def use(card: Card, key: str, uses: int = 1, now: datetime = NOW) -> int:
        return cards.use_count(card.pk, uses=uses, key=key, now=now, **options).revenue_amount

    assert use(loaded, "u1") == 33_33
    cards.pass_on(loaded.pk, ben.pk, reason="a gift", viewer=SYSTEM, now=NOW)
    with pytest.raises(wallet.InsufficientBalanceError):  # the card changed hands, the uses did not
        use(loaded, "u2")
    make.top_up(loaded, 100_00, here)
    assert use(loaded, "u3", uses=2) == 66_66  # of Ben's purchase
    assert use(spare, "u4") == 33_33  # of Ana's, by her other card

    later = NOW + timedelta(days=400)
    with pytest.raises(cards.CardRefusedError):
        use(spare, "u5", now=later)
    assert CountUse.objects.count() == 3  # what has expired earns nothing: it is kept for the renewal
    cards.renew(spare.pk, viewer=SYSTEM, now=later)
    bens, anas = (Owner(OwnerKind.CUSTOMER, who.pk) for who in (ben, ana))
    wallet.merge_owner(bens, anas, source="t", key="m", at=later, now=later, viewer=SYSTEM)
    assert use(spare, "u6", uses=2, now=later) == 33_34 + 33_34
    assert sum(CountUse.objects.values_list("revenue_amount", flat=True)) == 200_00


def test_a_type_is_refused_that_the_law_forbids(here: Store) -> None:
    for wrong in ({"is_named": True, "lasts_months": 36}, {"lasts_months": 35}, {"face_amount": 1_000_01}):
        with pytest.raises(cards.CardTypeError):
            make.card_type(**({"rule_pack": "cn-prepaid"} | wrong))
    assert CardType.objects.count() == 0


def test_what_sold_cards_rest_on_stays(here: Store) -> None:
    kind = make.card_type()
    make.stocked(here, kind)
    kind.is_named = True
    with pytest.raises(cards.CardTypeFixedError):
        cards.save_type(kind, viewer=SYSTEM, now=NOW)
    assert not CardType.objects.get(pk=kind.pk).is_named


def test_a_card_that_is_sold_filled_is_filled_once(here: Store) -> None:
    card = make.active(here, make.card_type(takes_top_ups=False, face_amount=100_00))
    make.top_up(card, 100_00, here)
    with pytest.raises(cards.CardRefusedError, match="cannot be topped up"):
        make.top_up(card, 100_00, here)
    assert make.balance(card) == (100_00, 0)


def test_a_rule_never_reaches_back_and_ends_when_told(here: Store) -> None:
    rule = make.bonus(100_00, 10_00, valid_from=NOW - timedelta(days=30))
    assert rule.valid_from == NOW
    card = make.active(here, make.card_type())
    cards.end_top_up_rule(rule.pk, viewer=SYSTEM, now=NOW + timedelta(days=1))
    assert make.top_up(card, 100_00, here).bonus_amount == 10_00
    assert make.top_up(card, 100_00, here, now=NOW + timedelta(days=1)).bonus_amount == 0
    assert selectors.spend_order(card) == "bonus_first"
