"""The shop in which the goals are run: two stores and one online, ten articles at 10.00, a program, members as needed.

Made through the rooms' own services, in the process of the run; the goals themselves speak to the server.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pyarrow as pa

from regulars.catalog import services as catalog
from regulars.customers import services as customers
from regulars.customers.models import Customer
from regulars.loyalty.checkout import members
from regulars.loyalty.offers import services as offers
from regulars.loyalty.program import services as program
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import Command, Give, House, Owner, OwnerKind
from regulars.organization import services as organization
from regulars.organization.access import system
from regulars.organization.models import Company, Store

PRICE = 1_000  # of every article
COUPON = 300  # what a coupon takes off
POINTS = "points.club"
FIRST, SECOND, ONLINE = "S1", "S2", "WEB"
VIEWER = system("goals")
_names = count(1)


@dataclass(slots=True)
class Shop:
    """What the goals need of the server: its port, its keys, and new members and coupons whenever they ask."""

    port: int
    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    keys: dict[str, str] = field(default_factory=dict)

    def open(self) -> None:
        """Make the company, its stores with a key each, its articles and its program."""
        Company.objects.get_or_create(
            pk=1, defaults={"name": "Goals", "currency": "CNY", "timezone": "Asia/Shanghai", "country": "CN"}
        )
        self.add_stores([FIRST, SECOND, ONLINE])
        self.keys = {store: self.key(store) for store in (FIRST, SECOND)} | {ONLINE: self.key(ONLINE, source="web")}
        articles = [
            {"row": row, "sku": f"A{row}", "name": f"Article {row}", "category": "Goods", "price_amount": PRICE}
            for row in range(1, 11)
        ]
        catalog.save_products(pa.Table.from_pylist(articles), source="goals", now=self.now, viewer=VIEWER)
        club = program.create_program("club", name="Club", currency="CNY", viewer=VIEWER, now=self.now)
        earning = [{"kind": "per_amount", "code": "base", "points": 1, "amount": 100}]
        body = {"earning": earning, "exclusions": {"tenders": ["points", "cash"]}}
        draft = program.save_draft(club, body, viewer=VIEWER, now=self.now)
        program.publish_version(draft, effective_from=date(self.now.year - 1, 1, 1), viewer=VIEWER, now=self.now)

    def add_stores(self, codes: list[str]) -> None:
        """Make stores."""
        place = {"region_code": "EAST", "timezone": "Asia/Shanghai", "currency": "CNY"}
        rows = [{"code": code, "name": code, **place} for code in codes]
        organization.save_stores(pa.Table.from_pylist(rows), viewer=VIEWER, now=self.now)

    def key(self, store: str, *, source: str = "pos") -> str:
        """Return a new key of a store's tills."""
        found = Store.objects.get(code=store)
        _, secret = organization.create_key(
            name=f"{store} {source}", role="pos", store=found, source=source, viewer=VIEWER, now=self.now
        )
        return secret

    def members(self, number: int, *, points: int) -> list[int]:
        """Return so many new customers, each with so many points."""
        names = [f"G{next(_names)}" for _ in range(number)]
        rows = [{"row": row, "external_id": name, "name": name} for row, name in enumerate(names, start=1)]
        customers.save_customers(pa.Table.from_pylist(rows), source="goals", now=self.now, viewer=VIEWER)
        ids = list(Customer.objects.filter(name__in=names).order_by("pk").values_list("pk", flat=True))
        gifts = [
            Command(
                source="goals", key=f"open/{id}", kind="open", at=self.now - timedelta(days=90),
                parts=(Give(owner=Owner(OwnerKind.CUSTOMER, id), unit=POINTS, amount=points, house=House.OPENING),),
            )
            for id in ids
        ]  # fmt: skip
        wallet.post(gifts, now=self.now, viewer=VIEWER)
        return ids

    def coupons(self, number: int, *, code: str, **terms: Any) -> tuple[int, list[str]]:
        """Return a new offer of 3.00 off and so many codes of it."""
        raw = {
            "currency": "CNY", "ends_on": f"{self.now.year + 2}-12-31", "uses_max": 1_000_000, "phase": "coupon",
            "body": {"kind": "amount", "off_amount": COUPON}, **terms,
        }  # fmt: skip
        made = offers.create_offer(code=code, title=code, is_coupon=True, raw_terms=raw, viewer=VIEWER, now=self.now)
        offers.publish(made.pk, viewer=VIEWER, now=self.now)
        batch = offers.make_batch(made.pk, size=number, viewer=VIEWER, now=self.now)
        return made.pk, list(offers.take_codes(batch.pk, viewer=VIEWER, now=self.now))

    def sale(self, number: str, *, store: str = FIRST, till: str = "1", **fields: Any) -> dict[str, Any]:
        """Return the body of a sale of one article, paid in cash unless told otherwise."""
        total = fields.pop("total", PRICE)
        return {
            "store": store, "till": till, "number": number, "at": self.now.isoformat(),
            "lines": [{"line": 1, "sku": "A1"}], "total": total, "payments": [{"kind": "cash", "amount": total}],
        } | fields  # fmt: skip

    def back(self, number: str, sale: str, *, store: str = FIRST, till: str = "1", **fields: Any) -> dict[str, Any]:
        """Return the body of a void or return."""
        named = {"store": store, "till": till, "number": sale}
        return {"store": store, "till": till, "number": number, "at": self.now.isoformat(), "sale": named} | fields


def handle(customer: int, *, source: str = "pos") -> str:
    """Return what `identify` would answer for this customer."""
    return members.handle_of(customer, source=source)
