"""A shop hands in its files; a returning member is known, counted and explained."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from regulars.customers import selectors as customers
from regulars.gateway.files import services as files
from regulars.insight.models import CustomerFigures
from regulars.organization.access import system
from tests import retailer

pytestmark = pytest.mark.django_db(transaction=True)


def test_from_file_to_dashboard(tmp_path: Path, settings: Any, client: Client) -> None:
    settings.LAKE_URL = str(tmp_path / "lake")
    viewer = system("tests")
    retailer.open_company()
    people = _file(tmp_path / "会员.csv", [{"会员号": "A1", "手机号": "138 0013 8000", "姓名": "Ana Lopez"}])
    sold = _file(
        tmp_path / "receipts.csv",
        [
            {"receipt": f"R{week}", "store": "SH-1", "date": f"2026-10-{1 + 7 * week:02d} 18:00:00", "member": "A1",
             "product": "P1", "amount": "12.50"}
            for week in range(4)
        ],
    )  # fmt: skip
    assert files.run_file(people, source="till", viewer=viewer, now=retailer.NOW).created == 1
    assert files.run_file(sold, source="till", viewer=viewer, now=retailer.NOW).created == 4
    again = files.run_file(sold, source="till", viewer=viewer, now=retailer.NOW)
    assert (again.created, again.rejected) == (0, 0) or again.created == 4  # the first batch, handed back

    retailer.learn()
    (ana,) = customers.search(customers.list_customers(viewer), "13800138000", masked=False)
    figures = CustomerFigures.objects.get(customer_id=ana.pk)
    assert (figures.receipts, figures.net_amount, figures.interval_days) == (4, 5000, 7.0)

    client.force_login(retailer.owner(), backend="django.contrib.auth.backends.ModelBackend")
    assert "Ana Lopez" in client.get("/customers/", {"q": "13800138000"}).content.decode()
    page = client.get(f"/customers/{ana.pk}/").content.decode()
    newest, *_others = purchases = list(dict.fromkeys(re.findall(rf"/customers/{ana.pk}/receipts/\d+/", page)))
    assert (len(purchases), "R3" in client.get(newest).content.decode()) == (4, True)


def _file(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return path
