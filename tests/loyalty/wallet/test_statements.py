"""Statements: what had happened by then, what we knew by then, and why, in both languages (X3)."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.utils import translation

from regulars.loyalty.wallet import selectors, wording
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import House
from tests.loyalty.wallet.factories import ANA, BEN, DAY, MONEY, NOW, POINTS, SYSTEM, give, give_back, move, post, take, units

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ledger(db) -> None:
    units()


def test_a_late_receipt_changes_as_of_and_not_as_known() -> None:
    post(give(100))
    then = NOW + DAY
    post(give(10), at=NOW + timedelta(hours=1), now=NOW + 5 * DAY)
    assert selectors.statement(ANA, POINTS, as_of=then).value == 110
    assert selectors.statement(ANA, POINTS, as_of=then, known_at=then).value == 100
    assert selectors.statement(ANA, POINTS).value == 110


def test_at_any_moment_the_entries_explain_the_value() -> None:
    dice = random.Random(3)
    moments, history = [], []
    value = 0
    for step in range(60):
        now = NOW + step * timedelta(hours=7)
        amount = dice.randint(1, 40)
        if dice.random() < 0.6 or value < amount:
            post(give(amount), now=now)
            value += amount
        else:
            post(take(amount), now=now)
            value -= amount
        moments.append(now)
        history.append(value)
    for _ in range(100):
        place = dice.randrange(60)
        found = selectors.statement(ANA, POINTS, as_of=moments[place], known_at=moments[place])
        assert found.value == sum(line.amount for line in found.lines) == history[place]


def everything() -> None:
    sale = post(give(100, expires_at=NOW + 9 * DAY, available_from=NOW + DAY)).transfer_id
    post(give(50, expires_at=NOW + 5 * DAY))
    redeemed = post(take(20), kind="redeem").transfer_id
    post(give_back(5, redeemed), kind="refund")
    post(take(150, house=House.CLAWED_BACK, of_transfer=sale, also_pending=True, may_indebt=True), kind="claw_back")
    post(give(30))
    post(give(3, house=House.ADJUSTED), kind="adjust", reason="goodwill", why={"note": "Sorry"})
    post(give(4, house=House.OPENING), kind="open", why={"provenance": "the old system"})
    post(give(80_00, unit=MONEY, house=House.CASH), kind="top_up")
    post(take(10_00, unit=MONEY, house=House.SALES), kind="spend")
    post(move(5))
    post(give(2, expires_at=NOW + DAY))
    wallet.merge_owner(BEN, ANA, source="t", key="m", at=NOW, now=NOW, viewer=SYSTEM)
    wallet.expire_due(now=NOW + 30 * DAY)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_entry_says_why_it_is_there(language: str) -> None:
    everything()
    with translation.override(language):
        lines = [line for unit in (POINTS, MONEY) for line in selectors.statement(ANA, unit).lines]
        told = [wording.sentence(line) for line in lines]
    assert len(lines) >= 15
    assert all(text and "%" not in text for text in told)
    if language == "zh-hans":
        assert all(text.endswith(("。", "Sorry")) and not text.isascii() for text in told)


def test_a_room_above_tells_its_own_reasons() -> None:
    @wording.tell("test.double_week")
    def sentence(line, why) -> str:
        return f"{line.amount} in double week {why['week']}"

    post(give(8), why={"code": "test.double_week", "week": 47})
    assert wording.sentence(selectors.statement(ANA, POINTS).lines[0]) == "8 in double week 47"
