"""Let the customer list sort by the day of joining without reading every customer."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_customer_by_name")]

    operations = [
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(fields=["joined_on"], name="customer_joined"),
        ),
    ]
