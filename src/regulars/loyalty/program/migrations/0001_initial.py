"""Programs, versions of rules, members with their tiers, and what receipts earned."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


# A published version is what entries of the ledger name: it may never become another one.
KEEP_PUBLISHED = """
CREATE FUNCTION regulars_keep_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'a published version of the rules does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER rule_version_keeps BEFORE UPDATE OR DELETE ON program_ruleversion
    FOR EACH ROW EXECUTE FUNCTION regulars_keep_published();
"""
LET_GO = "DROP TRIGGER rule_version_keeps ON program_ruleversion; DROP FUNCTION regulars_keep_published()"


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("customers", "0003_customer_joined"),
        ("organization", "0002_approval"),
        ("sales", "0005_check_keys_by_sets"),
    ]

    operations = [
        migrations.CreateModel(
            name="Program",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=30, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("currency", models.CharField(max_length=3)),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="RuleVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("body", models.JSONField()),
                ("note", models.CharField(blank=True, default="", max_length=300)),
                ("effective_from", models.DateField(null=True)),
                ("drafted_by", models.CharField(max_length=160)),
                ("drafted_at", models.DateTimeField()),
                ("published_by", models.CharField(default="", max_length=160)),
                ("published_at", models.DateTimeField(null=True)),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="program.program"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("published_at", None), _negated=True),
                        fields=["program", "effective_from", "number"],
                        name="rule_version_in_force",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("program", "number"), name="rule_version_number"),
                    models.CheckConstraint(
                        condition=models.Q(("published_at", None), ("effective_from__isnull", False), _connector="OR"),
                        name="rule_version_published_with_a_date",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Earning",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("transfer_id", models.BigIntegerField(null=True)),
                ("business_date", models.DateField()),
                ("tier", models.CharField(default="", max_length=40)),
                ("paid_plan", models.CharField(default="", max_length=40)),
                ("points", models.BigIntegerField()),
                ("growth", models.BigIntegerField()),
                ("spend_amount", models.BigIntegerField()),
                ("line_nos", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
                ("line_amounts", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("line_points", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("line_growth", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("bonuses", models.JSONField(default=list)),
                ("by_rule", models.JSONField(default=dict)),
                ("earned_at", models.DateTimeField()),
                ("note", models.CharField(default="", max_length=300)),
                (
                    "customer",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="customers.customer"),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="earnings", to="sales.receipt"
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="program.program"),
                ),
                (
                    "version",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="program.ruleversion"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["customer", "program", "business_date"], name="earning_of_customer")],
                "constraints": [
                    models.UniqueConstraint(fields=("receipt", "program"), name="earning_once_per_receipt"),
                    models.CheckConstraint(
                        condition=models.Q(("growth__gte", 0), ("points__gte", 0)), name="earning_is_no_debt"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TakenBack",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("transfer_id", models.BigIntegerField(null=True)),
                ("business_date", models.DateField()),
                ("earned_on", models.DateField()),
                ("points", models.BigIntegerField()),
                ("growth", models.BigIntegerField()),
                ("spend_amount", models.BigIntegerField()),
                ("visits", models.SmallIntegerField()),
                ("forgiven_points", models.BigIntegerField(default=0)),
                ("refund_less_amount", models.BigIntegerField(default=0)),
                ("by_line", models.JSONField(default=dict)),
                ("by_bonus", models.JSONField(default=dict)),
                ("taken_at", models.DateTimeField()),
                (
                    "customer",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="customers.customer"),
                ),
                (
                    "earning",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taken_back",
                        to="program.earning",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="program.program"),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sales.receipt"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["receipt"], name="taken_back_by_return"),
                    models.Index(fields=["customer", "program", "earned_on"], name="taken_back_of_customer"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("earning", "receipt"), name="taken_back_once_per_return"),
                    models.CheckConstraint(
                        condition=models.Q(("growth__gte", 0), ("points__gte", 0)), name="taken_back_gives_nothing"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TierSpell",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tier", models.CharField(max_length=40)),
                ("before", models.CharField(default="", max_length=40)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("joined", "Joined"),
                            ("reached", "Reached"),
                            ("not_kept", "Not Kept"),
                            ("returned", "Returned"),
                            ("by_hand", "By Hand"),
                            ("ladder", "Ladder"),
                            ("merged", "Merged"),
                        ],
                        max_length=12,
                    ),
                ),
                ("why", models.JSONField(default=dict)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tier_spells", to="customers.customer"
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="spells", to="program.program"),
                ),
                (
                    "version",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="program.ruleversion"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["customer", "-since"], name="tier_spell_of_customer")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until", None)), fields=("program", "customer"), name="tier_now_is_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until", None), ("until__gte", models.F("since")), _connector="OR"),
                        name="tier_spell_runs_forward",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("joined_on", models.DateField()),
                ("joined_at", models.DateTimeField()),
                ("associate", models.CharField(default="", max_length=80)),
                ("channel", models.CharField(default="", max_length=40)),
                ("tier", models.CharField(default="", max_length=40)),
                ("secured", models.CharField(default="", max_length=40)),
                ("period_from", models.DateField()),
                ("period_until", models.DateField()),
                ("fall_on", models.DateField(null=True)),
                ("fall_to", models.CharField(default="", max_length=40)),
                ("closed_on", models.DateField(null=True)),
                ("left_at", models.DateTimeField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to="customers.customer"
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organization.store"
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="members", to="program.program"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer"], name="member_customer"),
                    models.Index(fields=["program", "period_until"], name="member_period_ends"),
                    models.Index(
                        condition=models.Q(("fall_on", None), _negated=True), fields=["program", "fall_on"], name="member_falls"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("program", "customer"), name="member_once_in_a_program"),
                    models.CheckConstraint(
                        condition=models.Q(("period_until__gt", models.F("period_from"))), name="member_period_has_a_length"
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEEP_PUBLISHED, LET_GO),
    ]
