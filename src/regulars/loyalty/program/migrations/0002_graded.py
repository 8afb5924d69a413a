"""Up to which business date the tiers of a program are evaluated."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("program", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="program",
            name="graded_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="program",
            name="graded_on",
            field=models.DateField(null=True),
        ),
    ]
