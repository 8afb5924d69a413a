"""Dates of value: pending, expiring, coming back, moving, merging; debt; freezing (P4 to P8, P15, P28, T-6, T-24)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from regulars.core.errors import DomainError
from regulars.loyalty.wallet import selectors
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.models import Account, Entry, Lot
from tests.loyalty.wallet.factories import (
    ANA,
    BEN,
    CHIARA,
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
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def ledger(db) -> None:
    units()


def points(now=NOW, owner=ANA) -> selectors.UnitBalance:
    return next(one for one in selectors.balances_of(owner, now=now) if one.unit == POINTS)


def refused(error: type[DomainError], *parts, **values) -> None:
    before = (list(Account.objects.order_by("id").values()), Entry.objects.count(), list(Lot.objects.order_by("id").values()))
    with pytest.raises(error), transaction.atomic():
        post(*parts, **values)
    after = (list(Account.objects.order_by("id").values()), Entry.objects.count(), list(Lot.objects.order_by("id").values()))
    assert after == before


def merge(from_, into, key: str) -> None:
    wallet.merge_owner(from_, into, source="t", key=key, at=NOW, now=NOW, viewer=SYSTEM)


def test_pending_points_are_seen_and_cannot_be_spent_yet() -> None:
    post(give(100, available_from=NOW + 14 * DAY))
    assert (points().posted, points().pending, points().spendable) == (100, 100, 0)
    refused(wallet.InsufficientBalanceError, take(1))
    later = NOW + 14 * DAY
    assert (points(later).pending, points(later).spendable) == (0, 100)
    post(take(100), now=later)


def test_a_lot_is_spendable_to_the_last_second_and_not_after_whether_or_not_the_job_ran() -> None:
    ends = NOW + DAY
    post(give(100, expires_at=ends))
    post(take(1), now=ends - SECOND)
    assert points(ends).spendable == 0
    refused(wallet.InsufficientBalanceError, take(1), now=ends)


def test_a_sale_before_the_expiry_that_arrives_after_it_is_honored() -> None:
    ends = NOW + DAY
    post(give(100, expires_at=ends))
    post(take(30), at=ends - SECOND, now=ends + timedelta(hours=3))
    wallet.expire_due(now=ends + timedelta(hours=4))
    assert sorted(Entry.objects.filter(account__isnull=False).values_list("amount", flat=True)) == [-70, -30, 100]


def test_expiry_is_an_entry_for_each_lot_and_running_it_again_changes_nothing() -> None:
    post(give(10, expires_at=NOW + DAY))
    post(give(20, expires_at=NOW + DAY))
    post(give(30, expires_at=NOW + 2 * DAY))
    assert wallet.expire_due(now=NOW + DAY).lots == 2
    assert wallet.expire_due(now=NOW + DAY).lots == 0
    assert points(NOW + DAY).posted == 30
    lines = selectors.statement(ANA, POINTS).lines
    assert [(line.kind, line.amount, line.balance) for line in lines[:2]] == [("expire", -20, 30), ("expire", -10, 50)]


def test_the_whole_schedule_of_expiry_is_shown_in_the_order_of_use() -> None:
    for days, amount in ((30, 5), (3, 7), (90, 9)):
        post(give(amount, expires_at=NOW + days * DAY))
    post(give(11))
    schedule = selectors.schedule(ANA, POINTS, now=NOW)
    assert [(due.amount, due.expires_at) for due in schedule] == [
        (7, NOW + 3 * DAY), (5, NOW + 30 * DAY), (9, NOW + 90 * DAY), (11, None),
    ]  # fmt: skip
    assert points().expiring == tuple(((NOW + days * DAY).date(), amount) for days, amount in ((3, 7), (30, 5), (90, 9)))


def test_points_come_back_with_a_grace_after_their_lot_expired() -> None:
    post(give(100, expires_at=NOW + DAY))
    redeemed = post(take(100)).transfer_id
    later = NOW + 5 * DAY
    post(give_back(100, redeemed, not_before=later + 30 * DAY), now=later)
    assert points(later).expiring == (((later + 30 * DAY).date(), 100),)
    assert Lot.objects.get(parent_id__isnull=False).earned_at == NOW


def test_without_a_grace_they_come_back_expired_and_are_booked_out_again() -> None:
    post(give(100, expires_at=NOW + DAY))
    redeemed = post(take(100)).transfer_id
    later = NOW + 5 * DAY
    post(give_back(100, redeemed), now=later)
    assert (points(later).posted, points(later).spendable) == (100, 0)
    wallet.expire_due(now=later)
    assert [line.house for line in selectors.statement(ANA, POINTS).lines[:2]] == ["expired", "redeemed"]


def test_a_return_takes_from_the_lots_of_its_sale_and_of_its_line_first() -> None:
    post(give(100, expires_at=NOW + DAY))
    sale = post(
        give(40, origin="line:1", available_from=NOW + 9 * DAY), give(60, origin="line:2", available_from=NOW + 9 * DAY)
    )
    back = {"of_transfer": sale.transfer_id, "may_indebt": True, "also_pending": True}
    post(take(60, origins=("line:2",), **back))
    assert dict(Lot.objects.filter(transfer_id=sale.transfer_id).values_list("origin", "remaining")) == {
        "line:1": 40,
        "line:2": 0,
    }
    assert (points().posted, points().debt) == (140, 0)


def test_a_debt_blocks_redemption_but_not_earning_and_new_points_fill_it_first() -> None:
    post(give(50))
    post(take(50))
    post(take(30, may_indebt=True))
    assert (points().posted, points().debt) == (-30, 30)
    refused(wallet.InsufficientBalanceError, take(1))
    post(give(20))
    assert (points().posted, points().debt, points().spendable) == (-10, 10, 0)
    post(give(25))
    assert (points().posted, points().debt, points().spendable) == (15, 0, 15)
    assert list(Lot.objects.order_by("id").values_list("amount", flat=True)) == [50, 15]


def test_points_that_become_spendable_cover_a_debt_before_anything_is_spent() -> None:
    post(give(100, available_from=NOW + DAY))
    post(take(30, may_indebt=True))
    later = NOW + DAY
    assert (points(later).posted, points(later).debt, points(later).spendable) == (70, 30, 70)
    refused(wallet.InsufficientBalanceError, take(71), now=later)
    with pytest.raises(wallet.InsufficientBalanceError), transaction.atomic():
        wallet.hold(ANA, POINTS, 71, key="h", until=later + DAY, at=later, now=later, viewer=SYSTEM)
    post(take(70), now=later)
    assert (points(later).posted, points(later).spendable) == (0, 0)


def test_a_claw_back_that_became_debt_can_be_undone() -> None:
    post(give(50, expires_at=NOW + DAY))
    post(take(40))
    claw = post(take(50, may_indebt=True)).transfer_id
    post(give(60))
    post(give_back(50, claw))
    assert (points().posted, points().debt) == (70, 0)


def test_points_handed_to_another_member_keep_their_dates() -> None:
    post(give(30, expires_at=NOW + 3 * DAY))
    post(give(30, expires_at=NOW + 9 * DAY))
    post(move(40), kind="transfer")
    moved = selectors.schedule(BEN, POINTS, now=NOW)
    assert [(due.amount, due.expires_at, due.earned_at) for due in moved] == [
        (30, NOW + 3 * DAY, NOW), (10, NOW + 9 * DAY, NOW),
    ]  # fmt: skip
    assert points().posted == 20


def test_merging_moves_lots_with_dates_and_debts_and_merging_again_moves_the_rest() -> None:
    post(give(30, expires_at=NOW + 3 * DAY))
    post(give(5, unit=MONEY))
    post(take(10, BEN, may_indebt=True))
    merge(ANA, BEN, "1")
    merge(ANA, BEN, "1")
    assert (points(owner=BEN).posted, points(owner=BEN).debt, points().posted) == (20, 0, 0)
    post(give(7))
    merge(ANA, BEN, "2")
    assert (points(owner=BEN).posted, points().posted) == (27, 0)
    assert [due.expires_at for due in selectors.schedule(BEN, POINTS, now=NOW)] == [NOW + 3 * DAY, None]


def test_merging_moves_what_is_owed() -> None:
    post(take(10, may_indebt=True))
    post(give(30, BEN))
    merge(ANA, BEN, "1")
    assert (points().posted, points().debt) == (0, 0)
    assert (points(owner=BEN).posted, points(owner=BEN).debt, points(owner=BEN).spendable) == (20, 10, 20)


def test_merging_in_a_ring_makes_nothing_and_loses_nothing() -> None:
    for owner, amount in ((ANA, 10), (BEN, 20), (CHIARA, 30)):
        post(give(amount, owner))
    for number, (from_, into) in enumerate([(ANA, BEN), (BEN, CHIARA), (CHIARA, ANA), (ANA, CHIARA), (CHIARA, BEN)]):
        merge(from_, into, str(number))
        assert sum(Account.objects.values_list("balance", flat=True)) == 60
    assert points(owner=BEN).spendable == 60


def test_what_one_spent_before_the_merge_comes_back_to_the_other() -> None:
    post(give(50, expires_at=NOW + 3 * DAY))
    redeemed = post(take(50)).transfer_id
    refused(wallet.GiveBackTooMuchError, give_back(50, redeemed, BEN))
    merge(ANA, BEN, "1")
    merge(BEN, CHIARA, "2")
    post(give_back(50, redeemed, CHIARA))
    assert points(owner=CHIARA).expiring == (((NOW + 3 * DAY).date(), 50),)
    refused(wallet.GiveBackTooMuchError, give_back(1, redeemed, CHIARA))


def test_a_frozen_account_receives_and_pays_nothing_and_stays_frozen_in_every_unit() -> None:
    post(give(50))
    wallet.freeze(ANA, reason="lost card", now=NOW, viewer=SYSTEM)
    post(give(5, unit=MONEY))
    refused(wallet.AccountFrozenError, take(1))
    refused(wallet.AccountFrozenError, take(1, unit=MONEY))
    refused(wallet.AccountFrozenError, move(1))
    with pytest.raises(wallet.AccountFrozenError), transaction.atomic():
        wallet.hold(ANA, POINTS, 1, key="h", until=NOW + DAY, at=NOW, now=NOW, viewer=SYSTEM)
    post(take(10, may_indebt=True))
    wallet.unfreeze(ANA, reason="found", now=NOW, viewer=SYSTEM)
    post(take(40))


@pytest.mark.parametrize("amount", [0, -1, 1.5, True, None, 10**15 + 1, "5"])
def test_an_amount_is_a_whole_number_above_zero(amount) -> None:
    refused(wallet.LedgerAmountError, give(amount))
    refused(wallet.LedgerAmountError, take(amount))


def test_an_unknown_unit_is_refused() -> None:
    refused(wallet.UnknownUnitError, give(1, unit="points.nobody"))


def test_units_are_never_added_up_and_never_change_their_kind() -> None:
    post(give(1), give(2, unit=MONEY))
    assert [(one.unit, one.posted) for one in selectors.balances_of(ANA, now=NOW)] == [(POINTS, 1), (MONEY, 2)]
    with pytest.raises(wallet.UnitMismatchError):
        wallet.define_unit(POINTS, kind="growth")


def test_of_many_commands_one_that_cannot_be_posted_takes_all_with_it() -> None:
    with pytest.raises(wallet.InsufficientBalanceError), transaction.atomic():
        wallet.post([command(give(10)), command(take(5)), command(take(6))], now=NOW, viewer=SYSTEM)
    assert Account.objects.count() == Entry.objects.count() == 0


def test_commands_of_one_call_see_each_other_in_order() -> None:
    posted = wallet.post(
        [command(give(10)), command(take(4)), command(give(1), key="x"), command(give(1), key="x")], now=NOW, viewer=SYSTEM
    )
    assert [one.balances[0].posted for one in posted] == [10, 6, 7, 7]
    assert [one.repeated for one in posted] == [False, False, False, True]
