"""The ledger: units, accounts, transfers, entries, lots, holds and seals; entries that do not balance are refused."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.expressions
import regulars.core.synced
from django.db import migrations, models


CHECKS = """
CREATE FUNCTION wallet_check_entries() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE fault text;
BEGIN
    SELECT 'transfer ' || a.transfer_id || ' does not balance' INTO fault
        FROM added a GROUP BY a.transfer_id, a.unit_id HAVING sum(a.amount) <> 0 LIMIT 1;
    IF fault IS NOT NULL THEN
        RAISE check_violation USING MESSAGE = fault;
    END IF;
    SELECT 'an entry points at ' || CASE
            WHEN t.id IS NULL THEN 'transfer ' || a.transfer_id
            WHEN a.account_id IS NOT NULL AND c.id IS NULL THEN 'account ' || a.account_id
            ELSE 'lot ' || a.lot_id END || ', which is not there or not of this unit and account' INTO fault
        FROM added a
        LEFT JOIN wallet_transfer t ON t.id = a.transfer_id
        LEFT JOIN wallet_account c ON c.id = a.account_id AND c.unit_id = a.unit_id
        LEFT JOIN wallet_lot l ON l.id = a.lot_id AND l.account_id = a.account_id
        WHERE t.id IS NULL OR (a.account_id IS NOT NULL AND c.id IS NULL) OR (a.lot_id IS NOT NULL AND l.id IS NULL)
        LIMIT 1;
    IF fault IS NOT NULL THEN
        RAISE foreign_key_violation USING MESSAGE = fault;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER wallet_check_entries AFTER INSERT ON wallet_entry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION wallet_check_entries();
ALTER TABLE wallet_account SET (fillfactor = 80);
"""

BACK = """
DROP TRIGGER wallet_check_entries ON wallet_entry;
DROP FUNCTION wallet_check_entries();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("sales", "0005_check_keys_by_sets"),
    ]

    operations = [
        migrations.CreateModel(
            name="Unit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=64, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("points", "Points"),
                            ("growth", "Growth value"),
                            ("stored_principal", "Stored value, paid in"),
                            ("stored_bonus", "Stored value, bonus"),
                            ("count", "Uses of a count card"),
                        ],
                        max_length=16,
                    ),
                ),
                ("currency", models.CharField(default="", max_length=3)),
                ("name", models.CharField(default="", max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("owner_kind", models.CharField(max_length=10)),
                ("owner_id", models.BigIntegerField()),
                ("balance", models.BigIntegerField(default=0)),
                ("held", models.BigIntegerField(default=0)),
                ("debt", models.BigIntegerField(default=0)),
                ("is_frozen", models.BooleanField(default=False)),
                ("opened_at", models.DateTimeField()),
                (
                    "merged_into",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="wallet.account",
                    ),
                ),
                ("unit", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="wallet.unit")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("owner_kind", "owner_id", "unit"), name="account_once_per_owner_and_unit"),
                    models.CheckConstraint(
                        condition=models.Q(("debt__gte", 0), ("held__gte", 0)), name="account_counts_from_zero"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "held__lte",
                                django.db.models.expressions.CombinedExpression(models.F("balance"), "+", models.F("debt")),
                            )
                        ),
                        name="account_holds_what_it_has",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=160, unique=True)),
                ("amount", models.BigIntegerField()),
                ("made_at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("captured", "Captured"), ("released", "Released"), ("lapsed", "Lapsed")],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True)),
                ("transfer_id", models.BigIntegerField(null=True)),
                (
                    "account",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="holds", to="wallet.account"),
                ),
            ],
            options={
                "indexes": [models.Index(condition=models.Q(("state", "open")), fields=["until"], name="hold_lapsing")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="hold_is_of_something"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state", "open")),
                            models.Q(models.Q(("state", "open"), _negated=True), ("ended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="hold_ended_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Lot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("written_xid", models.BigIntegerField(db_default=regulars.core.synced.WrittenBy(), editable=False)),
                ("root_transfer_id", models.BigIntegerField()),
                ("origin", models.CharField(default="", max_length=80)),
                ("parent_id", models.BigIntegerField(null=True)),
                ("amount", models.BigIntegerField()),
                ("remaining", models.BigIntegerField()),
                ("held", models.BigIntegerField(default=0)),
                ("earned_at", models.DateTimeField()),
                ("available_from", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True)),
                ("moved_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lots",
                        to="wallet.account",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("remaining__gt", 0)), fields=["account"], name="lot_of_account"),
                    models.Index(
                        condition=models.Q(("remaining__gt", 0), models.Q(("expires_at", None), _negated=True)),
                        fields=["expires_at"],
                        name="lot_expiring",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="lot_is_of_something"),
                    models.CheckConstraint(
                        condition=models.Q(("held__gte", 0), ("held__lte", models.F("remaining"))), name="lot_holds_what_it_has"
                    ),
                    models.CheckConstraint(condition=models.Q(("remaining__lte", models.F("amount"))), name="lot_never_grows"),
                ],
            },
        ),
        migrations.CreateModel(
            name="HoldLot",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "hold_id", "part_no", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("part_no", models.PositiveIntegerField()),
                ("amount", models.BigIntegerField()),
                (
                    "hold",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="lots", to="wallet.hold"
                    ),
                ),
                ("lot", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="holds", to="wallet.lot")),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="hold_lot_is_of_something")],
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("written_xid", models.BigIntegerField(db_default=regulars.core.synced.WrittenBy(), editable=False)),
                ("table", models.CharField(max_length=64)),
                ("from_xid", models.BigIntegerField()),
                ("to_xid", models.BigIntegerField()),
                ("rows", models.PositiveIntegerField()),
                ("ids", models.BinaryField()),
                ("prints", models.BinaryField()),
                ("digest", models.BinaryField(max_length=32)),
                ("sealed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("table", "from_xid"), name="wallet_seal_begins_once"),
                    models.UniqueConstraint(fields=("table", "to_xid"), name="wallet_seal_ends_once"),
                    models.CheckConstraint(
                        condition=models.Q(("to_xid__gt", models.F("from_xid"))), name="wallet_seal_has_a_span"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("written_xid", models.BigIntegerField(db_default=regulars.core.synced.WrittenBy(), editable=False)),
                ("source", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=160)),
                ("digest", models.BinaryField(max_length=16)),
                ("kind", models.CharField(max_length=24)),
                ("at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("business_date", models.DateField(null=True)),
                ("store_id", models.BigIntegerField(null=True)),
                ("rule_version", models.BigIntegerField(null=True)),
                ("reason", models.CharField(default="", max_length=300)),
                ("why", models.JSONField(default=dict)),
                ("actor", models.CharField(max_length=160)),
                (
                    "receipt",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sales.receipt",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("receipt", None), _negated=True), fields=["receipt"], name="transfer_of_receipt"
                    ),
                    django.contrib.postgres.indexes.BrinIndex(fields=["written_xid"], name="transfer_written"),
                    django.contrib.postgres.indexes.BrinIndex(fields=["recorded_at"], name="transfer_recorded"),
                ],
                "constraints": [models.UniqueConstraint(fields=("source", "key"), name="transfer_once_per_source")],
            },
        ),
        migrations.AddField(
            model_name="lot",
            name="transfer",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lots",
                to="wallet.transfer",
            ),
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("written_xid", models.BigIntegerField(db_default=regulars.core.synced.WrittenBy(), editable=False)),
                ("house", models.CharField(max_length=12)),
                ("amount", models.BigIntegerField()),
                ("undoes_id", models.BigIntegerField(null=True)),
                ("balance_after", models.BigIntegerField(null=True)),
                ("held_after", models.BigIntegerField(null=True)),
                ("debt_after", models.BigIntegerField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="wallet.account",
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="wallet.lot",
                    ),
                ),
                (
                    "transfer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="wallet.transfer",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to="wallet.unit"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("account", None), _negated=True), fields=["account", "-id"], name="entry_of_account"
                    ),
                    models.Index(
                        condition=models.Q(("undoes_id", None), _negated=True), fields=["undoes_id"], name="entry_undone"
                    ),
                    django.contrib.postgres.indexes.BrinIndex(fields=["written_xid"], name="entry_written"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount", 0), _negated=True), name="entry_moves_something"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("account", None), ("balance_after", None), ("lot", None)),
                            models.Q(("account__isnull", False), ("balance_after__isnull", False)),
                            _connector="OR",
                        ),
                        name="entry_is_on_an_account_or_the_house",
                    ),
                ],
            },
        ),
        migrations.RunSQL(CHECKS, BACK),
    ]
