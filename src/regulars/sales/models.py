"""The facts of selling. Amounts are minor units of the receipt's currency; quantities are thousandths of a piece.

On a line `gross − discounts = paid`, what the customer gave; `net` is what the retailer earns: paid plus the discounts that
a supplier or partner refunds. Return lines carry negative quantities and amounts, so that sums are net of returns.
"""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from regulars.catalog.models import Product
from regulars.core.synced import Fact
from regulars.customers.models import Customer
from regulars.organization.models import Store


class Funding(models.TextChoices):
    """Who bears a discount."""

    RETAILER = "retailer"
    SUPPLIER = "supplier"
    PARTNER = "partner"


class Receipt(Fact):
    """One sale or return at one till, recorded once under `(source, external_id)`."""

    class Kind(models.TextChoices):
        SALE = "sale"
        RETURN = "return"

    class Channel(models.TextChoices):
        STORE = "store"
        ONLINE = "online"
        APP = "app"
        MARKETPLACE = "marketplace"
        PHONE = "phone"

    source = models.CharField(max_length=64)
    external_id = models.CharField(max_length=120)  # made where it happened
    digest = models.BinaryField(max_length=16)  # of the content as received: the same id must mean the same content
    kind = models.CharField(max_length=6, choices=Kind.choices)
    store = models.ForeignKey(Store, on_delete=models.PROTECT, db_index=False)
    till = models.CharField(max_length=40, default="")
    cashier = models.CharField(max_length=80, default="")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, db_index=False)
    channel = models.CharField(max_length=12, choices=Channel.choices, default=Channel.STORE)
    sold_at = models.DateTimeField()  # the till's clock
    received_at = models.DateTimeField()  # ours
    business_date = models.DateField()  # the store's, computed once at ingest (D4)
    clock_off = models.BooleanField(default=False)  # the till's clock was not believed: received_at gave the date
    currency = models.CharField(max_length=3)
    gross_amount = models.BigIntegerField()
    discount_amount = models.BigIntegerField()
    net_amount = models.BigIntegerField()
    paid_amount = models.BigIntegerField()
    line_count = models.PositiveIntegerField()
    batch_id = models.BigIntegerField(null=True)  # the import that brought it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="receipt_once_per_source"),
            models.CheckConstraint(
                condition=Q(paid_amount=F("gross_amount") - F("discount_amount")), name="receipt_amounts_add_up"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-sold_at"], name="receipt_of_customer", condition=~Q(customer=None)),
            models.Index(fields=["store", "-business_date"], name="receipt_of_store_day"),
            models.Index(fields=["-business_date", "-id"], name="receipt_newest"),
            BrinIndex(fields=["written_xid"], name="receipt_written"),
            BrinIndex(fields=["batch_id"], name="receipt_batch"),
        ]


class ReceiptLine(Fact):
    """One article on a receipt."""

    pk = models.CompositePrimaryKey("receipt_id", "line_no")
    # Both keys are checked by a trigger of the migrations, over all rows of a statement at once.
    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="lines", db_index=False, db_constraint=False)
    line_no = models.PositiveIntegerField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    quantity_milli = models.BigIntegerField()
    gross_amount = models.BigIntegerField()
    discount_amount = models.BigIntegerField()
    net_amount = models.BigIntegerField()
    paid_amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(paid_amount=F("gross_amount") - F("discount_amount")), name="line_amounts_add_up"
            ),
        ]
        indexes = [BrinIndex(fields=["written_xid"], name="line_written")]


class LineDiscount(Fact):
    """One discount on one line, by kind and by who bears it."""

    class Kind(models.TextChoices):
        LOYALTY_PRICE = "loyalty_price"
        PROMOTION = "promotion"
        COUPON = "coupon"
        COUPON_MATCH = "coupon_match"  # the retailer's addition to a supplier's coupon
        POINTS = "points"
        EMPLOYEE = "employee"
        MANUAL = "manual"

    pk = models.CompositePrimaryKey("receipt_id", "line_no", "discount_no")
    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    line_no = models.PositiveIntegerField()  # with receipt: the line; checked by a trigger of the migrations
    discount_no = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16, choices=Kind.choices)
    amount = models.BigIntegerField()  # positive: what the customer did not have to pay
    funded_by = models.CharField(max_length=8, choices=Funding.choices)
    reference = models.CharField(max_length=120, default="")

    class Meta:
        indexes = [BrinIndex(fields=["written_xid"], name="discount_written")]


class Tender(Fact):
    """How a receipt was paid, part by part; returns carry negative amounts."""

    class Kind(models.TextChoices):
        CASH = "cash"
        CARD = "card"
        WALLET = "wallet"  # WeChat Pay, Alipay …
        STORED_VALUE = "stored_value"
        GIFT_CARD = "gift_card"
        POINTS = "points"
        INVOICE = "invoice"
        OTHER = "other"
        UNSPECIFIED = "unspecified"  # the source does not say

    pk = models.CompositePrimaryKey("receipt_id", "tender_no")
    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="tenders", db_index=False)
    tender_no = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16, choices=Kind.choices)
    amount = models.BigIntegerField()
    reference = models.CharField(max_length=120, default="")

    class Meta:
        indexes = [BrinIndex(fields=["written_xid"], name="tender_written")]


class ReturnLink(models.Model):
    """Which sold line a return line takes back; without `original` the sale has not arrived and the return is parked (P44)."""

    pk = models.CompositePrimaryKey("receipt_id", "line_no")
    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="return_links", db_index=False)
    line_no = models.PositiveIntegerField()
    original_source = models.CharField(max_length=64)
    original_external_id = models.CharField(max_length=120)
    original_line_no = models.PositiveIntegerField(null=True)  # null: the whole receipt
    original = models.ForeignKey(Receipt, on_delete=models.PROTECT, null=True, related_name="returned_by")
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["original_source", "original_external_id"],
                condition=Q(original=None),
                name="return_parked",
            ),
        ]


class UndoneBatch(Fact):
    """An import whose receipts were taken back; the lake follows it."""

    batch_id = models.BigIntegerField(unique=True)
    receipts = models.BigIntegerField()
    undone_at = models.DateTimeField()
