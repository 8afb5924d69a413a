"""Posting: once per key, first-expiring first, never below zero, and every transfer in balance."""

from __future__ import annotations

import random

import pytest
from django.db import IntegrityError, connection, transaction

from regulars.core.invariants import declared
from regulars.loyalty.wallet import selectors
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import Command, House, Owner, OwnerKind, Posted
from regulars.loyalty.wallet.models import Account, Entry, Lot, Transfer
from tests.loyalty.wallet.factories import (
    ANA,
    BEN,
    DAY,
    MONEY,
    NOW,
    POINTS,
    SYSTEM,
    command,
    give,
    give_back,
    move,
    post,
    take,
    units,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ledger(db) -> None:
    units()


def points(owner=ANA, now=NOW) -> selectors.UnitBalance:
    return next(one for one in selectors.balances_of(owner, now=now) if one.unit == POINTS)


def test_points_given_can_be_spent() -> None:
    post(give(100))
    answer = post(take(30), kind="redeem")
    assert [balance.posted for balance in answer.balances] == [70]
    assert points().spendable == 70


def test_the_same_command_twice_is_posted_once_and_answered_alike() -> None:
    first = wallet.post([command(give(100), key="a")], now=NOW, viewer=SYSTEM)[0]
    post(give(5))
    again = wallet.post([command(give(100), key="a")], now=NOW + DAY, viewer=SYSTEM)[0]
    assert (again.transfer_id, again.balances, again.repeated) == (first.transfer_id, first.balances, True)
    assert points().posted == 105


def test_a_key_used_for_something_else_is_refused_and_nothing_changes() -> None:
    post(give(100), key="a")
    with pytest.raises(wallet.KeyReusedError), transaction.atomic():
        post(give(101), key="a")
    assert (points().posted, Transfer.objects.count()) == (100, 1)


def test_without_enough_nothing_is_taken() -> None:
    post(give(100))
    with pytest.raises(wallet.InsufficientBalanceError), transaction.atomic():
        post(take(101))
    assert (points().posted, Entry.objects.count(), Transfer.objects.count()) == (100, 2, 1)


def test_what_expires_first_goes_first_and_what_never_expires_last() -> None:
    post(give(10, origin="never"))
    post(give(10, origin="late", expires_at=NOW + 9 * DAY))
    post(give(10, origin="soon", expires_at=NOW + 2 * DAY))
    post(take(15))
    assert dict(Lot.objects.values_list("origin", "remaining")) == {"never": 10, "late": 5, "soon": 0}


def test_entries_of_every_transfer_add_up_to_zero() -> None:
    post(give(100))
    post(take(30))
    post(move(20))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM wallet_entry GROUP BY transfer_id, unit_id HAVING sum(amount) <> 0")
        assert cursor.fetchall() == []
    assert sum(Account.objects.values_list("balance", flat=True)) == 70
    assert points(BEN).posted == 20


def test_the_database_refuses_entries_that_do_not_balance() -> None:
    posted = post(give(100))
    entry = Entry.objects.filter(transfer_id=posted.transfer_id, account=None).get()
    entry.pk = None
    with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
        entry.save(force_insert=True)


def test_what_comes_back_returns_to_its_lots() -> None:
    post(give(10, origin="a", expires_at=NOW + DAY))
    post(give(10, origin="b", expires_at=NOW + 9 * DAY))
    redeemed = post(take(15))
    post(give_back(7, redeemed.transfer_id))
    assert dict(Lot.objects.values_list("origin", "remaining")) == {"a": 2, "b": 10}
    with pytest.raises(wallet.GiveBackTooMuchError), transaction.atomic():
        post(give_back(9, redeemed.transfer_id))
    assert points().posted == 12


def test_a_claw_back_of_spent_points_becomes_debt_that_new_points_fill() -> None:
    earned = post(give(50))
    post(take(40))
    post(take(50, of_transfer=earned.transfer_id, may_indebt=True, also_pending=True))
    assert (points().posted, points().debt, points().spendable) == (-40, 40, 0)
    post(give(100))
    assert (points().posted, points().debt, points().spendable) == (60, 0, 60)


def test_many_commands_of_one_call_come_to_what_they_come_to_one_by_one() -> None:
    dice = random.Random(7)
    owners = [Owner(OwnerKind.CUSTOMER, number) for number in range(1, 8)]

    def any_command(number: int) -> Command:
        owner, amount, day = dice.choice(owners), dice.randint(1, 90), NOW + number * DAY
        part = dice.choice([
            give(amount, owner, expires_at=day + 400 * DAY), give(amount, owner, available_from=day + DAY),
            take(amount, owner, house=House.CLAWED_BACK, may_indebt=True, also_pending=True),
            give(amount, owner, unit=MONEY, house=House.CASH),
        ])  # fmt: skip
        return command(part, at=day, key=f"many-{number}")

    commands = [any_command(number) for number in range(300)]
    later = NOW + 300 * DAY

    def said(answers: list[Posted]) -> list[object]:
        return [answer.balances for answer in answers]

    with transaction.atomic():
        one_by_one = said([wallet.post([one], now=later, viewer=SYSTEM)[0] for one in commands])
        transaction.set_rollback(True)
    assert said(wallet.post(commands, now=later, viewer=SYSTEM)) == one_by_one
    again = wallet.post(commands, now=later, viewer=SYSTEM)
    assert said(again) == one_by_one
    assert all(answer.repeated for answer in again)
    assert [one.name for one in declared() if one.name.startswith("wallet.") and one.check().broken] == []
