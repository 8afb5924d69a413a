"""Holds: reserved value is nobody else's, stays usable while it is held, and comes free when the time is over (P5)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from regulars.loyalty.wallet import selectors
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.models import Hold, Lot
from tests.loyalty.wallet.factories import ANA, BEN, DAY, NOW, POINTS, SYSTEM, give, post, take, units

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def ledger(db) -> None:
    units()


def hold(amount: int, key: str = "h", *, until=NOW + HOUR, now=NOW) -> int:
    return wallet.hold(ANA, POINTS, amount, key=key, until=until, at=now, now=now, viewer=SYSTEM)


def points(now=NOW, owner=ANA) -> selectors.UnitBalance:
    return next(one for one in selectors.balances_of(owner, now=now) if one.unit == POINTS)


def test_what_is_held_cannot_be_spent_elsewhere() -> None:
    post(give(100))
    hold(60)
    assert (points().posted, points().held, points().spendable) == (100, 60, 40)
    with pytest.raises(wallet.InsufficientBalanceError), transaction.atomic():
        post(take(41))
    assert points().posted == 100


def test_a_hold_is_captured_whole_or_in_part_and_the_rest_comes_free() -> None:
    post(give(100))
    hold(60)
    post(take(50, hold="h"))
    assert (points().posted, points().held, points().spendable) == (50, 0, 50)
    assert Hold.objects.get().state == Hold.State.CAPTURED


def test_a_hold_captures_only_once() -> None:
    post(give(100))
    hold(30)
    post(take(30, hold="h"))
    with pytest.raises(wallet.HoldEndedError), transaction.atomic():
        post(take(30, hold="h"))
    assert points().posted == 70


def test_more_than_was_held_is_taken_from_the_rest() -> None:
    post(give(100))
    hold(30)
    post(take(80, hold="h"))
    assert (points().posted, points().held) == (20, 0)


def test_the_same_hold_twice_is_one_and_another_amount_is_refused() -> None:
    post(give(100))
    assert hold(30) == hold(30)
    with pytest.raises(wallet.KeyReusedError), transaction.atomic():
        hold(31)
    assert points().held == 30


def test_a_lot_that_was_valid_when_held_stays_usable_until_the_hold_ends() -> None:
    post(give(100, expires_at=NOW + HOUR))
    hold(60, until=NOW + 3 * HOUR)
    later = NOW + 2 * HOUR
    wallet.expire_due(now=later)
    assert (points(later).posted, points(later).held, points(later).spendable) == (60, 60, 0)
    post(take(60, hold="h"), now=later)
    assert points(later).posted == 0


def test_when_the_hold_lapses_its_lot_expires() -> None:
    post(give(100, expires_at=NOW + HOUR))
    hold(60, until=NOW + 3 * HOUR)
    wallet.expire_due(now=NOW + 2 * HOUR)
    later = NOW + 4 * HOUR
    assert wallet.release_stale_holds(now=later) == 1
    wallet.expire_due(now=later)
    assert (points(later).posted, points(later).held) == (0, 0)
    expiries = selectors.statement(ANA, POINTS).lines[:2]
    assert [(line.amount, line.at) for line in expiries] == [(-60, NOW + 3 * HOUR), (-40, NOW + HOUR)]


def test_a_lapsed_hold_stands_in_nobodys_way_even_before_it_is_swept() -> None:
    post(give(100))
    hold(100)
    later = NOW + 2 * HOUR
    post(take(100), now=later)
    assert (points(later).posted, points(later).held) == (0, 0)
    assert Hold.objects.get().state == Hold.State.LAPSED
    with pytest.raises(wallet.HoldEndedError), transaction.atomic():
        post(take(1, hold="h"), now=later)


def test_a_released_hold_frees_its_lots_and_releasing_again_changes_nothing() -> None:
    post(give(100))
    hold(100)
    wallet.release_hold("h", now=NOW, viewer=SYSTEM)
    wallet.release_hold("h", now=NOW, viewer=SYSTEM)
    assert (points().held, points().spendable) == (0, 100)
    with pytest.raises(wallet.HoldEndedError), transaction.atomic():
        hold(100)


def test_a_hold_follows_a_merged_customer() -> None:
    post(give(100, expires_at=NOW + 9 * DAY))
    hold(60)
    wallet.merge_owner(ANA, BEN, source="t", key="m", at=NOW, now=NOW, viewer=SYSTEM)
    assert (points(owner=BEN).posted, points(owner=BEN).held, points().posted, points().held) == (100, 60, 0, 0)
    post(take(60, BEN, hold="h"))
    assert Lot.objects.get(account__owner_id=BEN.id).expires_at == NOW + 9 * DAY
    assert points(owner=BEN).posted == 40
