"""Drop indexes that repeat the ones which foreign keys bring by themselves: each cost a write for every row."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("organization", "0002_approval")]

    operations = [
        migrations.RemoveIndex(model_name="store", name="store_region"),
    ]
