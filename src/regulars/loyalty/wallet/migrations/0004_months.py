"""Sums of the ledger by month, so that what is owed need not be added up from the first entry each time."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0003_ledger_by_time"),
    ]

    operations = [
        migrations.CreateModel(
            name="LiabilityMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("to_xid", models.BigIntegerField()),
                ("zone", models.CharField(max_length=64)),
                ("value_milli", models.BigIntegerField()),
                ("redeemed_permille", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="LiabilityMonth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cohort", models.DateField()),
                ("month", models.DateField()),
                ("house", models.CharField(max_length=12)),
                ("amount", models.BigIntegerField(default=0)),
                ("late", models.BigIntegerField(default=0)),
                ("allocated_amount", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                condition=models.Q(("account__isnull", False), ("house", "clawed_back")),
                fields=["unit"],
                name="entry_clawed_back",
            ),
        ),
        migrations.AddField(
            model_name="liabilitymark",
            name="unit",
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, to="wallet.unit"),
        ),
        migrations.AddField(
            model_name="liabilitymonth",
            name="unit",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="wallet.unit"),
        ),
        migrations.AddConstraint(
            model_name="liabilitymonth",
            constraint=models.UniqueConstraint(fields=("unit", "cohort", "month", "house"), name="liability_month_once"),
        ),
    ]
