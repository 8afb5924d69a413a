"""What suppliers bear is claimed once, to the cent, by offer and article, with what came back taken off (F75)."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from django.urls import reverse

from regulars.loyalty.offers import invariants
from regulars.loyalty.offers import services as offers
from regulars.loyalty.offers.errors import ClaimEmptyError, ClaimTooEarlyError
from regulars.loyalty.offers.models import Claim, ClaimedUse
from regulars.loyalty.offers.selectors import claims
from tests.loyalty.offers.published import NOW, SYSTEM, five_off, sell, void
from tests.loyalty.offers.shop import DAY, line
from tests.loyalty.offers.test_pages import client, words
from tests.sales import factories as receipts

pytestmark = pytest.mark.django_db

ACME = {"party": "supplier", "name": "Acme", "share_bp": 3333}
SHARED = {"funding": [{"party": "retailer", "share_bp": 6667}, ACME]}
TOMORROW = NOW + timedelta(days=1)


def claim(*, until=DAY, viewer=SYSTEM, now=TOMORROW):
    return offers.make_claim("supplier", "Acme", "USD", until=until, viewer=viewer, now=now)


def test_a_claim_takes_what_no_earlier_one_holds_and_its_file_adds_up():
    five_off("SHARED", terms=SHARED)
    five_off("OURS", terms={"rank": 1})
    receipts.sell(receipts.line("1", gross_amount=3000), receipts.line("1", line_no=2, product="TEA", gross_amount=2000))
    sell("1", line(30_00), line(20_00, no=2))
    sell("2", line(50_00))
    void("2", day=DAY + timedelta(days=1))
    (found,) = claims.open_claims(until=DAY)
    assert (found.name, found.uses, found.amount) == ("Acme", 2, 167 + 167)  # 33.33 % of 5.00, twice

    with pytest.raises(ClaimTooEarlyError):
        claim(now=NOW)
    made = claim()
    assert (made.amount, made.uses, made.since, ClaimedUse.objects.count()) == (334, 2, DAY, 2)
    with pytest.raises(ClaimEmptyError):
        claim()
    rows = claims.file_rows(made)
    assert [row[2] for row in rows] == ["", "MILK", "TEA", "", ""]
    assert rows[-1][-1] == rows[-2][-1] == sum(row[-1] for row in rows[:3])
    assert str(rows[-1][-1]) == "3.34"

    later = claim(until=DAY + timedelta(days=1), now=TOMORROW + timedelta(days=1))  # what came back
    assert (later.amount, later.uses) == (-167, 0)
    assert invariants.claims_add_up().broken == 0


def test_finance_makes_a_claim_and_downloads_it_and_nobody_else_does():
    five_off("SHARED", terms=SHARED)
    sell("1", line(50_00))
    browser = client("finance", language="zh-hans")
    page = words(browser.get(reverse("offers:claims")))
    assert "Acme" in page
    assert "供应商结算" in page

    said = {"party": "supplier", "name": "Acme", "currency": "USD", "until": DAY}
    assert browser.post(reverse("offers:make_claim"), said).status_code == 302
    made = Claim.objects.get()
    csv = b"".join(browser.get(reverse("offers:claim_file", args=[made.pk, "csv"]))).decode("utf-8-sig")
    assert csv.splitlines()[-1].split(",") == ["*", "", "", "*", "1", "5.00", "1.67"]
    sheet = openpyxl.load_workbook(io.BytesIO(browser.get(reverse("offers:claim_file", args=[made.pk, "xlsx"])).content))
    assert sheet.active.cell(row=2, column=7).value == 1.67
    assert client("marketer").get(reverse("offers:claims")).status_code == 403
