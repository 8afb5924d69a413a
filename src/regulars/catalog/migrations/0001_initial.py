"""Products and their groups."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import regulars.core.synced
from django.db import migrations, models


from regulars.core.synced import touch_on_update


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Brand",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("written_xid", models.BigIntegerField(db_default=regulars.core.synced.WrittenBy(), editable=False)),
                ("name", models.CharField(max_length=200, unique=True)),
                ("private_label", models.BooleanField(default=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Supplier",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("written_xid", models.BigIntegerField(db_default=regulars.core.synced.WrittenBy(), editable=False)),
                ("code", models.CharField(max_length=64, unique=True)),
                ("name", models.CharField(max_length=200)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Category",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("written_xid", models.BigIntegerField(db_default=regulars.core.synced.WrittenBy(), editable=False)),
                ("path", models.CharField(max_length=400, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("level", models.PositiveSmallIntegerField()),
                ("counts_units", models.BooleanField(default=True)),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="catalog.category",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["parent"], name="category_parent")],
            },
        ),
        migrations.CreateModel(
            name="Product",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("written_xid", models.BigIntegerField(db_default=regulars.core.synced.WrittenBy(), editable=False)),
                ("sku", models.CharField(max_length=64, unique=True)),
                ("name", models.CharField(max_length=300)),
                ("barcode", models.CharField(default="", max_length=64)),
                ("package_size", models.CharField(default="", max_length=80)),
                ("counts_units", models.BooleanField(default=True)),
                ("price_amount", models.BigIntegerField(null=True)),
                ("cost_amount", models.BigIntegerField(null=True)),
                ("is_placeholder", models.BooleanField(default=False)),
                ("source", models.CharField(default="manual", max_length=64)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                (
                    "brand",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="products",
                        to="catalog.brand",
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="products",
                        to="catalog.category",
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="products",
                        to="catalog.supplier",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["category"], name="product_category"),
                    models.Index(
                        condition=models.Q(("barcode", ""), _negated=True), fields=["barcode"], name="product_barcode"
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass(
                            django.db.models.functions.text.Upper("name"), name="gin_trgm_ops"
                        ),
                        name="product_name_trigram",
                    ),
                ],
            },
        ),
        touch_on_update("catalog_category", "catalog_brand", "catalog_supplier", "catalog_product"),
    ]
