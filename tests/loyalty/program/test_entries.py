"""The ledger tells which rules gave the points, in the reader's language, and leads to the receipt."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from regulars.core import outbox
from regulars.loyalty.wallet import selectors as wallets
from regulars.loyalty.wallet import wording
from regulars.loyalty.wallet.commands import Owner, OwnerKind
from tests.loyalty.program.story import BASE, NOW, give_back, publish, sell
from tests.organization import factories as places

pytestmark = pytest.mark.django_db


def test_an_entry_names_its_rules_and_leads_to_its_receipt() -> None:
    double = {"kind": "multiply", "code": "week", "name": "Double week", "factor_milli": 2000}
    publish(BASE | {"name": "Base"}, double, growth={"growth": 1, "amount": 100})
    sale = sell("S1", 1500)
    back = give_back("R1", "S1", (1, 1500))
    outbox.deliver_waiting(now=NOW)
    owner = Owner(OwnerKind.CUSTOMER, sale.customer_id)

    def told(unit: str) -> list[str]:
        return [wording.sentence(line) for line in wallets.statement(owner, unit).lines]

    taken, earned = told("points.club")
    assert earned.startswith("“Base” 15, “Double week” 15: 30 given")
    assert taken == "Return of a purchase of Nov 20, 2026: 30 taken back with a return."
    assert told("growth.club")[-1] == "15 growth value collected."
    with translation.override("zh-hans"):
        assert told("points.club")[-1].startswith("“Base”15、“Double week”15：发放30")

    browser = Client()
    browser.force_login(places.person("finance"))
    for address in (reverse("wallet:ledger"), reverse("wallet:wallet", args=[owner.id])):
        page = browser.get(address).content.decode()
        assert f'href="/sales/{sale.pk}/"' in page
        assert f'href="/sales/{back.pk}/"' in page
