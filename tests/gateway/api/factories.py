"""One object of every resource that an address of the API names by id."""

from __future__ import annotations

from regulars.catalog.models import Product
from regulars.customers.models import Customer, CustomerStore
from regulars.gateway.models import ImportBatch
from regulars.insight.models import CustomerFigures
from regulars.organization.models import Store
from tests.gateway.api.conftest import NOW, ApiClient, make_key, sale


def objects(store: Store) -> dict[str, int]:
    """Return the ids of what belongs to this store, by the first word of the addresses."""
    customer = Customer.objects.create(name=store.code, created_at=NOW, updated_at=NOW)
    CustomerStore.objects.create(customer=customer, store=store, since=NOW)
    CustomerFigures.objects.create(
        customer_id=customer.pk, as_of=NOW.date(), first_purchase_date=NOW.date(), last_purchase_date=NOW.date(),
        recency_days=0, purchase_days=1, receipts=1, net_amount=1, net_amount_12m=1, discount_amount=0,
        stage="new", pyramid="small",
    )  # fmt: skip
    batch = ImportBatch.objects.create(
        kind="receipts", file_name="x.csv", file_bytes=1, source="x", by="x", store=store, created_at=NOW
    )
    till = ApiClient(make_key("pos", store=store, source=f"till-{store.code}"))
    receipt = till.post("/receipts", sale(store=store.code)).json()["id"]
    product = Product.objects.get(sku="MILK").pk
    return {"stores": store.pk, "customers": customer.pk, "receipts": receipt, "products": product, "imports": batch.pk}
