"""Undo of an import: the one door through which recorded receipts can leave, kept by the owner of the tables."""

from django.db import migrations, models

import regulars.core.synced

UNDO = """
CREATE FUNCTION regulars_undo_receipts(batch bigint, at timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE taken bigint;
BEGIN
    CREATE TEMPORARY TABLE undone ON COMMIT DROP AS SELECT id FROM sales_receipt WHERE batch_id = batch;
    -- Returns of other batches that point here are parked again, as they were before.
    UPDATE sales_returnlink SET original_id = NULL, resolved_at = NULL
        WHERE original_id IN (SELECT id FROM undone) AND receipt_id NOT IN (SELECT id FROM undone);
    DELETE FROM sales_returnlink WHERE receipt_id IN (SELECT id FROM undone);
    DELETE FROM sales_tender WHERE receipt_id IN (SELECT id FROM undone);
    DELETE FROM sales_linediscount WHERE receipt_id IN (SELECT id FROM undone);
    DELETE FROM sales_receiptline WHERE receipt_id IN (SELECT id FROM undone);
    DELETE FROM sales_receipt WHERE id IN (SELECT id FROM undone);
    GET DIAGNOSTICS taken = ROW_COUNT;
    DROP TABLE undone;
    INSERT INTO sales_undonebatch (batch_id, receipts, undone_at) VALUES (batch, taken, at);
    RETURN taken;
END $$;
REVOKE ALL ON FUNCTION regulars_undo_receipts(bigint, timestamptz) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("sales", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="UndoneBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("written_xid", models.BigIntegerField(db_default=regulars.core.synced.WrittenBy(), editable=False)),
                ("batch_id", models.BigIntegerField(unique=True)),
                ("receipts", models.BigIntegerField()),
                ("undone_at", models.DateTimeField()),
            ],
            options={"abstract": False},
        ),
        migrations.RunSQL(UNDO, "DROP FUNCTION regulars_undo_receipts(bigint, timestamptz)"),
    ]
