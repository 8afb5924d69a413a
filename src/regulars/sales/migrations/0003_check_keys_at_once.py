"""Check the foreign keys of facts with the statement, not at commit.

Facts are inserted after what they point at, so nothing needs the delay; a fault is named by the statement that made it, and a
large import does not queue millions of checks for its commit.
"""

from django.db import migrations

AT_ONCE = """
DO $$ DECLARE found record; BEGIN
    FOR found IN
        SELECT conrelid::regclass AS owner, conname FROM pg_constraint
        WHERE contype = 'f' AND condeferrable AND conrelid IN (
            'sales_receipt'::regclass, 'sales_receiptline'::regclass, 'sales_tender'::regclass, 'sales_returnlink'::regclass)
    LOOP
        EXECUTE format('ALTER TABLE %s ALTER CONSTRAINT %I NOT DEFERRABLE', found.owner, found.conname);
    END LOOP;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("sales", "0002_undo")]

    operations = [migrations.RunSQL(AT_ONCE, migrations.RunSQL.noop)]
