"""Lake watermarks and per-customer figures."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="LakeTable",
            fields=[
                ("name", models.CharField(max_length=63, primary_key=True, serialize=False)),
                ("synced_xid", models.BigIntegerField(default=0)),
                ("rows", models.BigIntegerField(default=0)),
                ("version", models.BigIntegerField(default=0)),
                ("cluster", models.CharField(default="", max_length=32)),
                ("synced_at", models.DateTimeField(null=True)),
                ("compacted_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="CustomerFigures",
            fields=[
                ("customer_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("as_of", models.DateField()),
                ("first_purchase_date", models.DateField()),
                ("last_purchase_date", models.DateField()),
                ("recency_days", models.PositiveIntegerField()),
                ("purchase_days", models.PositiveIntegerField()),
                ("receipts", models.PositiveIntegerField()),
                ("net_amount", models.BigIntegerField()),
                ("net_amount_12m", models.BigIntegerField()),
                ("discount_amount", models.BigIntegerField()),
                ("average_basket_amount", models.BigIntegerField(null=True)),
                ("interval_days", models.FloatField(null=True)),
                ("interval_spread_days", models.FloatField(null=True)),
                ("due_date", models.DateField(null=True)),
                ("recency_score", models.PositiveSmallIntegerField(null=True)),
                ("frequency_score", models.PositiveSmallIntegerField(null=True)),
                ("monetary_score", models.PositiveSmallIntegerField(null=True)),
                ("rfm_class", models.CharField(default="", max_length=32)),
                ("stage", models.CharField(max_length=12)),
                ("pyramid", models.CharField(max_length=12)),
                ("value_percentile", models.FloatField(null=True)),
                ("category", models.CharField(default="", max_length=200)),
                ("category_share", models.FloatField(null=True)),
                ("store_id", models.BigIntegerField(null=True)),
                ("store_share", models.FloatField(null=True)),
                ("hour", models.PositiveSmallIntegerField(null=True)),
                ("weekday", models.PositiveSmallIntegerField(null=True)),
                ("channel", models.CharField(default="", max_length=12)),
                ("discount_share", models.FloatField(null=True)),
                ("discount_share_low", models.FloatField(null=True)),
                ("discount_share_high", models.FloatField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["stage"], name="figures_stage"),
                    models.Index(fields=["-net_amount_12m"], name="figures_value"),
                    models.Index(fields=["due_date"], name="figures_due"),
                ],
            },
        ),
    ]
