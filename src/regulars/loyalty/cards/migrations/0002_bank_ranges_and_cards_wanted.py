"""Bank card numbers of partners, their share of purchases, and cards that stores ask for."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cards", "0001_initial"),
        ("organization", "0003_drop_double_index"),
    ]

    operations = [
        migrations.CreateModel(
            name="BankRange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("product", models.CharField(blank=True, default="", max_length=80)),
                ("first", models.BigIntegerField()),
                ("last", models.BigIntegerField()),
                ("added_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="CardsWanted",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.PositiveIntegerField()),
                ("asked_at", models.DateTimeField()),
                ("asked_by", models.CharField(max_length=160)),
                ("note", models.CharField(blank=True, default="", max_length=200)),
                ("closed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="partner",
            name="partner_share_is_a_share",
        ),
        migrations.AddField(
            model_name="partner",
            name="purchase_share_bp",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddConstraint(
            model_name="partner",
            constraint=models.CheckConstraint(
                condition=models.Q(("purchase_share_bp__lte", 10000), ("share_bp__lte", 10000)), name="partner_share_is_a_share"
            ),
        ),
        migrations.AddField(
            model_name="bankrange",
            name="partner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="bank_ranges", to="cards.partner"
            ),
        ),
        migrations.AddField(
            model_name="cardswanted",
            name="shipment",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="wanted", to="cards.shipment"
            ),
        ),
        migrations.AddField(
            model_name="cardswanted",
            name="store",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organization.store"),
        ),
        migrations.AddField(
            model_name="cardswanted",
            name="type",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cards.cardtype"
            ),
        ),
        migrations.AddConstraint(
            model_name="bankrange",
            constraint=models.CheckConstraint(
                condition=models.Q(("first__gte", 0), ("last__gte", models.F("first"))), name="bank_range_runs_forward"
            ),
        ),
        migrations.AddConstraint(
            model_name="bankrange",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (
                        models.Func(
                            models.F("first"),
                            models.F("last"),
                            models.Value("[]"),
                            function="int8range",
                            output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField(),
                        ),
                        "&&",
                    )
                ],
                name="bank_ranges_apart",
            ),
        ),
        migrations.AddIndex(
            model_name="cardswanted",
            index=models.Index(condition=models.Q(("closed_at", None)), fields=["asked_at"], name="cards_wanted_open"),
        ),
        migrations.AddConstraint(
            model_name="cardswanted",
            constraint=models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="cards_wanted_some"),
        ),
        migrations.AddConstraint(
            model_name="cardswanted",
            constraint=models.CheckConstraint(
                condition=models.Q(("shipment", None), ("closed_at__isnull", False), _connector="OR"),
                name="cards_wanted_sent_closed",
            ),
        ),
    ]
