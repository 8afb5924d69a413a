"""What a second person has to approve."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("organization", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Approval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=80)),
                ("action", models.CharField(max_length=80)),
                ("payload", models.JSONField()),
                ("asked_label", models.CharField(max_length=160)),
                ("asked_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("is_approved", models.BooleanField(null=True)),
                ("used", models.BooleanField(default=False)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(condition=Q(("decided_at", None)), fields=["asked_at"], name="approval_waiting")],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(("decided_by", F("asked_by")), _negated=True), name="approval_by_a_second_person"
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            Q(("decided_at", None), ("is_approved", None)),
                            Q(("decided_at__isnull", False), ("is_approved__isnull", False)),
                            _connector="OR",
                        ),
                        name="approval_decided_whole",
                    ),
                    models.CheckConstraint(
                        condition=Q(("used", False), ("is_approved", True), _connector="OR"),
                        name="approval_used_when_given",
                    ),
                ],
            },
        ),
    ]
