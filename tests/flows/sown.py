"""Two stores with a word of their own in every field that holds one: what `test_canaries.py` looks for where it must not be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import models

from regulars.customers import services as customers
from regulars.customers.models import Customer, CustomerStore, CustomField, Tag
from regulars.gateway.files import services as files
from regulars.insight.customers.write_back import refresh_figures
from regulars.insight.lake import sync
from regulars.organization import audit
from regulars.organization.models import ApiKey, Approval, Company, Person, Region, SavedView, Store
from regulars.sales.models import Receipt
from tests.organization import factories
from tests.sales.factories import NOW, SYSTEM, line, sell

ROOT = "zq7"  # what all canaries begin with: searching for it must find one's own alone
_SHARED = "7799999999"  # the card of somebody who buys in both stores
_PROFILE = [
    each.name for each in Customer._meta.fields
    if isinstance(each, models.CharField) and (each.max_length or 0) >= 8 and each.name not in {"kind", "source"}
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sown:
    """One store with its word, its people and the number of its customer's phone."""

    word: str
    phone: str
    store: Store
    region: Region
    customer: Customer
    receipt: Receipt
    batch_id: int

    def ids(self) -> dict[str, int]:
        return {
            "store_id": self.store.pk,
            "customer_id": self.customer.pk,
            "receipt_id": self.receipt.pk,
            "batch_id": self.batch_id,
        }


def sow_company() -> tuple[Sown, Sown]:
    """Open both stores; somebody who buys in both, too."""
    Company.objects.create(pk=1, name="Corner Shops", currency="USD", timezone="America/New_York", country="US")
    CustomField.objects.create(key="shoes", label="Shoes", type="text")
    both = _sow(f"{ROOT}north", "+12025550111"), _sow(f"{ROOT}south", "+12025550122")
    for one in both:
        _buy(one.store, one.word, number="B", customer=_SHARED)
        shared().notes.create(store=one.store, author=one.word, text=one.word, created_at=NOW)
    _learn()
    return both


def _sow(word: str, phone: str) -> Sown:
    region = factories.region(code=word.upper(), name=word)
    store = factories.store(code=word, name=word, city=word, address=word, region=region, latitude=40, longitude=-70)
    _buy(store, word, number="A", customer=f"77{store.pk:08d}")
    customer = _customer(store, word, phone)
    _staff(store, word)
    return Sown(word, phone, store, region, customer, Receipt.objects.get(external_id=f"{word}-A0"), _batch(store, word))


def _buy(store: Store, word: str, *, number: str, customer: str) -> None:
    """Twelve visits, a week apart, the newest yesterday."""
    rows: list[dict[str, Any]] = [
        line(
            f"{word}-{number}{week}", store=store.code, till=word, cashier=word, customer=customer, customer_kind="card",
            sold_at=NOW - timedelta(days=1, weeks=week), product="MILK", tender="cash",
        )
        for week in range(12)
    ]  # fmt: skip
    assert not sell(*rows).problems


def _customer(store: Store, word: str, phone: str) -> Customer:
    given = [customers.Given("phone", phone), customers.Given("email", f"{word}@example.test")]
    card = Customer.objects.get(identifiers__value=f"77{store.pk:08d}")
    customers.edit_profile(card.pk, {"name": word, "address": word, "home_store": store}, viewer=SYSTEM, now=NOW)
    for each in given:
        customers.add_identifier(card.pk, each, viewer=SYSTEM, now=NOW)
    Customer.objects.filter(pk=card.pk).update(
        **dict.fromkeys(_PROFILE, word), custom={"shoes": {"value": word, "source": "manual", "at": NOW.isoformat()}}
    )
    CustomerStore.objects.get_or_create(customer=card, store=store, defaults={"since": NOW})
    tag, _ = Tag.objects.get_or_create(name="wine club")
    card.tags.create(tag=tag, reason=word, added_by=word, added_at=NOW)
    card.notes.create(store=store, author=word, text=word, created_at=NOW)
    customers.add_file(card.pk, name=f"{word}.txt", content=word.encode(), viewer=SYSTEM, now=NOW)
    return card


def _staff(store: Store, word: str) -> None:
    someone: Person = factories.person("associate", store=store, name=word, email=f"{word}-staff@example.test")
    asking = factories.person("region_manager", region=store.region, name=word)
    SavedView.objects.create(person=someone, page="/customers/", name=word, query=f"?q={word}")
    ApiKey.objects.create(
        name=word, prefix=word, secret_hash=word.encode().ljust(32), role="pos", source=word, store=store, created_at=NOW
    )
    audit.record(SYSTEM, f"{word}.done", "store", store.pk, now=NOW, store_id=store.pk, after={"x": word}, note=word)
    Approval.objects.create(
        kind="receipt.export", action="receipt.export", payload={"query": word}, asked_by=asking, asked_label=word, asked_at=NOW
    )


def _batch(store: Store, word: str) -> int:
    """A file that was tried, with a row that was refused."""
    text = f"phone,name,city\n{word},{word},{word}\n+12025550144,{word},{word}\n"
    batch = files.upload(
        [text.encode()], name=f"{word}.csv", kind="customers", source=word, store_id=store.pk, viewer=SYSTEM, now=NOW
    )
    files.dry_run(batch, viewer=SYSTEM, now=NOW)
    return batch.pk


def shared() -> Customer:
    """Return the customer who buys in both stores."""
    return Customer.objects.get(identifiers__value=_SHARED)


def _learn() -> None:
    sync.sync(now=NOW)
    refresh_figures()
