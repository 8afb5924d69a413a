"""Who sold value is liable, where it was used is credited; it nets to zero, late news are new lines (F46, P11)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from regulars.loyalty.cards import invariants, selectors
from regulars.loyalty.cards import services as cards
from regulars.loyalty.cards.models import Partner, SettlementLine
from regulars.loyalty.cards.services import units
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import Command, GiveBack
from regulars.organization.models import Store
from tests.loyalty.cards import factories as make
from tests.loyalty.cards.factories import NOW, SYSTEM
from tests.organization.factories import viewer
from tests.sales import factories as sales

pytestmark = pytest.mark.django_db
DAY = NOW.date()


def lines() -> list[tuple[str, str, int]]:
    rows = SettlementLine.objects.order_by("id").values_list("sold_store__code", "used_store__code", "amount")
    return list(rows)


def settle(days: int = 0) -> int:
    return cards.settle(until=DAY + timedelta(days=days), viewer=SYSTEM, now=NOW + timedelta(days=days, hours=1))


def positions() -> list[tuple[str, int]]:
    found = selectors.positions(SYSTEM, first=DAY, last=DAY + timedelta(days=9))
    return [(position.store, position.net) for position in found]


def test_principal_used_elsewhere_is_owed_and_bonus_is_not(here: Store, there: Store) -> None:
    make.bonus(100_00, 10_00)
    card = make.active(here, make.card_type())
    make.top_up(card, 100_00, here)
    make.spend(card, 30_00, there)  # 10 bonus, 20 principal
    make.spend(card, 5_00, here)
    assert settle() == 1
    assert lines() == [("SH-1", "SH-2", 20_00)]
    assert positions() == [("Xujiahui", 20_00), ("Nanjing Road", -20_00)]
    assert invariants.settlement_nets_to_zero().broken == invariants.settlement_follows_the_ledger().broken == 0


def test_a_pair_is_netted_each_day(here: Store, there: Store) -> None:
    kind = make.card_type()
    one, two = make.active(here, kind), make.active(there, kind)
    make.top_up(one, 100_00, here)
    make.top_up(two, 100_00, there)
    make.spend(one, 30_00, there)
    make.spend(two, 12_00, here)
    settle()
    (pair,) = selectors.pairs(SYSTEM, first=DAY, last=DAY)
    assert (pair.debtor_code, pair.creditor_code, pair.amount) == ("SH-1", "SH-2", 18_00)


def test_settling_again_adds_nothing_and_late_news_are_new_lines(here: Store, there: Store) -> None:
    card = make.active(here, make.card_type())
    make.top_up(card, 100_00, here)
    spent = make.spend(card, 30_00, there)
    assert (settle(), settle()) == (1, 0)
    back = GiveBack(owner=selectors.owner_of(card), unit=units.principal("CNY"), amount=10_00, of_transfer=spent)
    command = Command(source="till", key="back", kind="refund", at=NOW, parts=(back,), store_id=there.pk, business_date=DAY)
    with transaction.atomic():
        wallet.post([command], now=NOW, viewer=SYSTEM)
    assert settle(1) == 1
    assert lines() == [("SH-1", "SH-2", 30_00), ("SH-1", "SH-2", -10_00)]


def test_value_that_moved_to_its_claimer_is_still_owed_by_the_store_that_sold_it(here: Store, there: Store) -> None:
    card = make.active(here, make.card_type())
    make.top_up(card, 100_00, here)
    claimed = cards.claim(card.pk, make.member().pk, source="desk", key="c", viewer=SYSTEM, now=NOW)
    make.spend(claimed, 30_00, there)
    settle()
    assert lines() == [("SH-1", "SH-2", 30_00)]


def test_a_region_sees_its_own_stores_only(here: Store, there: Store) -> None:
    card = make.active(here, make.card_type())
    make.top_up(card, 100_00, here)
    make.spend(card, 30_00, there)
    settle()
    mine = viewer("region_manager", [there])
    assert [p.store for p in selectors.positions(mine, first=DAY, last=DAY)] == ["Xujiahui"]


def test_a_partner_bears_its_share_of_the_bonus(here: Store) -> None:
    make.bonus(100_00, 10_00)
    bank = cards.save_partner(Partner(code="bank", name="East Bank", share_bp=4_000), viewer=SYSTEM, now=NOW)
    secret = make.made(make.card_type(), 1, partner=bank)[0]
    card = make.activate(secret, here)
    make.top_up(card, 100_00, here)
    (cost,) = selectors.partner_costs(SYSTEM, first=DAY, last=DAY)
    assert (cost.partner, cost.active_cards, cost.paid_in, cost.bonus_given) == ("East Bank", 1, 100_00, 10_00)
    assert cost.partner_share == 4_00


def test_a_partner_bears_its_share_of_what_is_paid_with_its_cards(here: Store, there: Store) -> None:
    bank = Partner(code="bank", name="East Bank", share_bp=0, purchase_share_bp=100)
    cards.save_partner(bank, viewer=SYSTEM, now=NOW)
    cards.add_bank_ranges(bank, "first,last,product\n621483,,Gold\n62148401,62148409,Blue\n", viewer=SYSTEM, now=NOW)
    ours = make.activate(make.made(make.card_type(), 1, partner=bank)[0], here)
    make.top_up(ours, 100_00, here)
    make.spend(ours, 30_00, there)
    said = {"S1": "621483******0017", "S2": "621484******0017", "S3": "62148405****0017", "S4": "auth 621483"}
    rows = [sales.line(name, store=here.code, gross_amount=1000, sold_at=NOW) for name in said]
    back = sales.line("R1", store=here.code, kind="return", gross_amount=400, sold_at=NOW)
    tenders = [{"receipt_id": name, "kind": "card", "amount": 1000, "reference": card} for name, card in said.items()]
    tenders += [{"receipt_id": "R1", "kind": "card", "amount": -400, "reference": "621483******0017"}]
    assert not sales.sell(*rows, back, tenders=tenders, now=NOW).problems

    costs = {cost.currency: cost for cost in selectors.partner_costs(SYSTEM, first=DAY, last=DAY)}
    assert sum(cost.purchased for cost in costs.values()) == 30_00 + 2 * 10_00 - 4_00  # of S2 too little is known
    assert sum(cost.partner_share for cost in costs.values()) == 46


def test_a_bank_list_comes_whole_or_not_at_all() -> None:
    east, west = (Partner(code=code, name=code.title(), share_bp=0) for code in ("east", "west"))
    for one in (east, west):
        cards.save_partner(one, viewer=SYSTEM, now=NOW)
    text = "起始,截止,产品\n621483,621485,金卡\n"
    kept = [cards.add_bank_ranges(east, text, viewer=SYSTEM, now=NOW) for _ in range(2)]
    assert [(one.added, one.known) for one in kept] == [(1, 0), (0, 1)]

    wrong = "first,last\n62148499,\n6222,\n622300,622200\n6230001,6230009\n623000,\n624000,\n"
    with pytest.raises(cards.BankRangesError) as refused:
        cards.add_bank_ranges(west, wrong, viewer=SYSTEM, now=NOW)
    assert [(one.row, one.column, one.code) for one in refused.value.problems] == [
        (2, "first", "bank_range.overlap"),
        (3, "first", "bank_range.digits"),
        (4, "last", "bank_range.order"),
        (6, "first", "bank_range.overlap"),
    ]
    assert not west.bank_ranges.exists()
