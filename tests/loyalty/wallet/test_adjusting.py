"""Adjustments by hand and opening balances: a reason, a limit, a second person, and sums that agree (P18, F38)."""

from __future__ import annotations

import pytest
from django.db import transaction

from regulars.core.errors import ForbiddenError, NotFoundError
from regulars.loyalty.wallet import selectors
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.models import Transfer
from regulars.organization.models import AuditEntry, Company
from regulars.organization.selectors import viewer_of_person
from regulars.organization.services import approvals
from tests.customers import factories as people
from tests.loyalty.wallet.factories import ANA, BEN, DAY, NOW, POINTS, SYSTEM, give, post, units
from tests.organization import factories as places

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ledger(db) -> None:
    people.company()
    units()
    post(give(5_000))


def asked(amount: int, **values) -> wallet.Adjustment:
    return wallet.Adjustment(
        **({"owner": ANA, "unit": POINTS, "amount": amount, "reason": "goodwill", "key": f"a{amount}"} | values)
    )


def finance():
    return viewer_of_person(places.person("finance"))


def posted() -> int:
    return selectors.balances_of(ANA, now=NOW)[0].posted


def test_an_adjustment_is_a_transfer_of_its_own_kind_with_its_reason_on_the_trail() -> None:
    answer = wallet.adjust(asked(-200), now=NOW, viewer=finance())
    again = wallet.adjust(asked(-200), now=NOW, viewer=finance())
    assert (posted(), again.repeated) == (4_800, True)
    transfer = Transfer.objects.get(pk=answer.transfer_id)
    assert (transfer.kind, transfer.reason) == ("adjust", "goodwill")
    assert AuditEntry.objects.get(action="wallet.adjusted").after["amount"] == -200


@pytest.mark.parametrize("values", [{"reason": ""}, {"reason": "because"}, {"reason": "other"}])
def test_without_a_reason_nothing_is_adjusted(values) -> None:
    with pytest.raises(wallet.AdjustmentReasonError), transaction.atomic():
        wallet.adjust(asked(10, **values), now=NOW, viewer=finance())
    assert posted() == 5_000


def test_who_may_not_adjust_is_refused_and_a_foreign_store_looks_missing() -> None:
    here, there = places.store(), places.store()
    with pytest.raises(ForbiddenError), transaction.atomic():
        wallet.adjust(asked(10), now=NOW, viewer=places.viewer("associate", [here]))
    with pytest.raises(NotFoundError), transaction.atomic():
        wallet.adjust(asked(10, store_id=there.pk), now=NOW, viewer=places.viewer("store_manager", [here]))
    assert posted() == 5_000


def test_above_the_limit_a_second_person_has_to_approve() -> None:
    first, second = places.person("finance"), places.person("finance")
    asker, now = viewer_of_person(first), NOW
    with pytest.raises(approvals.SecondPersonNeededError), transaction.atomic():
        wallet.adjust(asked(1_001), now=now, viewer=asker)
    assert posted() == 5_000
    approval = wallet.ask_second(asked(1_001), now=now, viewer=asker)
    with pytest.raises(approvals.OwnApprovalError), transaction.atomic():
        approvals.decide_approval(approval, approve=True, viewer=asker, now=now)
    approvals.decide_approval(approval, approve=True, viewer=viewer_of_person(second), now=now)
    assert posted() == 6_001
    assert Transfer.objects.get(kind="adjust").actor == asker.label


def test_a_large_sum_cannot_be_split_into_small_ones() -> None:
    places.person("finance")
    asker = finance()
    wallet.adjust(asked(600), now=NOW, viewer=asker)
    with pytest.raises(approvals.SecondPersonNeededError), transaction.atomic():
        wallet.adjust(asked(500), now=NOW, viewer=asker)
    wallet.adjust(asked(500), now=NOW + 2 * DAY, viewer=asker)
    assert posted() == 6_100


def test_the_limit_is_the_companys() -> None:
    Company.objects.update(settings={"wallet": {"adjust_limits": {POINTS: 10}}})
    places.person("finance")
    with pytest.raises(approvals.SecondPersonNeededError), transaction.atomic():
        wallet.adjust(asked(11), now=NOW, viewer=finance())
    wallet.adjust(asked(10), now=NOW, viewer=finance())


def opening(number: int, amount: int, **values) -> wallet.OpeningLot:
    fields = {"row": number, "external_id": str(number), "owner": BEN, "unit": POINTS, "amount": amount, "earned_at": NOW - DAY}
    return wallet.OpeningLot(**(fields | values))


def test_opening_balances_come_lot_by_lot_with_dates_and_source_and_only_once() -> None:
    lots = [opening(1, 300, expires_at=NOW + DAY, provenance="old.csv"), opening(2, 200)]
    report = wallet.open_balances(lots, source="old", now=NOW, viewer=SYSTEM, control={POINTS: 500})
    assert (report.posted, report.agrees) == (2, True)
    again = wallet.open_balances(lots, source="old", now=NOW, viewer=SYSTEM)
    assert (again.posted, again.repeated) == (0, 2)
    (balance,) = selectors.balances_of(BEN, now=NOW)
    assert (balance.posted, balance.expiring) == (500, (((NOW + DAY).date(), 300),))
    assert Transfer.objects.get(key="opening:1").why == {"provenance": "old.csv"}


def test_faults_of_an_import_are_named_and_the_difference_is_shown() -> None:
    lots = [
        opening(1, 300), opening(2, -5), opening(3, 9, unit="points.x"), opening(1, 1), opening(5, 4, expires_at=NOW - DAY),
        opening(6, 4, earned_at=NOW + DAY),
    ]  # fmt: skip
    report = wallet.open_balances(lots, source="old", now=NOW, viewer=SYSTEM, control={POINTS: 1_000})
    assert [problem.code for problem in report.problems] == [
        "amount.sign", "unit.unknown", "opening.repeated", "opening.expired", "opening.future",
    ]  # fmt: skip
    assert [(total.unit, total.difference) for total in report.totals] == [(POINTS, -700)]
    assert not report.agrees
