"""Regions, stores, staff, grants, keys, audit."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import regulars.core.synced
from django.conf import settings
from django.db import migrations, models


from regulars.core.synced import touch_on_update


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("is_active", models.BooleanField(default=True)),
                ("language", models.CharField(default="", max_length=10)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("written_xid", models.BigIntegerField(db_default=regulars.core.synced.WrittenBy(), editable=False)),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=160)),
                ("person_id", models.BigIntegerField(null=True)),
                ("key_id", models.BigIntegerField(null=True)),
                ("action", models.CharField(max_length=80)),
                ("object_type", models.CharField(default="", max_length=80)),
                ("object_id", models.CharField(default="", max_length=80)),
                ("store_id", models.BigIntegerField(null=True)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                ("note", models.CharField(default="", max_length=300)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["object_type", "object_id", "-at"], name="audit_object"),
                    models.Index(fields=["-at", "-id"], name="audit_newest"),
                    django.contrib.postgres.indexes.BrinIndex(fields=["written_xid"], name="audit_written"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("written_xid", models.BigIntegerField(db_default=regulars.core.synced.WrittenBy(), editable=False)),
                ("from_xid", models.BigIntegerField(unique=True)),
                ("to_xid", models.BigIntegerField(unique=True)),
                ("entries", models.PositiveIntegerField()),
                ("digest", models.BinaryField(max_length=32)),
                ("sealed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("to_xid__gt", models.F("from_xid"))), name="audit_seal_has_a_span"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Company",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("currency", models.CharField(max_length=3)),
                ("timezone", models.CharField(max_length=64)),
                ("country", models.CharField(max_length=2)),
                ("settings", models.JSONField(default=dict)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("pk", 1)), name="company_is_one")],
            },
        ),
        migrations.CreateModel(
            name="Region",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("written_xid", models.BigIntegerField(db_default=regulars.core.synced.WrittenBy(), editable=False)),
                ("code", models.CharField(max_length=64, unique=True)),
                ("name", models.CharField(max_length=200)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="organization.region",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SignInLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token_hash", models.BinaryField(max_length=32, unique=True)),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name="Store",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("written_xid", models.BigIntegerField(db_default=regulars.core.synced.WrittenBy(), editable=False)),
                ("code", models.CharField(max_length=64, unique=True)),
                ("name", models.CharField(max_length=200)),
                (
                    "format",
                    models.CharField(
                        choices=[
                            ("supermarket", "Supermarket"),
                            ("convenience", "Convenience"),
                            ("department", "Department"),
                            ("apparel", "Apparel"),
                            ("pharmacy", "Pharmacy"),
                            ("beauty", "Beauty"),
                            ("online", "Online"),
                            ("other", "Other"),
                        ],
                        default="other",
                        max_length=16,
                    ),
                ),
                ("timezone", models.CharField(max_length=64)),
                ("day_cutoff_minutes", models.PositiveSmallIntegerField(default=0)),
                ("open_hours", models.JSONField(default=dict)),
                ("currency", models.CharField(max_length=3)),
                ("address", models.CharField(default="", max_length=300)),
                ("city", models.CharField(default="", max_length=120)),
                ("latitude", models.FloatField(null=True)),
                ("longitude", models.FloatField(null=True)),
                ("size_sqm", models.PositiveIntegerField(null=True)),
                ("opened_on", models.DateField(null=True)),
                ("closed_on", models.DateField(null=True)),
                ("source", models.CharField(default="manual", max_length=64)),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stores",
                        to="organization.region",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["region"], name="store_region")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("day_cutoff_minutes__lt", 1440)), name="store_cutoff_within_a_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_on", None), ("opened_on", None), ("closed_on__gte", models.F("opened_on")), _connector="OR"
                        ),
                        name="store_closes_after_opening",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Grant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("pos", "POS device"),
                            ("associate", "Store associate"),
                            ("store_manager", "Store manager"),
                            ("region_manager", "Region manager"),
                            ("marketer", "Marketer"),
                            ("analyst", "Analyst"),
                            ("support", "Support agent"),
                            ("finance", "Finance"),
                            ("privacy", "Privacy officer"),
                            ("admin", "Administrator"),
                            ("integration", "Integration (read only)"),
                        ],
                        max_length=20,
                    ),
                ),
                ("given_at", models.DateTimeField()),
                (
                    "given_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="grants", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to="organization.region"
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to="organization.store"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("region", None), ("store", None), _connector="OR"), name="grant_has_one_scope"
                    ),
                    models.UniqueConstraint(
                        fields=("person", "role", "region", "store"), name="grant_once", nulls_distinct=False
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("prefix", models.CharField(max_length=12, unique=True)),
                ("secret_hash", models.BinaryField(max_length=32, unique=True)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("pos", "POS device"),
                            ("associate", "Store associate"),
                            ("store_manager", "Store manager"),
                            ("region_manager", "Region manager"),
                            ("marketer", "Marketer"),
                            ("analyst", "Analyst"),
                            ("support", "Support agent"),
                            ("finance", "Finance"),
                            ("privacy", "Privacy officer"),
                            ("admin", "Administrator"),
                            ("integration", "Integration (read only)"),
                        ],
                        max_length=20,
                    ),
                ),
                ("source", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("last_used_at", models.DateTimeField(null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to="organization.region"
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to="organization.store"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("region", None), ("store", None), _connector="OR"), name="key_has_one_scope"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("page", models.CharField(max_length=80)),
                ("name", models.CharField(max_length=80)),
                ("query", models.CharField(max_length=1000)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("person", "page", "name"), name="saved_view_name")],
            },
        ),
        touch_on_update("organization_region", "organization_store"),
    ]
