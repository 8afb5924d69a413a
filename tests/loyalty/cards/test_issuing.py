"""From goods to a key to somebody's accounts, and what happens when a card is lost (S236, S238, F42, F43)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from regulars.core import database
from regulars.core.errors import ForbiddenError, NotFoundError
from regulars.customers.models import Customer, Identifier
from regulars.loyalty.cards import selectors
from regulars.loyalty.cards import services as cards
from regulars.loyalty.cards.models import Card, Movement, TopUp
from regulars.loyalty.wallet.commands import Owner, OwnerKind
from regulars.organization.models import Store
from tests.loyalty.cards import factories as make
from tests.loyalty.cards.factories import NOW, SYSTEM
from tests.organization.factories import viewer

pytestmark = pytest.mark.django_db


def test_an_unsold_card_is_worth_nothing_and_takes_no_money(here: Store) -> None:
    secret = make.stocked(here, make.card_type())[0]
    with pytest.raises(cards.CardRefusedError) as refused:
        make.top_up(make.card(secret), 100_00, here)
    assert refused.value.place["reasons"] == [{"code": "not_active", "state": "in_stock"}]
    assert (TopUp.objects.count(), make.balance(make.card(secret))) == (0, (0, 0))


def test_the_database_itself_keeps_money_off_unsold_cards(here: Store) -> None:
    card = make.card(make.stocked(here, make.card_type())[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        TopUp.objects.create(
            source="x", key="x", card=card, owner_kind="card", owner_id=card.pk, currency="CNY", principal_amount=1,
            store=here, business_date=NOW.date(), at=NOW, by="x", tender="cash", buyer="person", law="none", transfer_id=1,
        )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Card.objects.filter(pk=card.pk).update(customer=make.member())


def test_activation_makes_a_bearer_card_its_own_owner(here: Store) -> None:
    card = make.active(here, make.card_type(lasts_months=36))
    assert (card.state, card.sold_by, card.law) == ("active", here, "none@1900-01-01")
    assert selectors.owner_of(card) == Owner(OwnerKind.CARD, card.pk)
    assert card.expires_at == datetime(2029, 11, 20, 4, 0, tzinfo=UTC)


def test_activation_asked_twice_is_done_once(here: Store) -> None:
    secret = make.stocked(here, make.card_type())[0]
    first = make.activate(secret, here, key="a-1")
    assert make.activate(secret, here, key="a-1", now=NOW + timedelta(hours=1)).activated_at == first.activated_at
    assert Movement.objects.filter(act="activate").count() == 1
    other = make.stocked(here, make.card_type())[0]
    with pytest.raises(cards.CardKeyReusedError):
        make.activate(other, here, key="a-1")
    assert make.card(other).state == "in_stock"


def test_a_card_of_another_stores_stock_is_not_activated_here(here: Store, there: Store) -> None:
    secret = make.stocked(there, make.card_type())[0]
    with pytest.raises(cards.CardElsewhereError):
        make.activate(secret, here)
    assert make.card(secret).state == "in_stock"


def test_a_till_activates_in_its_own_store_only(here: Store, there: Store) -> None:
    secret = make.stocked(there, make.card_type())[0]
    with pytest.raises(NotFoundError):
        make.activate(secret, there, viewer=viewer("pos", [here]))
    with pytest.raises(ForbiddenError):
        make.activate(secret, there, viewer=viewer("analyst"))
    assert make.card(secret).state == "in_stock"


def test_a_named_card_needs_its_holder(here: Store) -> None:
    secret = make.stocked(here, make.card_type(is_named=True))[0]
    with pytest.raises(cards.CardRefusedError, match="holder"):
        make.activate(secret, here)
    assert make.card(secret).state == "in_stock"


def test_a_member_card_without_a_name_gets_a_nameless_customer(here: Store) -> None:
    card = make.active(here, make.card_type("member"))
    assert card.customer is not None
    assert card.customer.kind == Customer.Kind.NAMELESS
    assert Identifier.objects.get(customer=card.customer).value == card.number


def test_one_card_opens_all_accounts_of_its_holder(here: Store) -> None:
    ana = make.member()
    member, money = (
        make.active(here, make.card_type(kind, is_named=True), customer=ana) for kind in ("member", "stored_value")
    )
    make.top_up(money, 100_00, here)
    assert selectors.owner_of(member) == selectors.owner_of(money) == Owner(OwnerKind.CUSTOMER, ana.pk)
    assert make.balance(member) == (100_00, 0)


def test_a_replaced_card_keeps_accounts_term_and_history(here: Store) -> None:
    kind = make.card_type(lasts_months=36)
    first, second, third = (make.card(secret) for secret in make.stocked(here, kind, 3))
    old = cards.activate(first.pk, store_id=here.pk, source="till", key="a", viewer=SYSTEM, now=NOW)
    make.top_up(old, 80_00, here)
    later = NOW + timedelta(days=9)
    cards.report_lost(old.pk, reason="stolen bag", viewer=SYSTEM, now=later)
    options = {"store_id": here.pk, "source": "till", "reason": "lost", "viewer": SYSTEM, "now": later}
    new = cards.replace(old.pk, second.pk, key="r1", **options)
    assert cards.replace(old.pk, second.pk, key="r1", **options) == new
    again = cards.replace(new.pk, third.pk, key="r2", **options)
    assert (make.balance(again), again.expires_at) == ((80_00, 0), old.expires_at)
    assert Card.objects.get(pk=old.pk).state == "replaced"
    assert [m.act for m in selectors.history(again)].count("activate") == 3
    blocked = {number: is_blocked for _, number, is_blocked in selectors.blocked_numbers()}
    assert blocked == {old.number: True, new.number: True}


def test_a_bearer_card_is_like_cash_where_the_law_says_so(here: Store) -> None:
    card = make.active(here, make.card_type(rule_pack="cn-prepaid", lasts_months=36))
    with pytest.raises(cards.CardRefusedError, match="cannot be reported lost"):
        cards.report_lost(card.pk, reason="", viewer=SYSTEM, now=NOW)
    assert Card.objects.get(pk=card.pk).state == "active"


def test_a_frozen_card_comes_back_and_a_replaced_one_never(here: Store) -> None:
    kind = make.card_type()
    card, spare = (make.card(secret) for secret in make.stocked(here, kind, 2))
    cards.activate(card.pk, store_id=here.pk, source="till", key="a", viewer=SYSTEM, now=NOW)
    cards.freeze(card.pk, reason="complaint", viewer=SYSTEM, now=NOW)
    with pytest.raises(cards.CardRefusedError):
        make.top_up(card, 1_00, here)
    assert cards.thaw(card.pk, reason="settled", viewer=SYSTEM, now=NOW).state == "active"
    cards.replace(card.pk, spare.pk, store_id=here.pk, source="till", key="r", reason="worn", viewer=SYSTEM, now=NOW)
    with pytest.raises(cards.CardStateError):
        cards.thaw(card.pk, reason="", viewer=SYSTEM, now=NOW)


def test_claiming_a_bearer_card_moves_its_value_to_the_member(here: Store) -> None:
    make.bonus(100_00, 10_00)
    card, ana = make.active(here, make.card_type()), make.member()
    make.top_up(card, 100_00, here)
    claimed = cards.claim(card.pk, ana.pk, source="desk", key="c", viewer=SYSTEM, now=NOW)
    assert selectors.owner_of(claimed) == Owner(OwnerKind.CUSTOMER, ana.pk)
    assert make.balance(Owner(OwnerKind.CARD, card.pk)) == (0, 0)
    assert make.balance(claimed) == (100_00, 10_00)
    cards.claim(card.pk, ana.pk, source="desk", key="c", viewer=SYSTEM, now=NOW)
    assert make.balance(claimed) == (100_00, 10_00)
    with pytest.raises(cards.CardStateError):
        cards.claim(card.pk, make.member("Ben").pk, source="desk", key="d", viewer=SYSTEM, now=NOW)


def test_an_expired_card_keeps_its_balance_until_it_is_renewed(here: Store) -> None:
    card = make.active(here, make.card_type(rule_pack="cn-prepaid", lasts_months=36))
    make.top_up(card, 50_00, here)
    over = datetime(2029, 11, 20, 4, 0, tzinfo=UTC)
    with pytest.raises(cards.CardRefusedError, match="expired"):
        cards.refuse_unusable(Card.objects.get(pk=card.pk), now=over)
    with pytest.raises(cards.CardRefusedError, match="expired"):
        make.top_up(card, 1_00, here, now=over)
    renewed = cards.renew(card.pk, viewer=SYSTEM, now=over)
    cards.refuse_unusable(renewed, now=over)
    assert make.balance(renewed) == (50_00, 0)


def test_history_can_be_added_to_and_never_changed() -> None:
    facts = {"cards_movement", "cards_topup", "cards_topuprefund", "cards_countuse", "cards_settlementline"}
    assert facts <= set(database.fact_tables())
