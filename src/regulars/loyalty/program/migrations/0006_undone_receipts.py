"""Receipts leave when their import is undone; what they earned stays, with the record that takes it back."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0004_drop_double_indexes"),
        ("program", "0005_paid_plans_go_on"),
        ("sales", "0005_check_keys_by_sets"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="takenback",
            name="taken_back_once_per_return",
        ),
        migrations.RemoveConstraint(
            model_name="takenback",
            name="taken_back_gives_nothing",
        ),
        migrations.AddField(
            model_name="takenback",
            name="undoes",
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="program.takenback"
            ),
        ),
        migrations.AlterField(
            model_name="earning",
            name="receipt",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="earnings",
                to="sales.receipt",
            ),
        ),
        migrations.AlterField(
            model_name="referral",
            name="receipt",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="sales.receipt",
            ),
        ),
        migrations.AlterField(
            model_name="takenback",
            name="receipt",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="sales.receipt",
            ),
        ),
        migrations.AddConstraint(
            model_name="takenback",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undoes", None)), fields=("earning", "receipt"), name="taken_back_once_per_return"
            ),
        ),
        migrations.AddConstraint(
            model_name="takenback",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undoes", None), _negated=True), fields=("undoes",), name="taken_back_undone_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="takenback",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("undoes", None), _negated=True), models.Q(("growth__gte", 0), ("points__gte", 0)), _connector="OR"
                ),
                name="taken_back_gives_nothing",
            ),
        ),
    ]
