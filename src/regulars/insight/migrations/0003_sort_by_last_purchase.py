"""Let the customer list sort by the last purchase without reading every customer's figures."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("insight", "0002_add_rhythm")]

    operations = [
        migrations.AddIndex(
            model_name="customerfigures",
            index=models.Index(fields=["-last_purchase_date"], name="figures_last"),
        ),
    ]
