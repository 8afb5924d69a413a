"""The list of finished backups."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Backup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("folder", models.CharField(max_length=1000)),
                ("made_at", models.DateTimeField()),
                ("files", models.PositiveIntegerField()),
                ("total_bytes", models.BigIntegerField()),
                ("version", models.CharField(max_length=40)),
            ],
            options={
                "indexes": [models.Index(fields=["-made_at"], name="backup_newest")],
            },
        ),
    ]
