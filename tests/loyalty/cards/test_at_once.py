"""What comes at the same moment from several tills ends as if it had come one after the other (G1, G2)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from regulars.core.errors import DomainError
from regulars.loyalty.cards import services as cards
from regulars.loyalty.cards.models import Card, Movement, TopUp
from regulars.organization.models import Store
from tests.loyalty.cards import factories as make
from tests.loyalty.cards.factories import NOW, SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """Begin all deeds at the same moment; return what each gave, or its refusal."""
    start = Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> object:
        try:
            start.wait()
            return deed()
        except DomainError as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def test_one_top_up_sent_by_four_retries_is_made_once(here: Store) -> None:
    card = make.active(here, make.card_type())
    answers = at_once(*[lambda: make.top_up(card, 100_00, here, key="same").pk] * 4)
    assert len(set(answers)) == 1
    assert (TopUp.objects.count(), make.balance(card)) == (1, (100_00, 0))


def test_two_cards_of_one_holder_cannot_pass_the_limit_together(here: Store) -> None:
    ana, kind = make.member(), make.card_type(rule_pack="cn-prepaid", is_named=True)
    pair = [make.active(here, kind, customer=ana) for _ in range(2)]
    answers = at_once(*[lambda card=card: make.top_up(card, 3_000_00, here).pk for card in pair])
    assert answers.count("card.refused") == 1
    assert make.balance(pair[0]) == (3_000_00, 0)


def test_one_card_is_activated_by_one_of_three_tills(here: Store) -> None:
    secret = make.stocked(here, make.card_type())[0]
    answers = at_once(*[lambda key=key: make.activate(secret, here, key=key).pk for key in "abc"])
    assert answers.count("card.state") == 2
    assert Movement.objects.filter(act="activate").count() == 1


def test_a_card_goes_into_one_of_two_shipments(here: Store, there: Store) -> None:
    kind = make.card_type()
    make.made(kind, 3)
    pick = cards.Pick(type_id=kind.pk, quantity=2)
    answers = at_once(
        *[lambda to=to: cards.send(pick, from_store=None, to_store=to.pk, viewer=SYSTEM, now=NOW).pk for to in (here, there)]
    )
    assert sum(isinstance(answer, int) for answer in answers) == 1
    assert Card.objects.filter(state="in_transit").count() == 2


def test_the_last_numbers_of_a_range_go_to_one_order(here: Store) -> None:
    numbers = make.number_range(make.card_type(), last=5)
    answers = at_once(*[lambda: cards.order_batch(numbers, quantity=3, viewer=SYSTEM, now=NOW).pk] * 2)
    assert answers.count("number_range.exhausted") == 1
    assert Card.objects.count() == 3
