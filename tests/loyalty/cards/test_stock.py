"""Cards as goods: made once, moved with papers, counted by two people (S238, F41)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from regulars.core import pii
from regulars.core.errors import NotFoundError
from regulars.loyalty.cards import selectors
from regulars.loyalty.cards import services as cards
from regulars.loyalty.cards.models import Batch, Card, Movement, Shipment, StockCount
from regulars.loyalty.cards.rules import numbers
from regulars.organization.models import Store
from regulars.organization.services import SecondPersonNeededError, ask_approval, decide_approval
from tests.loyalty.cards import factories as make
from tests.loyalty.cards.factories import NOW, SYSTEM
from tests.organization import factories as places
from tests.organization.factories import person, viewer

pytestmark = pytest.mark.django_db


def states() -> dict[str, int]:
    found: dict[str, int] = {}
    for state in Card.objects.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def test_a_batch_goes_from_the_order_to_the_shelf(here: Store) -> None:
    secrets = make.stocked(here, make.card_type(), 3)
    acts = Movement.objects.filter(card__number=secrets[0].number).order_by("id").values_list("act", "to_state")
    assert list(acts) == [
        ("order", "ordered"), ("make", "made"), ("receive", "received"), ("send", "in_transit"), ("arrive", "in_stock"),
    ]  # fmt: skip
    assert states() == {"in_stock": 3}
    assert all(numbers.is_number(secret.number) for secret in secrets)


def test_codes_are_made_once_and_kept_as_keyed_hashes() -> None:
    batch = cards.order_batch(make.number_range(make.card_type(has_pin=True)), quantity=2, viewer=SYSTEM, now=NOW)
    secrets = cards.make_batch(batch.pk, viewer=SYSTEM, now=NOW)
    with pytest.raises(cards.BatchMadeError):
        cards.make_batch(batch.pk, viewer=SYSTEM, now=NOW)
    kept = Card.objects.get(number=secrets[0].number)
    assert bytes(kept.code_digest or b"") == pii.digest("card_code", secrets[0].code)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(card::text, ' ') FROM cards_card card")
        everything = cursor.fetchone()[0]
    assert not any(secret.code in everything or f" {secret.pin} " in everything for secret in secrets)


def test_making_codes_needs_a_second_person() -> None:
    batch = cards.order_batch(make.number_range(make.card_type()), quantity=2, viewer=SYSTEM, now=NOW)
    one, other = person("finance"), person("finance")
    mine = viewer("finance", person_id=one.pk)
    with pytest.raises(SecondPersonNeededError):
        cards.make_batch(batch.pk, viewer=mine, now=NOW)
    assert states() == {"ordered": 2}
    approval = ask_approval("card.make", action="gift_card.print", payload=cards.batch_asked(batch.pk), viewer=mine, now=NOW)
    decide_approval(approval, approve=True, viewer=viewer("finance", person_id=other.pk), now=NOW)
    approval.refresh_from_db()
    assert len(cards.make_batch(batch.pk, viewer=mine, now=NOW, approval=approval)) == 2


def test_two_batches_never_share_a_number() -> None:
    numbers_of = make.number_range(make.card_type(), last=5)
    cards.order_batch(numbers_of, quantity=3, viewer=SYSTEM, now=NOW)
    with pytest.raises(cards.RangeExhaustedError):
        cards.order_batch(numbers_of, quantity=3, viewer=SYSTEM, now=NOW)
    assert Batch.objects.count() == 1
    cards.order_batch(numbers_of, quantity=2, viewer=SYSTEM, now=NOW)
    assert Card.objects.values("number").distinct().count() == 5


def test_a_shipment_takes_all_or_nothing(here: Store) -> None:
    kind = make.card_type()
    make.made(kind, 3)
    with pytest.raises(cards.StockMissingError):
        cards.send(cards.Pick(type_id=kind.pk, quantity=4), from_store=None, to_store=here.pk, viewer=SYSTEM, now=NOW)
    assert (states(), Shipment.objects.count()) == ({"received": 3}, 0)


def test_what_does_not_arrive_stays_in_transit_until_two_people_give_it_up(here: Store) -> None:
    kind = make.card_type()
    secrets = make.made(kind, 3)
    shipment = cards.send(cards.Pick(type_id=kind.pk, quantity=3), from_store=None, to_store=here.pk, viewer=SYSTEM, now=NOW)
    came = [secret.number for secret in secrets[:2]]
    assert cards.receive(shipment.pk, viewer=SYSTEM, now=NOW, numbers=came) == 2
    assert states() == {"in_stock": 2, "in_transit": 1}
    shipment.refresh_from_db()
    assert shipment.closed_at is None
    assert cards.give_up(shipment.pk, reason="lost on the way", viewer=SYSTEM, now=NOW) == 1
    shipment.refresh_from_db()
    assert (states(), shipment.closed_at) == ({"in_stock": 2, "void": 1}, NOW)


def test_a_count_finds_what_is_missing_and_what_lies_here_by_mistake(here: Store, there: Store) -> None:
    kind = make.card_type()
    mine, theirs = make.stocked(here, kind, 3), make.stocked(there, kind, 2)
    count = cards.begin_count(store_id=here.pk, viewer=SYSTEM, now=NOW)
    assert cards.see(count.pk, f"{mine[0].number}–{mine[1].number}\n{theirs[0].number}\n99999999", viewer=SYSTEM) == 4
    found = selectors.differences(count)
    assert (found.expected, found.missing_numbers) == (3, [mine[2].number])
    assert [(odd.number, odd.state) for odd in found.odd] == [(theirs[0].number, "in_stock"), ("99999999", "")]
    cards.close_count(count.pk, viewer=SYSTEM, now=NOW)
    assert make.card(mine[2]).state == "void"
    assert make.card(theirs[0]).store == here
    count.refresh_from_db()
    assert (count.stage, count.missing, count.found) == ("closed", 1, 1)


def test_a_count_is_corrected_by_two_people(here: Store) -> None:
    make.stocked(here, make.card_type(), 2)
    one, other = person("store_manager", store=here), person("store_manager", store=here)
    mine = viewer("store_manager", [here], person_id=one.pk)
    count = cards.begin_count(store_id=here.pk, viewer=mine, now=NOW)
    with pytest.raises(SecondPersonNeededError):
        cards.close_count(count.pk, viewer=mine, now=NOW)
    assert states() == {"in_stock": 2}
    approval = ask_approval("card.count", action="card.correct", payload=cards.count_asked(count), viewer=mine, now=NOW)
    decide_approval(approval, approve=True, viewer=viewer("store_manager", [here], person_id=other.pk), now=NOW)
    assert states() == {"void": 2}
    assert StockCount.objects.get().stage == "closed"


def test_a_place_is_counted_by_one_count_at_a_time(here: Store) -> None:
    cards.begin_count(store_id=here.pk, viewer=SYSTEM, now=NOW)
    with pytest.raises(cards.CountRunningError):
        cards.begin_count(store_id=here.pk, viewer=SYSTEM, now=NOW)
    assert StockCount.objects.count() == 1


def test_a_store_manager_neither_sends_from_elsewhere_nor_from_the_central_stock(here: Store, there: Store) -> None:
    from regulars.core.errors import NotFoundError

    kind = make.card_type()
    make.made(kind, 2)
    mine = viewer("store_manager", [here])
    for place in (None, there.pk):
        with pytest.raises(NotFoundError):
            cards.send(cards.Pick(type_id=kind.pk, quantity=1), from_store=place, to_store=here.pk, viewer=mine, now=NOW)
    assert states() == {"received": 2}


def test_a_store_sends_what_a_sister_of_its_region_asks_for_and_neither_reads_the_others_name(
    here: Store, there: Store
) -> None:
    east, far = places.region(), places.store(code="BJ-1", name="Sanlitun", region=places.region())
    Store.objects.filter(pk__in=[here.pk, there.pk]).update(region=east)
    kind = make.card_type(name="Gift card")
    make.stocked(here, kind, 3)
    asking, sending, foreign = (viewer("store_manager", [store]) for store in (there, here, far))
    wanted = cards.ask_for_cards(there.pk, kind, 2, viewer=asking, now=NOW)
    with pytest.raises(NotFoundError):
        cards.send_wanted(wanted.pk, from_store=far.pk, quantity=2, viewer=foreign, now=NOW)
    with pytest.raises(NotFoundError):
        cards.want_no_more(wanted.pk, viewer=sending, now=NOW)

    browser = Client()
    browser.force_login(person("store_manager", store=here))
    page = browser.get("/cards/stock/").content.decode()
    assert "Another store" in page
    assert "Xujiahui" not in page
    sent = browser.post(f"/cards/wanted/{wanted.pk}/shipment/", {"from_store": here.pk, "quantity": "2"}, follow=True)
    assert "Xujiahui" not in sent.content.decode()
    with pytest.raises(cards.CardsWantedClosedError):
        cards.send_wanted(wanted.pk, from_store=here.pk, quantity=1, viewer=sending, now=NOW)

    shipment = Shipment.objects.latest("pk")
    assert cards.receive(shipment.pk, viewer=asking, now=NOW) == 2
    for path in ("/cards/stock/", "/cards/movements/", f"/cards/{Card.objects.filter(store=there)[0].pk}/"):
        assert "Xujiahui" not in browser.get(path).content.decode(), path

    back = cards.send(cards.Pick(type_id=kind.pk, quantity=1), from_store=here.pk, to_store=None, viewer=sending, now=NOW)
    cards.receive(back.pk, viewer=SYSTEM, now=NOW)
    assert states() == {"in_stock": 2, "received": 1}
