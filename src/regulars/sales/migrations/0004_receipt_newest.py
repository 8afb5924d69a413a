from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sales", "0003_check_keys_at_once")]

    operations = [
        migrations.AddIndex(
            model_name="receipt",
            index=models.Index(fields=["-business_date", "-id"], name="receipt_newest"),
        ),
    ]
