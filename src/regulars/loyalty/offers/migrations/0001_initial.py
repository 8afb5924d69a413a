"""Offers with versions, their limits, coupons, reservations and redemptions."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import regulars.core.synced
from django.db import migrations, models
from regulars.core.synced import touch_on_update


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
                ("actor", models.CharField(max_length=160, primary_key=True, serialize=False)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("since", models.DateTimeField()),
                ("locked_until", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="LiveStamp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("pk", 1)), name="live_stamp_is_one")],
            },
        ),
        migrations.CreateModel(
            name="Offer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("written_xid", models.BigIntegerField(db_default=regulars.core.synced.WrittenBy(), editable=False)),
                ("code", models.CharField(max_length=40, unique=True)),
                ("title", models.CharField(max_length=120)),
                ("description", models.CharField(blank=True, default="", max_length=500)),
                ("is_coupon", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("live", "Live"), ("stopped", "Stopped"), ("archived", "Archived")],
                        default="draft",
                        max_length=8,
                    ),
                ),
                ("draft", models.JSONField(null=True)),
                ("is_historical", models.BooleanField(default=False)),
                ("source", models.CharField(default="manual", max_length=64)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(default="", max_length=160)),
                ("updated_at", models.DateTimeField()),
                ("stopped_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["state", "code"], name="offer_by_state")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "stopped"), ("stopped_at__isnull", False)),
                            models.Q(models.Q(("state", "stopped"), _negated=True), ("stopped_at", None)),
                            _connector="OR",
                        ),
                        name="offer_stopped_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CouponBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("size", models.PositiveIntegerField()),
                ("note", models.CharField(blank=True, default="", max_length=160)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(default="", max_length=160)),
                ("downloaded_at", models.DateTimeField(null=True)),
                ("downloaded_by", models.CharField(default="", max_length=160)),
                (
                    "offer",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="batches", to="offers.offer"),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("size__gte", 1), ("size__lte", 200000)), name="batch_size_sane")
                ],
            },
        ),
        migrations.CreateModel(
            name="Coupon",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("written_xid", models.BigIntegerField(db_default=regulars.core.synced.WrittenBy(), editable=False)),
                ("seed", models.BinaryField(max_length=16)),
                ("digest", models.BinaryField(max_length=32, unique=True)),
                ("hint", models.CharField(default="", max_length=4)),
                (
                    "state",
                    models.CharField(
                        choices=[("ready", "Ready"), ("reserved", "Reserved"), ("used", "Used"), ("void", "Void")],
                        default="ready",
                        max_length=8,
                    ),
                ),
                ("is_shared", models.BooleanField(default=False)),
                ("uses", models.PositiveIntegerField(default=0)),
                ("uses_max", models.PositiveIntegerField(default=1)),
                ("valid_from", models.DateField(null=True)),
                ("valid_until", models.DateField(null=True)),
                ("origin", models.CharField(default="", max_length=120)),
                ("gifts", models.PositiveSmallIntegerField(default=0)),
                ("reserved_key", models.CharField(default="", max_length=160)),
                ("reserved_until", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField()),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to="customers.customer"
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="coupons", to="offers.couponbatch"
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="coupons", to="offers.offer"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(models.Q(("customer", None), _negated=True), ("state", "ready")),
                        fields=["customer", "valid_until"],
                        name="coupon_at_hand",
                    ),
                    models.Index(fields=["offer", "-id"], name="coupon_of_offer"),
                    models.Index(fields=["written_xid"], name="coupon_written"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("origin", ""), _negated=True),
                        fields=("offer", "customer", "origin"),
                        name="coupon_claimed_once_per_key",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_shared", True), ("uses__lte", models.F("uses_max")), _connector="OR"),
                        name="coupon_used_within_limit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_shared", False), ("uses", 0), _connector="OR"),
                        name="coupon_shared_is_not_counted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reserved_until__isnull", False), ("state", "reserved")),
                            models.Q(models.Q(("state", "reserved"), _negated=True), ("reserved_until", None)),
                            _connector="OR",
                        ),
                        name="coupon_reserved_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Allowance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("purpose", models.CharField(choices=[("use", "Use"), ("claim", "Claim")], max_length=5)),
                ("shard", models.PositiveSmallIntegerField()),
                ("uses", models.BigIntegerField(default=0)),
                ("uses_max", models.BigIntegerField(null=True)),
                ("amount", models.BigIntegerField(default=0)),
                ("amount_max", models.BigIntegerField(null=True)),
                (
                    "offer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allowances",
                        to="offers.offer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("offer", "purpose", "shard"), name="allowance_once"),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0), ("uses__gte", 0)), name="allowance_counts_from_zero"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("uses_max", None), ("uses__lte", models.F("uses_max")), _connector="OR"),
                        name="allowance_of_uses_kept",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_max", None), ("amount__lte", models.F("amount_max")), _connector="OR"),
                        name="allowance_of_budget_kept",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OfferVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("written_xid", models.BigIntegerField(db_default=regulars.core.synced.WrittenBy(), editable=False)),
                ("number", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=120)),
                ("terms", models.JSONField()),
                ("published_at", models.DateTimeField()),
                ("published_by", models.CharField(default="", max_length=160)),
                (
                    "offer",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="offers.offer"
                    ),
                ),
            ],
            options={
                "indexes": [django.contrib.postgres.indexes.BrinIndex(fields=["written_xid"], name="offer_version_written")],
                "constraints": [models.UniqueConstraint(fields=("offer", "number"), name="offer_version_once")],
            },
        ),
        migrations.CreateModel(
            name="PersonalUse",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "offer_id", "customer_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("uses", models.IntegerField(default=0)),
                ("claims", models.IntegerField(default=0)),
                ("customer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="customers.customer")),
                ("offer", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="offers.offer")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("claims__gte", 0), ("uses__gte", 0)), name="personal_use_counts_from_zero"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Redemption",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("written_xid", models.BigIntegerField(db_default=regulars.core.synced.WrittenBy(), editable=False)),
                ("source", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=160)),
                ("kind", models.CharField(choices=[("use", "Use"), ("give_back", "Give Back")], max_length=9)),
                ("business_date", models.DateField()),
                ("at", models.DateTimeField()),
                ("uses", models.SmallIntegerField()),
                ("amount", models.BigIntegerField()),
                ("lines", models.JSONField()),
                ("is_personal", models.BooleanField(default=False)),
                ("shard", models.PositiveSmallIntegerField(null=True)),
                ("is_historical", models.BooleanField(default=False)),
                (
                    "coupon",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="redemptions",
                        to="offers.coupon",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to="customers.customer"
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="redemptions",
                        to="offers.offer",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to="organization.store"
                    ),
                ),
                (
                    "use_of",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="given_back",
                        to="offers.redemption",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="offers.offerversion"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["offer", "-id"], name="redemption_of_offer"),
                    models.Index(
                        condition=models.Q(("coupon", None), _negated=True), fields=["coupon"], name="redemption_of_coupon"
                    ),
                    models.Index(
                        condition=models.Q(("customer", None), _negated=True),
                        fields=["customer", "-id"],
                        name="redemption_of_customer",
                    ),
                    models.Index(
                        condition=models.Q(("use_of", None), _negated=True), fields=["use_of"], name="redemption_given_back"
                    ),
                    django.contrib.postgres.indexes.BrinIndex(fields=["written_xid"], name="redemption_written"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "key", "offer", "coupon", "use_of"), name="redemption_once", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount__gte", 0), ("kind", "use"), ("use_of", None), ("uses", 1)),
                            models.Q(
                                ("amount__lte", 0), ("kind", "give_back"), ("use_of__isnull", False), ("uses__in", (0, -1))
                            ),
                            _connector="OR",
                        ),
                        name="redemption_is_one_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reservation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=160)),
                ("is_personal", models.BooleanField(default=False)),
                ("shard", models.PositiveSmallIntegerField(null=True)),
                ("amount", models.BigIntegerField()),
                ("until", models.DateTimeField()),
                (
                    "coupon",
                    models.ForeignKey(
                        db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to="offers.coupon"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to="customers.customer"
                    ),
                ),
                ("offer", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="offers.offer")),
            ],
            options={
                "indexes": [models.Index(fields=["until"], name="reservation_stale")],
                "constraints": [
                    models.UniqueConstraint(fields=("key", "offer", "coupon"), name="reservation_once", nulls_distinct=False)
                ],
            },
        ),
        migrations.CreateModel(
            name="CouponEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("written_xid", models.BigIntegerField(db_default=regulars.core.synced.WrittenBy(), editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("claimed", "Claimed"),
                            ("bound", "Bound to a customer"),
                            ("given", "Passed on"),
                            ("voided", "Voided"),
                            ("moved", "Moved to a merged customer"),
                        ],
                        max_length=8,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(default="", max_length=160)),
                ("note", models.CharField(default="", max_length=200)),
                (
                    "coupon",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="events", to="offers.coupon"),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "indexes": [django.contrib.postgres.indexes.BrinIndex(fields=["written_xid"], name="coupon_event_written")],
            },
        ),
        touch_on_update("offers_offer", "offers_coupon"),
        migrations.RunSQL(
            """
            INSERT INTO offers_livestamp (id, number) VALUES (1, 0);
            ALTER TABLE offers_allowance SET (fillfactor = 50); -- a counter is updated in place, again and again
            ALTER TABLE offers_personaluse SET (fillfactor = 80);
            """,
            "",
        ),
    ]
