"""The outbox; the functions that number transactions; trigram search."""

import django.db.models.deletion
from django.db import migrations, models


from django.contrib.postgres.operations import TrigramExtension

from regulars.core.synced import CREATE_FUNCTIONS


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        # trigram search of names; trusted, so the owner may create it
        TrigramExtension(),
        migrations.RunSQL(
            CREATE_FUNCTIONS,
            "DROP FUNCTION regulars_touch(); DROP FUNCTION regulars_xid_horizon(); DROP FUNCTION regulars_xid();"
            " DROP FUNCTION regulars_xid_offset()",
        ),
        migrations.CreateModel(
            name="OutboxEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("payload", models.JSONField()),
                ("occurred_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="OutboxDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subscriber", models.CharField(max_length=120)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("last_error", models.CharField(default="", max_length=200)),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="core.outboxevent"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(condition=models.Q(("done_at", None)), fields=["id"], name="outbox_waiting")],
                "constraints": [models.UniqueConstraint(fields=("event", "subscriber"), name="outbox_once_per_subscriber")],
            },
        ),
    ]
