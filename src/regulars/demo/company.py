"""Make the demo company: the panel's files go in through the import that every user has, then program, lake and figures.

For `regulars demo`, which may be run any number of times: what is there stays as it is.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from regulars.core.errors import DomainError
from regulars.demo import cards, coupons, panel, people, places, program
from regulars.demo.totals import Totals, count_totals
from regulars.gateway.files import services as files
from regulars.insight.customers.write_back import refresh_figures
from regulars.insight.lake import storage, sync
from regulars.loyalty.program.services.rulebook.replaying import replay_into_ledger
from regulars.organization import access
from regulars.organization.company import get_company
from regulars.organization.models import Company
from regulars.sales import totals as sales

SOURCE = "complete-journey"
NAME = "Complete Journey Grocers"
NOTICE = "Published retail panel (Complete Journey) with simulated names, contacts and places."

Progress = Callable[[str, float], None]  # what is being done, and which part of it is done (0 to 1)


class OtherCompanyError(DomainError):
    """The home folder holds a real company; the demo would mix its data into it."""

    code = "demo.other_company"


def build(*, now: datetime, progress: Progress) -> Totals:
    """Import the panel into this installation and bring lake and figures up to date; return the totals.

    A second run finds every file imported and changes nothing (`Totals.changed` is 0); one that was killed goes on.
    """
    shift_days = set_up(now)
    folder = settings.REGULARS_HOME.imports / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    changed = 0
    with panel.opened(shift_days) as tables:
        for kind, path in write_files(tables, folder, progress):
            changed += _import(kind, path, now=now, progress=progress)
        progress("Coupons and their uses", 0)
        changed += coupons.build(tables, source=SOURCE, viewer=_viewer(), now=now)
        if storage.chosen_lake().find("promotion") is None:
            progress("Copying promotions into the lake", 0)
            storage.write_table("promotion", tables.promotions())
    changed += _reward(now=now, progress=progress)
    progress("Copying sales into the lake", 0)
    sync.sync(now=now)
    progress("Getting to know every customer", 0.5)
    refresh_figures()
    progress("Getting to know every customer", 1)
    return count_totals(changed=changed, viewer=_viewer())


def _reward(*, now: datetime, progress: Progress) -> int:
    """Let the year's receipts earn points and tiers, and simulate cards with stored value; return what that made."""
    viewer = _viewer()
    days = sales.count_totals(viewer=viewer)
    first, last = date.fromisoformat(str(days.first_business_date)), date.fromisoformat(str(days.last_business_date))
    version = program.publish(first, currency=get_company().currency, viewer=viewer, now=now)
    replayed = replay_into_ledger(
        version.program, now=now, viewer=viewer, progress=lambda step, part: progress(f"Points and tiers: {step.lower()}", part)
    )
    progress("Cards and stored value", 0)
    return replayed.receipts + cards.build(last, viewer=viewer)


def _viewer() -> access.Viewer:
    return access.system("demo")


def set_up(now: datetime) -> int:
    """Make the company and remember by how many days the panel moves: a later run must not move it again."""
    company = Company.objects.first()
    if company is None:
        today = now.astimezone(ZoneInfo(panel.TIMEZONE)).date()
        chosen = {"shift_days": panel.weeks_to(today), "notice": NOTICE}
        company = Company.objects.create(
            pk=1, name=NAME, currency="USD", timezone=panel.TIMEZONE, country="US", settings={"demo": chosen}
        )
    if "demo" not in company.settings:
        raise OtherCompanyError(
            f"This home folder belongs to {company.name}. Run the demo in another: regulars demo --home DIR"
        )
    return int(company.settings["demo"]["shift_days"])


def write_files(tables: panel.Panel, folder: Path, progress: Progress) -> list[tuple[str, Path]]:
    """Write what the retailer would hand in, in the order in which it has to arrive."""
    progress("Writing the company's files", 0)
    stores, customers = folder / "stores.csv", folder / "customers.csv"
    products, receipts = folder / "products.parquet", folder / "receipts.parquet"
    if not receipts.exists():  # the last to be written; each is whole or absent
        _write_csv(stores, places.place_stores(tables.stores()))
        known = {row["household_id"]: row for row in tables.demographics().to_pylist()}
        _write_csv(customers, people.name_households(tables.households(), known))
        tables.write_products(products)
        tables.write_receipts(receipts)
    return [("stores", stores), ("products", products), ("customers", customers), ("receipts", receipts)]


def _write_csv(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    scratch = path.with_suffix(".part")
    with scratch.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    scratch.rename(path)


def _import(kind: str, path: Path, *, now: datetime, progress: Progress) -> int:
    batch = files.run_file(
        path,
        kind=kind,
        source=SOURCE,
        viewer=_viewer(),
        now=now,
        progress=lambda step, part: progress(f"{kind.capitalize()}: {step}", part),
    )
    if batch.rejected:
        raise DemoRefusedError(f"{batch.rejected} rows of {path.name} were refused; see the import {batch.pk}.")
    return int(batch.created + batch.updated)


class DemoRefusedError(DomainError):
    """The import refused rows of the panel: the demo would not be the published panel any more."""

    code = "demo.refused"
