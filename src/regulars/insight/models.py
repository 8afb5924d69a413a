"""How far the lake is, and each customer's computed figures (written back set-wise for pages and API)."""

from __future__ import annotations

from django.db import models


class LakeTable(models.Model):
    """One table of the lake: up to which transaction it is a true copy."""

    name = models.CharField(max_length=63, primary_key=True)
    synced_xid = models.BigIntegerField(default=0)  # rows with written_xid < this are in the lake
    rows = models.BigIntegerField(default=0)
    version = models.BigIntegerField(default=0)  # of the Delta table
    cluster = models.CharField(max_length=32, default="")  # system identifier of the database it copies
    synced_at = models.DateTimeField(null=True)
    compacted_at = models.DateTimeField(null=True)


class CustomerFigures(models.Model):
    """One row per customer with a purchase: value, rhythm, stage and likes as of `as_of`. Amounts in minor units."""

    customer_id = models.BigIntegerField(primary_key=True)  # no foreign key: rebuilt from the lake at any time
    as_of = models.DateField()
    first_purchase_date = models.DateField()
    last_purchase_date = models.DateField()
    recency_days = models.PositiveIntegerField()
    purchase_days = models.PositiveIntegerField()  # distinct business dates with positive net sales
    purchase_days_12m = models.PositiveIntegerField(default=0)
    receipts = models.PositiveIntegerField()
    net_amount = models.BigIntegerField()
    net_amount_12m = models.BigIntegerField()
    discount_amount = models.BigIntegerField()
    average_basket_amount = models.BigIntegerField(null=True)
    interval_days = models.FloatField(null=True)  # median days between purchase days
    interval_spread_days = models.FloatField(null=True)  # from the median to what nine in ten pauses do not exceed
    usual_days = models.FloatField(default=0)  # the same two, drawn towards other customers' for who came seldom
    long_days = models.FloatField(default=0)
    recent_days = models.PositiveIntegerField(default=0)  # purchase days in the last 90 days
    earlier_days = models.PositiveIntegerField(default=0)  # … and in the 90 days before
    due_date = models.DateField(null=True)  # last purchase + usual days
    recency_score = models.PositiveSmallIntegerField(null=True)
    frequency_score = models.PositiveSmallIntegerField(null=True)
    monetary_score = models.PositiveSmallIntegerField(null=True)
    rfm_class = models.CharField(max_length=32, default="")
    stage = models.CharField(max_length=12)  # new, active, declining, dormant, lost
    pyramid = models.CharField(max_length=12)  # top, large, medium, small
    value_percentile = models.FloatField(null=True)
    category = models.CharField(max_length=200, default="")
    category_share = models.FloatField(null=True)
    store_id = models.BigIntegerField(null=True)
    store_share = models.FloatField(null=True)
    hour = models.PositiveSmallIntegerField(null=True)
    weekday = models.PositiveSmallIntegerField(null=True)
    channel = models.CharField(max_length=12, default="")
    discount_share = models.FloatField(null=True)  # share of purchases' value bought on discount
    discount_share_low = models.FloatField(null=True)  # 95 % interval
    discount_share_high = models.FloatField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["stage"], name="figures_stage"),
            models.Index(fields=["-net_amount_12m"], name="figures_value"),
            models.Index(fields=["-last_purchase_date"], name="figures_last"),
            models.Index(fields=["due_date"], name="figures_due"),
        ]
