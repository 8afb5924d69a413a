"""Benefits, paid membership, gifts with stock, partners, play and referral."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0004_drop_double_indexes"),
        ("organization", "0003_drop_double_index"),
        ("program", "0003_replays"),
        ("sales", "0005_check_keys_by_sets"),
    ]

    operations = [
        migrations.CreateModel(
            name="Badge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40)),
                ("name", models.CharField(max_length=120)),
                (
                    "measure",
                    models.CharField(
                        choices=[("visits", "Visits"), ("streak", "Sign-ins in a row"), ("referrals", "Friends referred")],
                        max_length=10,
                    ),
                ),
                ("from_value", models.PositiveIntegerField()),
                ("points", models.PositiveIntegerField(default=0)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "program",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="badges", to="program.program"),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("program", "code"), name="badge_code")],
            },
        ),
        migrations.CreateModel(
            name="BadgeHeld",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateTimeField()),
                (
                    "badge",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="holders", to="program.badge"),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="badges", to="customers.customer"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("badge", "customer"), name="badge_held_once")],
            },
        ),
        migrations.CreateModel(
            name="Benefit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40)),
                ("name", models.CharField(max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("discount", "Discount"),
                            ("shipping", "Free shipping"),
                            ("priority", "Priority service"),
                            ("birthday", "Birthday gift"),
                            ("trial", "Trial"),
                            ("other", "Other"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "tiers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                    ),
                ),
                (
                    "plans",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                    ),
                ),
                ("strength", models.PositiveIntegerField(default=0)),
                ("quota", models.PositiveIntegerField(default=1)),
                (
                    "period",
                    models.CharField(
                        choices=[("day", "a day"), ("month", "a month"), ("year", "a year"), ("ever", "once and for all")],
                        default="year",
                        max_length=5,
                    ),
                ),
                ("cost_amount", models.BigIntegerField(default=0)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="benefits", to="program.program"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("program", "code"), name="benefit_code")],
            },
        ),
        migrations.CreateModel(
            name="BenefitUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("period", models.CharField(max_length=10)),
                ("number", models.PositiveIntegerField()),
                ("source", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=120)),
                ("cost_amount", models.BigIntegerField()),
                ("used_by", models.CharField(max_length=160)),
                ("used_at", models.DateTimeField()),
                (
                    "benefit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="program.benefit"),
                ),
                (
                    "customer",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"),
                ),
                (
                    "store",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organization.store"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["customer", "-used_at"], name="benefit_use_of_customer")],
                "constraints": [
                    models.UniqueConstraint(fields=("benefit", "customer", "period", "number"), name="benefit_use_number"),
                    models.UniqueConstraint(fields=("source", "key"), name="benefit_use_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Draw",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40)),
                ("name", models.CharField(max_length=160)),
                ("points_price", models.PositiveIntegerField(default=0)),
                ("per_day", models.PositiveIntegerField(default=1)),
                ("budget_amount", models.BigIntegerField()),
                ("spent_amount", models.BigIntegerField(default=0)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "program",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="draws", to="program.program"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("program", "code"), name="draw_code"),
                    models.CheckConstraint(
                        condition=models.Q(("spent_amount__lte", models.F("budget_amount"))), name="draw_within_budget"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Gift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40)),
                ("name", models.CharField(max_length=160)),
                ("points_price", models.PositiveIntegerField()),
                ("cost_amount", models.BigIntegerField(default=0)),
                ("per_member", models.PositiveIntegerField(blank=True, null=True)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "program",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="gifts", to="program.program"),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("program", "code"), name="gift_code")],
            },
        ),
        migrations.CreateModel(
            name="GiftOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("reserved", "Waits in the store"), ("handed_out", "Handed out"), ("cancelled", "Cancelled")],
                        default="reserved",
                        max_length=10,
                    ),
                ),
                ("points", models.PositiveIntegerField()),
                ("source", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=120)),
                ("ordered_at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(default="", max_length=160)),
                ("transfer_id", models.BigIntegerField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="gift_orders", to="customers.customer"
                    ),
                ),
                (
                    "gift",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="orders", to="program.gift"),
                ),
                (
                    "store",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organization.store"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("state", "reserved")), fields=["until"], name="gift_order_waiting"),
                    models.Index(fields=["customer", "-ordered_at"], name="gift_order_of_customer"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("source", "key"), name="gift_order_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("state", "reserved")),
                            models.Q(models.Q(("state", "reserved"), _negated=True), ("decided_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="gift_order_decided_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GiftStock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on_hand", models.IntegerField(default=0)),
                ("reserved", models.IntegerField(default=0)),
                (
                    "gift",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="stock", to="program.gift"),
                ),
                (
                    "store",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organization.store"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("gift", "store"), name="gift_stock_once"),
                    models.CheckConstraint(
                        condition=models.Q(("on_hand__gte", models.F("reserved")), ("reserved__gte", 0)),
                        name="gift_stock_is_there",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaidPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40)),
                ("name", models.CharField(max_length=120)),
                ("price_amount", models.BigIntegerField()),
                ("months", models.PositiveSmallIntegerField(default=12)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "program",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="plans", to="program.program"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("program", "code"), name="paid_plan_code"),
                    models.CheckConstraint(
                        condition=models.Q(("months__gt", 0), ("price_amount__gte", 0)), name="paid_plan_has_a_price"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaidPeriod",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("price_amount", models.BigIntegerField()),
                ("source", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=120)),
                ("paid_at", models.DateTimeField()),
                ("ended_on", models.DateField(null=True)),
                ("refunded_amount", models.BigIntegerField(default=0)),
                ("refunded_at", models.DateTimeField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="paid_periods", to="customers.customer"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="periods", to="program.paidplan"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["customer", "ends_on"], name="paid_period_of_customer")],
                "constraints": [
                    models.UniqueConstraint(fields=("source", "key"), name="paid_period_once_per_payment"),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on", None)),
                        fields=("plan", "customer", "starts_on"),
                        name="paid_period_renewed_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gt", models.F("starts_on"))), name="paid_period_has_a_length"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("refunded_amount__gte", 0), ("refunded_amount__lte", models.F("price_amount"))),
                        name="paid_period_refund_fits",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Partner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40)),
                ("name", models.CharField(max_length=160)),
                ("our_points", models.PositiveIntegerField(default=1)),
                ("their_points", models.PositiveIntegerField(default=1)),
                ("prepaid_points", models.BigIntegerField(default=0)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="partners", to="program.program"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("program", "code"), name="partner_code"),
                    models.CheckConstraint(
                        condition=models.Q(("our_points__gt", 0), ("prepaid_points__gte", 0), ("their_points__gt", 0)),
                        name="partner_has_a_rate",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PartnerExchange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("direction", models.CharField(choices=[("in", "In"), ("out", "Out")], max_length=3)),
                ("points", models.PositiveIntegerField()),
                ("their_points", models.PositiveIntegerField()),
                ("key", models.CharField(max_length=120)),
                ("transfer_id", models.BigIntegerField()),
                ("exchanged_at", models.DateTimeField()),
                (
                    "customer",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="exchanges", to="program.partner"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["partner", "exchanged_at"], name="partner_exchange_by_day")],
                "constraints": [models.UniqueConstraint(fields=("partner", "key"), name="partner_exchange_once")],
            },
        ),
        migrations.CreateModel(
            name="Prize",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=160)),
                ("weight", models.PositiveIntegerField()),
                ("points", models.PositiveIntegerField(default=0)),
                ("cost_amount", models.BigIntegerField(default=0)),
                ("stock", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "draw",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="prizes", to="program.draw"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DrawTurn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("number", models.PositiveIntegerField()),
                ("key", models.CharField(max_length=120)),
                ("odds", models.JSONField()),
                ("drawn", models.BigIntegerField()),
                ("cost_amount", models.BigIntegerField()),
                ("turned_at", models.DateTimeField()),
                (
                    "customer",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"),
                ),
                (
                    "draw",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="turns", to="program.draw"),
                ),
                ("prize", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="program.prize")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("draw", "key"), name="draw_turn_once"),
                    models.UniqueConstraint(fields=("draw", "customer", "day", "number"), name="draw_turn_number"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Referral",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("referred_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits for the first purchase to be kept"),
                            ("rewarded", "Rewarded"),
                            ("held_back", "Held back: looks like a ring"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("signs", models.JSONField(default=list)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="referrals", to="program.program"
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sales.receipt"
                    ),
                ),
                (
                    "referred",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="referrals_of", to="customers.customer"
                    ),
                ),
                (
                    "referrer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="referrals_made", to="customers.customer"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["referrer"], name="referral_of_referrer")],
                "constraints": [
                    models.UniqueConstraint(fields=("program", "referred"), name="referred_once"),
                    models.CheckConstraint(
                        condition=models.Q(("referrer", models.F("referred")), _negated=True), name="nobody_refers_themselves"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SignIn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("streak", models.PositiveIntegerField()),
                ("points", models.PositiveIntegerField()),
                (
                    "customer",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"),
                ),
                (
                    "program",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="program.program"),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("program", "customer", "day"), name="sign_in_once_a_day")],
            },
        ),
    ]
