"""What a receipt moved in the ledger stays when the receipt leaves with its undone import."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sales", "0005_check_keys_by_sets"),
        ("wallet", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="transfer",
            name="receipt",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="sales.receipt",
            ),
        ),
    ]
