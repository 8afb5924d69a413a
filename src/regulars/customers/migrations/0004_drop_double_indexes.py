"""Drop indexes that repeat the ones which foreign keys bring by themselves: each cost a write for every row."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_customer_joined")]

    operations = [
        migrations.RemoveIndex(model_name="customer", name="customer_home_store"),
        migrations.RemoveIndex(model_name="identifier", name="identifier_customer"),
        migrations.RemoveIndex(model_name="customerstore", name="customer_store_customer"),
    ]
