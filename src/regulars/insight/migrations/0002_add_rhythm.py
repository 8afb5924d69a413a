"""The figures that a lifecycle stage rests on, so that it can be explained."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("insight", "0001_initial")]

    operations = [
        migrations.AddField("customerfigures", "purchase_days_12m", models.PositiveIntegerField(default=0)),
        migrations.AddField("customerfigures", "usual_days", models.FloatField(default=0)),
        migrations.AddField("customerfigures", "long_days", models.FloatField(default=0)),
        migrations.AddField("customerfigures", "recent_days", models.PositiveIntegerField(default=0)),
        migrations.AddField("customerfigures", "earlier_days", models.PositiveIntegerField(default=0)),
    ]
