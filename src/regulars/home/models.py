"""What insight computed of a customer, beside the customer: the join that list pages sort and filter by.

`insight` knows no customers room, so its table has no foreign key. This model reads the same table and owns nothing of it.
"""

from __future__ import annotations

from django.db import models

from regulars.customers.models import Customer


class FiguresOfCustomer(models.Model):
    """The columns of `insight.CustomerFigures` that the customer list shows, sorts and filters by."""

    customer = models.OneToOneField(
        Customer, on_delete=models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="figures"
    )
    as_of = models.DateField()
    last_purchase_date = models.DateField()
    recency_days = models.PositiveIntegerField()
    receipts = models.PositiveIntegerField()
    net_amount = models.BigIntegerField()
    net_amount_12m = models.BigIntegerField()
    average_basket_amount = models.BigIntegerField(null=True)
    usual_days = models.FloatField()
    due_date = models.DateField(null=True)
    rfm_class = models.CharField(max_length=32)
    stage = models.CharField(max_length=12)
    pyramid = models.CharField(max_length=12)
    category = models.CharField(max_length=200)

    class Meta:
        managed = False
        db_table = "insight_customerfigures"
