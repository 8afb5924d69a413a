"""Drop indexes that repeat the ones which foreign keys bring by themselves: each cost a write for every row."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [
        migrations.RemoveIndex(model_name="category", name="category_parent"),
        migrations.RemoveIndex(model_name="product", name="product_category"),
    ]
