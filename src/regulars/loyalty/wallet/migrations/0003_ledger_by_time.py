"""The ledger's pages begin with what happened last, not with what was posted last."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0002_receipts_may_leave"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(fields=["at"], name="transfer_happened"),
        ),
    ]
