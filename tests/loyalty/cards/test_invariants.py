"""Every invariant holds after a full life, and each notices when somebody tampers (G41)."""

from __future__ import annotations

import pytest
from django.db import connection

from regulars.core.invariants import Outcome
from regulars.loyalty.cards import invariants
from regulars.loyalty.cards import services as cards
from regulars.organization.models import Store
from tests.loyalty.cards import factories as make
from tests.loyalty.cards.factories import NOW, SYSTEM

pytestmark = pytest.mark.django_db
CHECKS = [
    invariants.cards_follow_their_movements,
    invariants.states_count_as_moved,
    invariants.unsold_cards_are_worth_nothing,
    invariants.top_ups_stand_in_the_ledger,
    invariants.settlement_follows_the_ledger,
    invariants.settlement_nets_to_zero,
    invariants.batches_have_their_numbers,
]


@pytest.fixture
def lived(here: Store, there: Store) -> None:
    """Cards sold, loaded, used elsewhere, replaced, claimed, refunded, counted and settled."""
    make.bonus(100_00, 10_00)
    kind = make.card_type()
    one, two, three, four = (make.activate(secret, here) for secret in make.stocked(here, kind, 4))
    spare = make.card(make.stocked(here, kind, 2)[0])
    for card in (one, two, three):
        make.top_up(card, 100_00, here)
    make.spend(one, 30_00, there)
    cards.replace(one.pk, spare.pk, store_id=here.pk, source="t", key="r", reason="lost", viewer=SYSTEM, now=NOW)
    cards.claim(two.pk, make.member().pk, source="t", key="c", viewer=SYSTEM, now=NOW)
    top_up = three.top_ups.get()
    cards.refund_top_up(top_up.pk, store_id=here.pk, source="t", key="b", reason="x", viewer=SYSTEM, now=NOW)
    cards.freeze(four.pk, reason="x", viewer=SYSTEM, now=NOW)
    count = cards.begin_count(store_id=here.pk, viewer=SYSTEM, now=NOW)
    cards.close_count(count.pk, viewer=SYSTEM, now=NOW)
    uses = make.active(here, make.card_type("count"))
    make.top_up(uses, 100_00, here)
    cards.use_count(uses.pk, uses=1, store_id=there.pk, source="t", key="u", viewer=SYSTEM, now=NOW)
    cards.settle(until=NOW.date(), viewer=SYSTEM, now=NOW)


def broken() -> list[str]:
    return [check.__name__ for check in CHECKS if check().broken]


def test_a_full_life_breaks_nothing(lived: None) -> None:
    assert {check.__name__: check() for check in CHECKS} == {check.__name__: Outcome() for check in CHECKS}


@pytest.mark.parametrize(
    ("tampering", "noticed"),
    [
        ("UPDATE cards_card SET state = 'frozen' WHERE state = 'active'", "cards_follow_their_movements"),
        ("UPDATE cards_movement SET to_state = 'lost' WHERE act = 'freeze'", "states_count_as_moved"),
        ("UPDATE cards_topup SET principal_amount = principal_amount + 1", "top_ups_stand_in_the_ledger"),
        ("UPDATE cards_card SET activated_at = NULL WHERE state = 'replaced'", "unsold_cards_are_worth_nothing"),
        ("UPDATE cards_settlementline SET amount = amount + 1", "settlement_follows_the_ledger"),
        ("UPDATE cards_batch SET quantity = quantity + 1", "batches_have_their_numbers"),
    ],
)
def test_tampering_is_noticed(lived: None, tampering: str, noticed: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(tampering)
    assert noticed in broken()
