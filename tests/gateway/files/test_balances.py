"""Balances of an older system: checked by row and column first, posted once, never a second time by a mended file."""

from __future__ import annotations

from datetime import date

from django.test import Client
from django.urls import reverse

from regulars.customers import services as customers
from regulars.gateway import tasks
from regulars.gateway.models import ImportBatch
from regulars.loyalty.wallet import selectors as wallets
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import Owner, OwnerKind
from regulars.organization.company import get_company
from regulars.organization.models import Approval
from tests.gateway.files.test_pages import signed_in, upload
from tests.loyalty.program import story

HEAD = "会员号,账户类型,余额,获得日期,有效期至\n"
GOOD = "C-1,积分,1250,2025-06-18,2099-06-30\nC-2,储值,20.50,2025-06-18,\nC-2,积分,0,,\n"
BAD = "C-9,积分,10,,\nC-1,积分,1.5,,\nC-1,coins,10,,\nC-1,积分,10,,2020-01-01\nC-1,积分,1250,2025-06-18,2099-06-30\n"


def bring(client: Client, content: str) -> ImportBatch:
    batch = upload(client, HEAD + content, "balances.csv")
    page = client.get(f"/imports/{batch.pk}/").content.decode()
    assert '<option value="balances" selected>' in page
    answer = client.post(
        f"/imports/{batch.pk}/columns/",
        {f"column-{at}": key for at, key in enumerate(("external_id", "unit", "balance", "earned_on", "valid_through"))},
    )
    assert answer.status_code == 302, answer.content.decode()[:2000]
    tasks.check_import(batch_id=batch.pk)
    return ImportBatch.objects.get(pk=batch.pk)


def run(client: Client, batch: ImportBatch) -> str:
    client.post(reverse("gateway:import_runs", args=[batch.pk]))
    tasks.run_import(batch_id=batch.pk)
    batch.refresh_from_db()
    return client.get(f"/imports/{batch.pk}/").content.decode()


def test_a_file_of_balances_is_checked_then_posted_once() -> None:
    story.publish()
    wallet.define_unit(f"stored.{get_company().currency}", kind="stored_principal", currency=get_company().currency)
    keys = [("external", "", "C-1"), ("external", "", "C-2")]
    first, second = customers.recognize(keys, source="file", now=story.NOW).values()
    finance = signed_in("finance")

    checked = bring(finance, GOOD + BAD)
    page = finance.get(f"/imports/{checked.pk}/").content.decode()
    for words in (
        "Nobody is known by this",
        "Points are whole numbers",
        "Write points, growth",
        "expired already",
        "in the file twice",
    ):
        assert words in page
    assert not wallets.balances_of(Owner(OwnerKind.CUSTOMER, first), now=story.NOW)

    run(finance, checked)
    done = run(finance, bring(finance, "C-1,积分,1250,2025-06-18,2099-06-30\nC-2,储值,20.50,2025-06-18,\nC-2,积分,7,,\n"))
    again = bring(finance, "C-2,积分,8,,\n")

    assert "Posted by this file" in done
    held = {
        one.unit: one for who in (first, second) for one in wallets.balances_of(Owner(OwnerKind.CUSTOMER, who), now=story.NOW)
    }
    assert held[f"stored.{get_company().currency}"].posted == 2050
    (mine,) = wallets.balances_of(Owner(OwnerKind.CUSTOMER, first), now=story.NOW)
    assert (mine.posted, mine.expiring) == (1250, ((date(2099, 6, 30), 1250),))
    assert "with another amount" in finance.get(f"/imports/{again.pk}/").content.decode()
    assert finance.post(reverse("gateway:import_undo", args=[checked.pk])).status_code == 409


def test_money_is_for_finance_and_no_balances_for_a_store() -> None:
    story.publish()
    wallet.define_unit(f"stored.{get_company().currency}", kind="stored_principal", currency=get_company().currency)
    customers.recognize([("external", "", "C-2")], source="file", now=story.NOW)
    marketer = signed_in("marketer")

    checked = bring(marketer, "C-2,储值,20.50,2025-06-18,\n")

    assert "such as finance" in marketer.get(f"/imports/{checked.pk}/").content.decode()


def test_money_above_the_limit_waits_for_a_second_person_and_is_then_posted_by_itself() -> None:
    story.publish()
    stored = f"stored.{get_company().currency}"
    wallet.define_unit(stored, kind="stored_principal", currency=get_company().currency)
    (holder,) = customers.recognize([("external", "", "C-2")], source="file", now=story.NOW).values()
    asker, other = signed_in("finance"), signed_in("finance", email="second@example.com")

    batch = bring(asker, "C-2,储值,20.50,2025-06-18,\n")
    page = f"/imports/{batch.pk}/"
    assert "20.50" in asker.get(page).content.decode()
    assert "Waits for a second person" in run(asker, batch)
    assert batch.state == "checked"
    assert not wallets.balances_of(Owner(OwnerKind.CUSTOMER, holder), now=story.NOW)
    assert "Approve and import" not in asker.get(page).content.decode()
    run(asker, batch)
    request = Approval.objects.get()  # asked again, it is one request
    decide = reverse("organization:decide", args=[request.pk])
    assert asker.post(decide, {"verdict": "approve"}).status_code == 403

    other.post(decide, {"verdict": "decline"})
    assert "declined" in asker.get(page).content.decode()
    run(asker, batch)
    assert "Approve and import" in other.get(page).content.decode()
    request = Approval.objects.latest("pk")
    other.post(reverse("organization:decide", args=[request.pk]), {"verdict": "approve"})
    tasks.run_import(batch_id=batch.pk)

    assert "Posted by this file" in other.get(page).content.decode()
    (held,) = wallets.balances_of(Owner(OwnerKind.CUSTOMER, holder), now=story.NOW)
    assert (held.unit, held.posted) == (stored, 2050)
    request.refresh_from_db()
    assert request.used
