"""Card types, cards with their movements and stock papers, money on cards, rotating codes."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.expressions
import regulars.core.synced
from django.db import migrations, models


# Goods without value stay so, whatever a service forgets: money goes onto active cards only (S238).
_ONLY_ACTIVE = """
CREATE FUNCTION regulars_top_up_active_cards() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT state FROM cards_card WHERE id = NEW.card_id) IS DISTINCT FROM 'active' THEN
        RAISE EXCEPTION 'card % is not active', NEW.card_id USING ERRCODE = 'check_violation', CONSTRAINT = 'top_up_of_active_card';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER cards_topup_active BEFORE INSERT ON cards_topup
    FOR EACH ROW EXECUTE FUNCTION regulars_top_up_active_cards();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("customers", "0003_customer_joined"),
        ("organization", "0002_approval"),
    ]

    operations = [
        migrations.CreateModel(
            name="Guesses",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("actor", models.CharField(max_length=120, unique=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("window_began_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="CardType",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("member", "Member card"),
                            ("points", "Points card"),
                            ("stored_value", "Stored-value card"),
                            ("count", "Count card"),
                        ],
                        max_length=12,
                    ),
                ),
                ("is_named", models.BooleanField(default=False)),
                ("currency", models.CharField(blank=True, default="", max_length=3)),
                ("face_amount", models.BigIntegerField(blank=True, null=True)),
                ("uses", models.PositiveIntegerField(blank=True, null=True)),
                ("price_amount", models.BigIntegerField(blank=True, null=True)),
                ("rule_pack", models.CharField(default="none", max_length=40)),
                (
                    "spend_order",
                    models.CharField(
                        choices=[
                            ("bonus_first", "Bonus first"),
                            ("principal_first", "Principal first"),
                            ("in_proportion", "Both in proportion"),
                        ],
                        default="bonus_first",
                        max_length=16,
                    ),
                ),
                ("takes_top_ups", models.BooleanField(default=False)),
                ("has_pin", models.BooleanField(default=False)),
                ("lasts_months", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ["stored_value", "count"]), _negated=True),
                            models.Q(("currency", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="card_type_of_value_has_currency",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "count"), _negated=True),
                            models.Q(("price_amount__gte", 0), ("uses__gt", 0)),
                            _connector="OR",
                        ),
                        name="count_card_has_uses_and_price",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("face_amount", None), ("face_amount__gt", 0), _connector="OR"),
                        name="card_type_face_is_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NumberRange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("prefix", models.CharField(max_length=12)),
                ("serial_digits", models.PositiveSmallIntegerField()),
                ("first", models.BigIntegerField(default=1)),
                ("last", models.BigIntegerField()),
                ("next", models.BigIntegerField(default=1)),
                (
                    "type",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="ranges", to="cards.cardtype"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("prefix", "serial_digits"), name="number_range_prefix_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first__gte", 0),
                            ("last__gte", models.F("first")),
                            ("next__gte", models.F("first")),
                            (
                                "next__lte",
                                django.db.models.expressions.CombinedExpression(models.F("last"), "+", models.Value(1)),
                            ),
                        ),
                        name="number_range_in_bounds",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first", models.BigIntegerField()),
                ("quantity", models.PositiveIntegerField()),
                ("maker", models.CharField(blank=True, default="", max_length=120)),
                ("ordered_at", models.DateTimeField()),
                ("ordered_by", models.CharField(max_length=160)),
                ("made_at", models.DateTimeField(null=True)),
                ("received_at", models.DateTimeField(null=True)),
                (
                    "type",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="batches", to="cards.cardtype"),
                ),
                (
                    "range",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="batches", to="cards.numberrange"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("range", "first"), name="batch_first_number_once"),
                    models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="batch_has_cards"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Partner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("share_bp", models.PositiveIntegerField()),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("share_bp__lte", 10000)), name="partner_share_is_a_share")
                ],
            },
        ),
        migrations.AddField(
            model_name="numberrange",
            name="partner",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="ranges", to="cards.partner"
            ),
        ),
        migrations.CreateModel(
            name="PassUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.BigIntegerField()),
                ("step", models.BigIntegerField()),
                ("used_for", models.CharField(max_length=200)),
                ("used_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["used_at"], name="pass_use_oldest")],
                "constraints": [models.UniqueConstraint(fields=("public_id", "step"), name="pass_step_used_once")],
            },
        ),
        migrations.CreateModel(
            name="SettlementLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("written_xid", models.BigIntegerField(db_default=regulars.core.synced.WrittenBy(), editable=False)),
                ("business_date", models.DateField()),
                ("currency", models.CharField(max_length=3)),
                ("amount", models.BigIntegerField()),
                ("settled_at", models.DateTimeField()),
                (
                    "sold_store",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organization.store"
                    ),
                ),
                (
                    "used_store",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organization.store"
                    ),
                ),
            ],
            options={
                "indexes": [django.contrib.postgres.indexes.BrinIndex(fields=["written_xid"], name="settlement_written")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("sold_store", models.F("used_store")), _negated=True),
                        name="settlement_between_two_stores",
                    ),
                    models.CheckConstraint(condition=models.Q(("amount", 0), _negated=True), name="settlement_of_something"),
                    models.UniqueConstraint(
                        fields=("business_date", "currency", "sold_store", "used_store", "settled_at"),
                        name="settlement_line_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Shipment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.PositiveIntegerField()),
                ("sent_at", models.DateTimeField()),
                ("sent_by", models.CharField(max_length=160)),
                ("note", models.CharField(blank=True, default="", max_length=200)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "from_store",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organization.store"
                    ),
                ),
                (
                    "to_store",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organization.store"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(condition=models.Q(("closed_at", None)), fields=["sent_at"], name="shipment_open")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("from_store", models.F("to_store")), _negated=True), name="shipment_goes_somewhere"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Card",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=32, unique=True)),
                ("code_digest", models.BinaryField(max_length=32, null=True, unique=True)),
                ("pin_digest", models.BinaryField(max_length=32, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("ordered", "Ordered"),
                            ("made", "Made"),
                            ("received", "In central stock"),
                            ("in_transit", "In transit"),
                            ("in_stock", "In store stock"),
                            ("sold", "Sold, not active yet"),
                            ("active", "Active"),
                            ("frozen", "Frozen"),
                            ("lost", "Reported lost"),
                            ("replaced", "Replaced"),
                            ("void", "Void"),
                        ],
                        max_length=10,
                    ),
                ),
                ("law", models.CharField(blank=True, default="", max_length=60)),
                ("activated_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                (
                    "batch",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="cards", to="cards.batch"),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cards",
                        to="customers.customer",
                    ),
                ),
                (
                    "replaced_by",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="replaces", to="cards.card"
                    ),
                ),
                (
                    "root",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cards.card",
                    ),
                ),
                (
                    "sold_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organization.store",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organization.store",
                    ),
                ),
                (
                    "type",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="cards", to="cards.cardtype"
                    ),
                ),
                (
                    "shipment",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cards",
                        to="cards.shipment",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["state", "store", "type"], name="card_stock"),
                    models.Index(
                        condition=models.Q(("customer", None), _negated=True), fields=["customer"], name="card_of_customer"
                    ),
                    models.Index(
                        condition=models.Q(("shipment", None), _negated=True), fields=["shipment"], name="card_of_shipment"
                    ),
                    models.Index(condition=models.Q(("root", None), _negated=True), fields=["root"], name="card_of_root"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["ordered", "made", "received", "in_transit", "in_stock"]), _negated=True),
                            models.Q(("activated_at", None), ("customer", None), ("root", None), ("sold_by", None)),
                            _connector="OR",
                        ),
                        name="card_unsold_belongs_to_nobody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "active"), _negated=True), ("activated_at__isnull", False), _connector="OR"
                        ),
                        name="card_active_since",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "in_transit"), ("shipment", None), _connector="OR"),
                        name="card_in_shipment_is_in_transit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "in_stock"), _negated=True), ("store__isnull", False), _connector="OR"
                        ),
                        name="card_in_stock_is_somewhere",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("replaced_by", models.F("id")), _negated=True), name="card_not_replaced_by_itself"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StockCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "stage",
                    models.CharField(
                        choices=[("counting", "Counting"), ("closed", "Closed")], default="counting", max_length=10
                    ),
                ),
                ("begun_at", models.DateTimeField()),
                ("begun_by", models.CharField(max_length=160)),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_by", models.CharField(blank=True, default="", max_length=160)),
                ("expected", models.PositiveIntegerField(null=True)),
                ("missing", models.PositiveIntegerField(null=True)),
                ("found", models.PositiveIntegerField(null=True)),
                ("note", models.CharField(blank=True, default="", max_length=200)),
                (
                    "store",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organization.store"
                    ),
                ),
                (
                    "type",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cards.cardtype"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("stage", "counting")),
                        fields=("store", "type"),
                        name="stock_count_one_at_a_time",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at", None), ("stage", "counting")),
                            models.Q(("closed_at__isnull", False), ("stage", "closed")),
                            _connector="OR",
                        ),
                        name="stock_count_closed_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Movement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("written_xid", models.BigIntegerField(db_default=regulars.core.synced.WrittenBy(), editable=False)),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("order", "Ordered"),
                            ("make", "Made"),
                            ("receive", "Received from the maker"),
                            ("send", "Sent"),
                            ("arrive", "Arrived"),
                            ("sell", "Sold"),
                            ("activate", "Activated"),
                            ("freeze", "Frozen"),
                            ("thaw", "Released"),
                            ("lose", "Reported lost"),
                            ("find", "Found again"),
                            ("replace", "Replaced"),
                            ("rename", "Holder changed"),
                            ("renew", "Term renewed"),
                            ("count_missing", "Missing at the count"),
                            ("count_found", "Found at the count"),
                            ("void", "Voided"),
                        ],
                        max_length=14,
                    ),
                ),
                (
                    "from_state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("ordered", "Ordered"),
                            ("made", "Made"),
                            ("received", "In central stock"),
                            ("in_transit", "In transit"),
                            ("in_stock", "In store stock"),
                            ("sold", "Sold, not active yet"),
                            ("active", "Active"),
                            ("frozen", "Frozen"),
                            ("lost", "Reported lost"),
                            ("replaced", "Replaced"),
                            ("void", "Void"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("ordered", "Ordered"),
                            ("made", "Made"),
                            ("received", "In central stock"),
                            ("in_transit", "In transit"),
                            ("in_stock", "In store stock"),
                            ("sold", "Sold, not active yet"),
                            ("active", "Active"),
                            ("frozen", "Frozen"),
                            ("lost", "Reported lost"),
                            ("replaced", "Replaced"),
                            ("void", "Void"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=160)),
                ("source", models.CharField(blank=True, default="", max_length=64)),
                ("key", models.CharField(blank=True, default="", max_length=120)),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
                (
                    "card",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="movements", to="cards.card"
                    ),
                ),
                (
                    "from_store",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organization.store",
                    ),
                ),
                (
                    "to_store",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organization.store",
                    ),
                ),
                (
                    "shipment",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cards.shipment",
                    ),
                ),
                (
                    "stock_count",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cards.stockcount",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["card", "id"], name="card_history"),
                    models.Index(fields=["-at", "-id"], name="card_movement_newest"),
                    django.contrib.postgres.indexes.BrinIndex(fields=["written_xid"], name="card_movement_written"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("key", ""), _negated=True),
                        fields=("source", "key"),
                        name="card_movement_once_per_source",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CountedCard",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=32)),
                (
                    "count",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="seen", to="cards.stockcount"),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("count", "number"), name="counted_card_once")],
            },
        ),
        migrations.CreateModel(
            name="TopUp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("written_xid", models.BigIntegerField(db_default=regulars.core.synced.WrittenBy(), editable=False)),
                ("source", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=120)),
                ("owner_kind", models.CharField(max_length=8)),
                ("owner_id", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("principal_amount", models.BigIntegerField()),
                ("bonus_amount", models.BigIntegerField(default=0)),
                ("uses", models.PositiveIntegerField(default=0)),
                ("business_date", models.DateField()),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=160)),
                ("tender", models.CharField(max_length=16)),
                ("buyer", models.CharField(max_length=8)),
                ("buyer_identified", models.BooleanField(default=False)),
                ("law", models.CharField(max_length=60)),
                ("transfer_id", models.BigIntegerField(unique=True)),
                (
                    "card",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="top_ups", to="cards.card"),
                ),
                (
                    "store",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organization.store"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["owner_kind", "owner_id"], name="top_up_of_owner"),
                    models.Index(fields=["store", "-business_date"], name="top_up_of_store_day"),
                    django.contrib.postgres.indexes.BrinIndex(fields=["written_xid"], name="top_up_written"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("source", "key"), name="top_up_once_per_source"),
                    models.CheckConstraint(
                        condition=models.Q(("bonus_amount__gte", 0), ("principal_amount__gt", 0)), name="top_up_is_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TopUpRefund",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("written_xid", models.BigIntegerField(db_default=regulars.core.synced.WrittenBy(), editable=False)),
                ("source", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=120)),
                ("paid_out_amount", models.BigIntegerField()),
                ("bonus_taken_amount", models.BigIntegerField()),
                ("bonus_used_amount", models.BigIntegerField()),
                ("business_date", models.DateField()),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=160)),
                ("reason", models.CharField(max_length=200)),
                ("transfer_id", models.BigIntegerField(null=True, unique=True)),
                (
                    "store",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organization.store"),
                ),
                (
                    "top_up",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="refund", to="cards.topup"),
                ),
            ],
            options={
                "indexes": [django.contrib.postgres.indexes.BrinIndex(fields=["written_xid"], name="top_up_refund_written")],
                "constraints": [
                    models.UniqueConstraint(fields=("source", "key"), name="top_up_refund_once_per_source"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("bonus_taken_amount__gte", 0), ("bonus_used_amount__gte", 0), ("paid_out_amount__gte", 0)
                        ),
                        name="top_up_refund_not_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TopUpRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("currency", models.CharField(max_length=3)),
                ("pay_amount", models.BigIntegerField()),
                ("bonus_amount", models.BigIntegerField()),
                ("repeats", models.BooleanField(default=False)),
                ("bonus_lasts_days", models.PositiveIntegerField(blank=True, null=True)),
                ("valid_from", models.DateTimeField()),
                ("valid_to", models.DateTimeField(blank=True, null=True)),
                ("made_by", models.CharField(default="", max_length=160)),
                (
                    "type",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="top_up_rules",
                        to="cards.cardtype",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("bonus_amount__gt", 0), ("pay_amount__gt", 0)), name="top_up_rule_is_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("valid_to", None), ("valid_to__gte", models.F("valid_from")), _connector="OR"),
                        name="top_up_rule_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="topup",
            name="rule",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cards.topuprule"
            ),
        ),
        migrations.CreateModel(
            name="CountUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("written_xid", models.BigIntegerField(db_default=regulars.core.synced.WrittenBy(), editable=False)),
                ("source", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=120)),
                ("uses", models.PositiveIntegerField()),
                ("revenue_amount", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("business_date", models.DateField()),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=160)),
                ("transfer_id", models.BigIntegerField(unique=True)),
                (
                    "card",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="uses_taken", to="cards.card"),
                ),
                (
                    "store",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organization.store"),
                ),
            ],
            options={
                "indexes": [django.contrib.postgres.indexes.BrinIndex(fields=["written_xid"], name="count_use_written")],
                "constraints": [
                    models.UniqueConstraint(fields=("source", "key"), name="count_use_once_per_source"),
                    models.CheckConstraint(
                        condition=models.Q(("revenue_amount__gte", 0), ("uses__gt", 0)), name="count_use_is_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MemberPass",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.BigIntegerField(unique=True)),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="passes",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at", None), _negated=True), fields=["ended_at"], name="member_pass_ended"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("customer",), name="member_has_one_pass"
                    )
                ],
            },
        ),
        migrations.RunSQL(
            _ONLY_ACTIVE, "DROP TRIGGER cards_topup_active ON cards_topup; DROP FUNCTION regulars_top_up_active_cards()"
        ),
    ]
