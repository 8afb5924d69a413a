"""Customers, identifiers, tags, notes and files."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import regulars.core.synced
from django.conf import settings
from django.db import migrations, models


from regulars.core.synced import touch_on_update


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0001_initial"),
        ("organization", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Customer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("written_xid", models.BigIntegerField(db_default=regulars.core.synced.WrittenBy(), editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("person", "Person"),
                            ("household", "Household"),
                            ("company", "Company"),
                            ("nameless", "Nameless"),
                        ],
                        default="person",
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(blank=True, default="", max_length=200)),
                (
                    "gender",
                    models.CharField(
                        blank=True,
                        choices=[("F", "Female"), ("M", "Male"), ("X", "Other"), ("", "Unknown")],
                        default="",
                        max_length=1,
                    ),
                ),
                ("age_band", models.CharField(blank=True, default="", max_length=20)),
                ("occupation", models.CharField(blank=True, default="", max_length=80)),
                ("education", models.CharField(blank=True, default="", max_length=40)),
                ("income_band", models.CharField(blank=True, default="", max_length=40)),
                ("marital_status", models.CharField(blank=True, default="", max_length=20)),
                ("household_size", models.CharField(blank=True, default="", max_length=10)),
                ("household_structure", models.CharField(blank=True, default="", max_length=60)),
                ("children", models.CharField(blank=True, default="", max_length=20)),
                ("home_ownership", models.CharField(blank=True, default="", max_length=40)),
                ("lifestyle", models.CharField(blank=True, default="", max_length=80)),
                ("preferred_channel", models.CharField(blank=True, default="", max_length=40)),
                ("language", models.CharField(blank=True, default="", max_length=10)),
                ("city", models.CharField(blank=True, default="", max_length=120)),
                ("custom", models.JSONField(blank=True, default=dict)),
                ("joined_on", models.DateField(null=True)),
                ("joined_through", models.CharField(blank=True, default="", max_length=80)),
                ("source", models.CharField(default="manual", max_length=64)),
                ("sealed", models.BinaryField(null=True)),
                ("completeness", models.PositiveSmallIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                (
                    "home_store",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organization.store",
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass(
                            django.db.models.functions.text.Upper("name"), name="gin_trgm_ops"
                        ),
                        name="customer_name_trigram",
                    ),
                    models.Index(fields=["home_store"], name="customer_home_store"),
                    models.Index(
                        condition=models.Q(("merged_into", None), _negated=True), fields=["merged_into"], name="customer_merged"
                    ),
                    models.Index(fields=["written_xid"], name="customer_written"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("merged_into", models.F("id")), _negated=True),
                        name="customer_not_merged_into_itself",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomField",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=40, unique=True)),
                ("label", models.CharField(max_length=80)),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("text", "Text"),
                            ("number", "Number"),
                            ("date", "Date"),
                            ("yes_no", "Yes No"),
                            ("choice", "Choice"),
                        ],
                        max_length=10,
                    ),
                ),
                ("choices", models.JSONField(blank=True, default=list)),
                ("is_personal", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="CustomerKey",
            fields=[
                (
                    "customer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="key",
                        serialize=False,
                        to="customers.customer",
                    ),
                ),
                ("wrapped", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="CustomerFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("content_type", models.CharField(max_length=80)),
                ("size_bytes", models.PositiveIntegerField()),
                ("stored_as", models.CharField(max_length=80)),
                ("added_by", models.CharField(max_length=160)),
                ("added_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="customers.customer"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CustomerStore",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateTimeField()),
                ("customer", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="customers.customer")),
                ("store", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="organization.store")),
            ],
            options={
                "indexes": [models.Index(fields=["customer"], name="customer_store_customer")],
                "constraints": [models.UniqueConstraint(fields=("store", "customer"), name="customer_known_in_store_once")],
            },
        ),
        migrations.CreateModel(
            name="Identifier",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("phone", "Phone"),
                            ("email", "Email"),
                            ("card", "Card"),
                            ("external", "External"),
                            ("openid", "Openid"),
                        ],
                        max_length=10,
                    ),
                ),
                ("namespace", models.CharField(blank=True, default="", max_length=64)),
                ("digest", models.BinaryField(max_length=32)),
                ("value", models.CharField(default="", max_length=200)),
                ("sealed", models.BinaryField(null=True)),
                ("hint", models.CharField(default="", max_length=80)),
                ("source", models.CharField(max_length=64)),
                ("verified_at", models.DateTimeField(null=True)),
                ("valid_from", models.DateTimeField()),
                ("valid_to", models.DateTimeField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="identifiers", to="customers.customer"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer"], name="identifier_customer"),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass(
                            django.db.models.functions.text.Upper("value"), name="gin_trgm_ops"
                        ),
                        name="identifier_value_trigram",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to", None)),
                        fields=("kind", "namespace", "digest"),
                        name="identifier_has_one_holder",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ["phone", "email"]), ("sealed__isnull", False), ("value", "")),
                            models.Q(
                                models.Q(("kind__in", ["phone", "email"]), _negated=True),
                                models.Q(("value", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="identifier_contact_is_sealed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("author", models.CharField(max_length=160)),
                ("text", models.TextField(max_length=4000)),
                ("created_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="customers.customer"
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="organization.store"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["customer", "-created_at"], name="note_newest")],
            },
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("manual", "Manual"), ("rule", "Rule"), ("model", "Model")],
                        default="manual",
                        max_length=10,
                    ),
                ),
                ("description", models.CharField(blank=True, default="", max_length=300)),
                ("rule_version", models.PositiveIntegerField(default=1)),
                ("lasts_days", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CustomerTag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("written_xid", models.BigIntegerField(db_default=regulars.core.synced.WrittenBy(), editable=False)),
                ("reason", models.CharField(max_length=300)),
                ("rule_version", models.PositiveIntegerField(default=1)),
                ("added_by", models.CharField(max_length=160)),
                ("added_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True)),
                ("removed_at", models.DateTimeField(null=True)),
                ("removed_by", models.CharField(default="", max_length=160)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tags", to="customers.customer"
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="customers", to="customers.tag"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("removed_at", None)), fields=["tag", "customer"], name="tag_customers")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("removed_at", None)), fields=("customer", "tag"), name="customer_has_tag_once"
                    )
                ],
            },
        ),
        touch_on_update("customers_customer", "customers_customertag"),
    ]
