"""A file of opening balances is a kind of import."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("gateway", "0002_idempotency_key"),
    ]

    operations = [
        migrations.AlterField(
            model_name="importbatch",
            name="kind",
            field=models.CharField(
                choices=[
                    ("stores", "Stores"),
                    ("products", "Products"),
                    ("customers", "Customers"),
                    ("receipts", "Receipts"),
                    ("returns", "Returns"),
                    ("balances", "Balances"),
                ],
                max_length=12,
            ),
        ),
    ]
