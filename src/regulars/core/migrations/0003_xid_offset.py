"""The number from which a restored copy counts its transactions on becomes a function of the owner."""

from django.db import migrations

from regulars.core.synced import CREATE_FUNCTIONS


class Migration(migrations.Migration):
    dependencies = [("core", "0002_sending_pause")]

    operations = [migrations.RunSQL(CREATE_FUNCTIONS, migrations.RunSQL.noop)]
