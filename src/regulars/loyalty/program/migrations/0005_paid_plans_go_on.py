"""Paid plans that go on by themselves, what partners pay for, days of draws, refused referrals."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0004_drop_double_indexes"),
        ("organization", "0003_drop_double_index"),
        ("program", "0004_rewards"),
    ]

    operations = [
        migrations.CreateModel(
            name="PartnerPayment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("points", models.PositiveIntegerField()),
                ("paid_amount", models.BigIntegerField()),
                ("key", models.CharField(max_length=120)),
                ("paid_by", models.CharField(max_length=160)),
                ("paid_at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveIndex(
            model_name="membership",
            name="member_customer",
        ),
        migrations.AddField(
            model_name="draw",
            name="ends_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="draw",
            name="starts_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="paidperiod",
            name="closed_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="paidperiod",
            name="renews",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="paidperiod",
            name="sold_by",
            field=models.CharField(default="", max_length=160),
        ),
        migrations.AddField(
            model_name="paidperiod",
            name="store",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organization.store"
            ),
        ),
        migrations.AddField(
            model_name="paidperiod",
            name="tender",
            field=models.CharField(
                choices=[
                    ("cash", "Cash"),
                    ("card", "Bank card"),
                    ("wallet", "Mobile wallet"),
                    ("stored_value", "Stored value"),
                    ("other", "Other"),
                ],
                default="other",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="paidperiod",
            name="told_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="paidperiod",
            name="transfer_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="paidplan",
            name="notice_days",
            field=models.PositiveSmallIntegerField(default=5),
        ),
        migrations.AddField(
            model_name="paidplan",
            name="renews",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="referral",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Waits for the first purchase to be kept"),
                    ("rewarded", "Rewarded"),
                    ("held_back", "Held back: looks like a ring"),
                    ("refused", "Refused"),
                ],
                default="waiting",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="paidperiod",
            index=models.Index(
                condition=models.Q(("closed_on", None), ("ended_on", None)), fields=["ends_on"], name="paid_period_running"
            ),
        ),
        migrations.AddField(
            model_name="partnerpayment",
            name="partner",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="payments", to="program.partner"),
        ),
        migrations.AddConstraint(
            model_name="partnerpayment",
            constraint=models.UniqueConstraint(fields=("partner", "key"), name="partner_payment_once"),
        ),
    ]
