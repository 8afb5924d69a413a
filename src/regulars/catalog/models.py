"""Products and what groups them."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper

from regulars.core.synced import SyncedModel


class Category(SyncedModel):
    """A node of the category tree. The same name may stand under several parents, so the whole path is the key."""

    path = models.CharField(max_length=400, unique=True)  # "GROCERY / FRZN ICE / ICE - CRUSHED/CUBED"
    name = models.CharField(max_length=200)
    level = models.PositiveSmallIntegerField()  # 1 = department
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    counts_units = models.BooleanField(default=True)  # False where a quantity is no number of pieces (fuel)


class Brand(SyncedModel):
    """A brand."""

    name = models.CharField(max_length=200, unique=True)
    private_label = models.BooleanField(default=False)


class Supplier(SyncedModel):
    """Whoever makes or delivers: the partner of supplier-funded discounts."""

    code = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)


class Product(SyncedModel):
    """An article that can stand on a receipt line."""

    sku = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=300)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, related_name="products")
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, null=True, related_name="products")
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, null=True, related_name="products")
    barcode = models.CharField(max_length=64, default="")
    package_size = models.CharField(max_length=80, default="")
    counts_units = models.BooleanField(default=True)
    price_amount = models.BigIntegerField(null=True)  # list price in minor units of the company's currency
    cost_amount = models.BigIntegerField(null=True)
    is_placeholder = models.BooleanField(default=False)  # sold before the catalog knew it; waits for its real data
    source = models.CharField(max_length=64, default="manual")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["barcode"], name="product_barcode", condition=~models.Q(barcode="")),
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="product_name_trigram"),
        ]
