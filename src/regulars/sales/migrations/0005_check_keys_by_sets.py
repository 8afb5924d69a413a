"""Check what lines and discounts point at once per statement, over the whole set, not once per row.

PostgreSQL checks a foreign key row by row: for a file of a million lines that cost as much as the lines themselves. The
triggers look at all new rows in one join. Lines are never updated, and receipts and lines leave only through the owner's
`regulars_undo_receipts`, so what is left to guard is a product that goes: its trigger waits for whoever is inserting lines,
and then looks.
"""

from django.db import migrations, models
from django.db.models.deletion import PROTECT

CHECKS = """
CREATE FUNCTION sales_check_lines() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE missing text;
BEGIN
    SELECT 'receipt ' || a.receipt_id INTO missing FROM (SELECT DISTINCT receipt_id FROM added) a
        WHERE NOT EXISTS (SELECT FROM sales_receipt r WHERE r.id = a.receipt_id) LIMIT 1;
    IF missing IS NULL THEN
        SELECT 'product ' || a.product_id INTO missing FROM (SELECT DISTINCT product_id FROM added) a
            WHERE NOT EXISTS (SELECT FROM catalog_product p WHERE p.id = a.product_id) LIMIT 1;
    END IF;
    IF missing IS NOT NULL THEN
        RAISE foreign_key_violation USING MESSAGE = 'a receipt line points at ' || missing || ', which is not there';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER sales_check_lines AFTER INSERT ON sales_receiptline
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION sales_check_lines();

CREATE FUNCTION sales_check_discounts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE missing text;
BEGIN
    SELECT a.receipt_id || '/' || a.line_no INTO missing FROM added a
        WHERE NOT EXISTS (SELECT FROM sales_receiptline l WHERE (l.receipt_id, l.line_no) = (a.receipt_id, a.line_no)) LIMIT 1;
    IF missing IS NOT NULL THEN
        RAISE foreign_key_violation USING MESSAGE = 'a discount points at line ' || missing || ', which is not there';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER sales_check_discounts AFTER INSERT ON sales_linediscount
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION sales_check_discounts();

CREATE FUNCTION sales_keep_sold_products() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE sold text;
BEGIN
    LOCK TABLE sales_receiptline IN SHARE ROW EXCLUSIVE MODE;
    SELECT g.sku INTO sold FROM gone g WHERE EXISTS (SELECT FROM sales_receiptline l WHERE l.product_id = g.id) LIMIT 1;
    IF sold IS NOT NULL THEN
        RAISE foreign_key_violation USING MESSAGE = 'product ' || sold || ' stands on receipts and must stay';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER sales_keep_sold_products AFTER DELETE ON catalog_product
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION sales_keep_sold_products();

ALTER TABLE sales_linediscount DROP CONSTRAINT discount_of_line;
"""

BACK = """
ALTER TABLE sales_linediscount ADD CONSTRAINT discount_of_line
    FOREIGN KEY (receipt_id, line_no) REFERENCES sales_receiptline (receipt_id, line_no);
DROP TRIGGER sales_keep_sold_products ON catalog_product;
DROP TRIGGER sales_check_discounts ON sales_linediscount;
DROP TRIGGER sales_check_lines ON sales_receiptline;
DROP FUNCTION sales_keep_sold_products();
DROP FUNCTION sales_check_discounts();
DROP FUNCTION sales_check_lines();
"""


class Migration(migrations.Migration):
    dependencies = [("sales", "0004_receipt_newest"), ("catalog", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="receiptline",
            name="receipt",
            field=models.ForeignKey(
                db_constraint=False, db_index=False, on_delete=PROTECT, related_name="lines", to="sales.receipt"
            ),
        ),
        migrations.AlterField(
            model_name="receiptline",
            name="product",
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=PROTECT, to="catalog.product"),
        ),
        migrations.RunSQL(CHECKS, BACK),
    ]
