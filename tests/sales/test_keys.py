"""What the database itself refuses: lines, discounts and products that would point at nothing."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from regulars.catalog.models import Product
from regulars.sales.models import Receipt
from tests.sales.factories import NOW, line, sell, state

pytestmark = pytest.mark.django_db


def refused(statement: str, *values: object) -> bool:
    """Return whether the database refuses the statement and keeps everything as it was."""
    before = state()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    except IntegrityError:
        return state() == before
    return False


LINE = (
    "INSERT INTO sales_receiptline (receipt_id, line_no, product_id, quantity_milli,"
    " gross_amount, discount_amount, net_amount, paid_amount) VALUES (%s, %s, %s, 1000, 1, 0, 1, 1)"
)
DISCOUNT = (
    "INSERT INTO sales_linediscount (receipt_id, line_no, discount_no, kind, amount, funded_by, reference)"
    " VALUES (%s, %s, 1, 'coupon', 1, 'retailer', '')"
)


@pytest.fixture
def receipt() -> Receipt:
    sell(line())
    return Receipt.objects.get()


def test_a_line_needs_its_receipt_and_its_product(receipt: Receipt) -> None:
    milk = Product.objects.get(sku="MILK")
    assert refused(LINE, receipt.pk + 1, 1, milk.pk)
    assert refused(LINE, receipt.pk, 2, milk.pk + 1)
    assert not refused(LINE, receipt.pk, 2, milk.pk)


def test_a_discount_needs_its_line(receipt: Receipt) -> None:
    assert refused(DISCOUNT, receipt.pk, 2)
    assert not refused(DISCOUNT, receipt.pk, 1)


def test_a_product_that_was_sold_stays(receipt: Receipt) -> None:
    Product.objects.create(sku="NEVER-SOLD", name="Never sold", source="test", created_at=NOW, updated_at=NOW)
    assert refused("DELETE FROM catalog_product WHERE sku = 'MILK'")
    assert not refused("DELETE FROM catalog_product WHERE sku = 'NEVER-SOLD'")
