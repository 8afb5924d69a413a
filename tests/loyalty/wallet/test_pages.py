"""The ledger's pages, in both languages, seen and used by who may and refused to who may not."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from regulars.customers.models import Customer, CustomerStore
from regulars.loyalty.wallet import selectors
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import House, Owner, OwnerKind
from regulars.loyalty.wallet.models import Transfer
from regulars.organization.models import Approval, Store
from tests.customers import factories as people
from tests.loyalty.wallet.factories import MONEY, POINTS, SYSTEM, give, post, take, units
from tests.organization import factories as places

pytestmark = pytest.mark.django_db


def client(role: str = "finance", **place: Store) -> Client:
    browser = Client()
    browser.force_login(places.person(role, **place))
    return browser


def words(response: HttpResponse) -> str:
    assert response.status_code == 200, response.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def store(db) -> Store:
    people.company()
    units()
    return places.store()


@pytest.fixture
def ana(store: Store) -> Customer:
    """She earned, spent, has points pending and reserved, money, and learned late of one receipt."""
    now = datetime.now(UTC)
    made = Customer.objects.create(name="Berta Quist", created_at=now, updated_at=now)
    CustomerStore.objects.create(customer=made, store=store, since=now)
    owner = Owner(OwnerKind.CUSTOMER, made.pk)
    past = now - timedelta(days=70)
    values = {"store_id": store.pk}
    post(give(500, owner, expires_at=now + timedelta(days=200)), now=past, business_date=past.date(), **values)
    post(give(120, owner, available_from=now + timedelta(days=9)), now=now, business_date=now.date(), **values)
    post(take(80, owner), now=now, kind="redeem", **values)
    post(give(40, owner), at=past, now=now, business_date=past.date(), **values)
    post(give(200_00, owner, unit=MONEY, house=House.CASH), now=now, kind="top_up", **values)
    until = now + timedelta(minutes=15)
    wallet.hold(owner, POINTS, 50, key="till-1", until=until, at=now, now=now, viewer=SYSTEM)
    return made


def paths(customer: Customer) -> dict[str, tuple[str, str]]:
    return {
        reverse("wallet:ledger"): ("Berta Quist", "积分台账"),
        reverse("wallet:transfer", args=[Transfer.objects.earliest("pk").pk]): ("Both sides add up to zero", "借贷"),
        reverse("wallet:liability"): ("Deferred revenue", "递延收入"),
        reverse("wallet:liability") + f"?unit={MONEY}": ("¥200.00", "期末"),
        reverse("wallet:wallet", args=[customer.pk]): ("These entries add up to 580", "明细"),
    }


def test_every_page_opens_in_both_languages(ana: Customer) -> None:
    browser = client()
    for path, (english, chinese) in paths(ana).items():
        assert english in words(browser.get(path)), path
        assert chinese in words(browser.get(path, headers={"accept-language": "zh-hans"})), path


def test_the_panel_tells_what_can_be_spent_what_waits_and_what_is_reserved(ana: Customer) -> None:
    told = words(client().get(reverse("wallet:wallet", args=[ana.pk]), headers={"HX-Request": "true"}))
    for said in ("410 can be spent now", "Pending 120", "Reserved 50", "In the ledger 580", "Expiry schedule"):
        assert said in told


def test_units_are_named_by_kind_and_growth_value_is_neither_owed_nor_spendable(ana: Customer) -> None:
    browser, owner, now = client(), Owner(OwnerKind.CUSTOMER, ana.pk), datetime.now(UTC)
    wallet.define_unit("growth.club", kind="growth", name="Club points")
    wallet.define_unit("bonus.CNY", kind="stored_bonus", currency="CNY")
    post(give(77, owner, unit="growth.club"), give(5_00, owner, unit="bonus.CNY", house=House.BONUS), now=now)
    post(take(50_00, owner, unit=MONEY, house=House.SALES), now=now, kind="redeem")
    told = words(browser.get(reverse("wallet:wallet", args=[ana.pk])))
    for said in ("Points 410 can be", "Stored value CN¥150.00 can", "Bonus CN¥5.00 can", "Growth value 77 collected"):
        assert said in told, told
    money = words(browser.get(reverse("wallet:wallet", args=[ana.pk]), {"unit": MONEY}))
    assert "Paid with stored value Paid with CN¥50.00 of what was topped up" in money
    assert "arned" not in money
    owed = words(browser.get(reverse("wallet:liability")))
    assert "Growth" not in owed
    assert "Deferred revenue" in owed
    ledger = words(browser.get(reverse("wallet:ledger")))
    assert "Collected Growth value" in ledger
    wallet.define_unit("points.kids", kind="points", name="Kids")
    assert "Points (Kids)" in words(browser.get(reverse("wallet:ledger")))
    for page in (told, money, owed, ledger):
        assert "bonus.CNY" not in page
        assert MONEY not in page


def test_a_statement_of_a_past_day_leaves_out_what_was_not_known_then(ana: Customer) -> None:
    browser = client()
    day = (datetime.now(UTC) - timedelta(days=30)).date().isoformat()
    address = reverse("wallet:wallet", args=[ana.pk])
    assert "add up to 540" in words(browser.get(address, {"as_of": day}))
    assert "add up to 500" in words(browser.get(address, {"as_of": day, "known_at": day}))


def test_the_ledger_is_searched_and_filtered(ana: Customer) -> None:
    browser = client()
    assert "Berta Quist" in words(browser.get(reverse("wallet:ledger"), {"q": "berta", "kind": "redeem", "unit": POINTS}))
    assert "Berta Quist" not in words(browser.get(reverse("wallet:ledger"), {"q": "ben"}))
    assert "Berta Quist" not in words(browser.get(reverse("wallet:ledger"), {"kind": "void"}))


def test_the_ledger_is_read_in_the_order_in_which_things_happened(ana: Customer) -> None:
    def amounts(**asked: str) -> list[str]:
        told = words(client().get(reverse("wallet:ledger"), {"columns": "amount", "unit": POINTS} | asked))
        return re.findall(r"(?:\+|−)\d+", told)

    assert amounts() == ["−80", "+120", "+40", "+500"]  # 40 was learned of last, and happened long before
    assert amounts(sort="transfer__at") == ["+500", "+40", "+120", "−80"]
    assert amounts(sort="-id")[0] == "+40"


def test_the_journal_is_a_file_that_balances(ana: Customer) -> None:
    told = client().get(reverse("wallet:journal")).content.decode()
    rows = [row.split(",") for row in told.strip().splitlines()[1:]]
    assert sum(float(row[3] or 0) for row in rows) == sum(float(row[4] or 0) for row in rows) > 0


def adjust(browser: Client, customer: Customer, number: str, **values: str) -> HttpResponse:
    form = {"unit": POINTS, "direction": "give", "amount": number, "reason": "goodwill", "note": "", "key": f"a{number}"}
    return browser.post(reverse("wallet:adjust", args=[customer.pk]), form | values, follow=True)


def posted(customer: Customer) -> int:
    balances = selectors.balances_of(Owner(OwnerKind.CUSTOMER, customer.pk), now=datetime.now(UTC))
    return next(one.posted for one in balances if one.unit == POINTS)


def test_a_balance_is_adjusted_once_and_above_the_limit_by_two(ana: Customer) -> None:
    browser = client()
    places.person("finance")
    assert "The balance was adjusted." in words(adjust(browser, ana, "20", last_day=date(2030, 1, 31).isoformat()))
    adjust(browser, ana, "20", last_day=date(2030, 1, 31).isoformat())
    assert posted(ana) == 600
    assert "A second person was asked" in words(adjust(browser, ana, "5000"))
    assert (posted(ana), Approval.objects.count()) == (600, 1)
    adjust(browser, ana, "30", direction="take")
    assert posted(ana) == 570


@pytest.mark.parametrize("values", [{"amount": "-5"}, {"amount": "x"}, {"amount": "1.5"}, {"reason": ""}, {"unit": "points.x"}])
def test_what_cannot_be_read_changes_nothing(ana: Customer, values) -> None:
    adjust(client(), ana, "5", **values)
    assert posted(ana) == 580


def test_another_stores_wallet_and_transfers_look_missing(ana: Customer, store: Store) -> None:
    browser = client("store_manager", store=places.store())
    assert browser.get(reverse("wallet:wallet", args=[ana.pk])).status_code == 404
    assert browser.get(reverse("wallet:transfer", args=[Transfer.objects.earliest("pk").pk])).status_code == 404
    assert "Berta Quist" not in words(browser.get(reverse("wallet:ledger")))
    assert browser.get(reverse("wallet:liability")).status_code == 403
    assert client("store_manager", store=store).get(reverse("wallet:wallet", args=[ana.pk])).status_code == 200


def test_empty_pages_say_what_they_are_for(store: Store) -> None:
    now = datetime.now(UTC)
    ben = Customer.objects.create(name="Ben", created_at=now, updated_at=now)
    assert "This wallet is empty" in words(client().get(reverse("wallet:wallet", args=[ben.pk])))
