"""Receipts with lines, discounts, tenders and return links."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.expressions
import regulars.core.synced
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0001_initial"),
        ("catalog", "0001_initial"),
        ("customers", "0001_initial"),
        ("organization", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("written_xid", models.BigIntegerField(db_default=regulars.core.synced.WrittenBy(), editable=False)),
                ("source", models.CharField(max_length=64)),
                ("external_id", models.CharField(max_length=120)),
                ("digest", models.BinaryField(max_length=16)),
                ("kind", models.CharField(choices=[("sale", "Sale"), ("return", "Return")], max_length=6)),
                ("till", models.CharField(default="", max_length=40)),
                ("cashier", models.CharField(default="", max_length=80)),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("store", "Store"),
                            ("online", "Online"),
                            ("app", "App"),
                            ("marketplace", "Marketplace"),
                            ("phone", "Phone"),
                        ],
                        default="store",
                        max_length=12,
                    ),
                ),
                ("sold_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                ("business_date", models.DateField()),
                ("clock_off", models.BooleanField(default=False)),
                ("currency", models.CharField(max_length=3)),
                ("gross_amount", models.BigIntegerField()),
                ("discount_amount", models.BigIntegerField()),
                ("net_amount", models.BigIntegerField()),
                ("paid_amount", models.BigIntegerField()),
                ("line_count", models.PositiveIntegerField()),
                ("batch_id", models.BigIntegerField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to="customers.customer"
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="organization.store"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("customer", None), _negated=True),
                        fields=["customer", "-sold_at"],
                        name="receipt_of_customer",
                    ),
                    models.Index(fields=["store", "-business_date"], name="receipt_of_store_day"),
                    django.contrib.postgres.indexes.BrinIndex(fields=["written_xid"], name="receipt_written"),
                    django.contrib.postgres.indexes.BrinIndex(fields=["batch_id"], name="receipt_batch"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("source", "external_id"), name="receipt_once_per_source"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "paid_amount",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("gross_amount"), "-", models.F("discount_amount")
                                ),
                            )
                        ),
                        name="receipt_amounts_add_up",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LineDiscount",
            fields=[
                ("written_xid", models.BigIntegerField(db_default=regulars.core.synced.WrittenBy(), editable=False)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "receipt_id",
                        "line_no",
                        "discount_no",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("line_no", models.PositiveIntegerField()),
                ("discount_no", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("loyalty_price", "Loyalty Price"),
                            ("promotion", "Promotion"),
                            ("coupon", "Coupon"),
                            ("coupon_match", "Coupon Match"),
                            ("points", "Points"),
                            ("employee", "Employee"),
                            ("manual", "Manual"),
                        ],
                        max_length=16,
                    ),
                ),
                ("amount", models.BigIntegerField()),
                (
                    "funded_by",
                    models.CharField(
                        choices=[("retailer", "Retailer"), ("supplier", "Supplier"), ("partner", "Partner")],
                        max_length=8,
                    ),
                ),
                ("reference", models.CharField(default="", max_length=120)),
                (
                    "receipt",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="sales.receipt",
                    ),
                ),
            ],
            options={
                "indexes": [django.contrib.postgres.indexes.BrinIndex(fields=["written_xid"], name="discount_written")],
            },
        ),
        migrations.CreateModel(
            name="ReceiptLine",
            fields=[
                ("written_xid", models.BigIntegerField(db_default=regulars.core.synced.WrittenBy(), editable=False)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "receipt_id", "line_no", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("line_no", models.PositiveIntegerField()),
                ("quantity_milli", models.BigIntegerField()),
                ("gross_amount", models.BigIntegerField()),
                ("discount_amount", models.BigIntegerField()),
                ("net_amount", models.BigIntegerField()),
                ("paid_amount", models.BigIntegerField()),
                (
                    "product",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="catalog.product"),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="sales.receipt",
                    ),
                ),
            ],
            options={
                "indexes": [django.contrib.postgres.indexes.BrinIndex(fields=["written_xid"], name="line_written")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "paid_amount",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("gross_amount"), "-", models.F("discount_amount")
                                ),
                            )
                        ),
                        name="line_amounts_add_up",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReturnLink",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "receipt_id", "line_no", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("line_no", models.PositiveIntegerField()),
                ("original_source", models.CharField(max_length=64)),
                ("original_external_id", models.CharField(max_length=120)),
                ("original_line_no", models.PositiveIntegerField(null=True)),
                ("resolved_at", models.DateTimeField(null=True)),
                (
                    "original",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returned_by",
                        to="sales.receipt",
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="return_links",
                        to="sales.receipt",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("original", None)),
                        fields=["original_source", "original_external_id"],
                        name="return_parked",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Tender",
            fields=[
                ("written_xid", models.BigIntegerField(db_default=regulars.core.synced.WrittenBy(), editable=False)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "receipt_id", "tender_no", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tender_no", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("cash", "Cash"),
                            ("card", "Card"),
                            ("wallet", "Wallet"),
                            ("stored_value", "Stored Value"),
                            ("gift_card", "Gift Card"),
                            ("points", "Points"),
                            ("invoice", "Invoice"),
                            ("other", "Other"),
                            ("unspecified", "Unspecified"),
                        ],
                        max_length=16,
                    ),
                ),
                ("amount", models.BigIntegerField()),
                ("reference", models.CharField(default="", max_length=120)),
                (
                    "receipt",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tenders",
                        to="sales.receipt",
                    ),
                ),
            ],
            options={
                "indexes": [django.contrib.postgres.indexes.BrinIndex(fields=["written_xid"], name="tender_written")],
            },
        ),
        # Django has no foreign key to a composite key.
        migrations.RunSQL(
            """
            ALTER TABLE sales_linediscount ADD CONSTRAINT discount_of_line
                FOREIGN KEY (receipt_id, line_no) REFERENCES sales_receiptline (receipt_id, line_no);
            ALTER TABLE sales_returnlink ADD CONSTRAINT return_of_line
                FOREIGN KEY (receipt_id, line_no) REFERENCES sales_receiptline (receipt_id, line_no);
            """,
            """
            ALTER TABLE sales_returnlink DROP CONSTRAINT return_of_line;
            ALTER TABLE sales_linediscount DROP CONSTRAINT discount_of_line;
            """,
        ),
    ]
