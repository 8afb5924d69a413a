"""The statements of `normalize`, in the order in which it runs them, in DuckDB over whole tables.

They read what it registered (`given`, `given_discounts`, `given_tenders`). Sums are made in 128 bits, so that no amount that a
source may send can overflow before it is refused.
"""

from __future__ import annotations

from collections.abc import Iterable

from regulars.sales.models import Funding, LineDiscount, Receipt, Tender

AMOUNT_MAX = 2**53  # what a spreadsheet or a browser still reads exactly
TEXTS_MAX = {
    "receipt_id": 120, "till": 40, "cashier": 80, "product": 64, "customer": 200, "customer_namespace": 64,
    "original_receipt_id": 120,
}  # fmt: skip
REFERENCE_MAX = 120
_HEADER = (
    "kind", "store", "sold_at", "sold_at_local", "till", "cashier", "channel",
    "customer_kind", "customer_namespace", "customer", "currency", "tender",
)  # fmt: skip
_TEXTS = (*TEXTS_MAX, "kind", "store", "channel", "customer_kind", "currency", "tender")


def _listed(values: Iterable[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


_NUMBERED = f"""
CREATE TEMP TABLE numbered AS
SELECT * REPLACE (
    coalesce(line_no, row_number() OVER (PARTITION BY receipt_id ORDER BY "row"))::INTEGER AS line_no,
    coalesce(kind, 'sale') AS kind,
    coalesce(channel, 'store') AS channel,
    coalesce(till, '') AS till,
    coalesce(cashier, '') AS cashier,
    coalesce(customer_namespace, '') AS customer_namespace,
    coalesce(quantity_milli, 1000) AS quantity_milli
), hash({", ".join(_HEADER)}) AS header FROM given
"""

_DISCOUNTED = """
CREATE TEMP TABLE discounted AS
SELECT d.receipt_id, n.line_no, d.kind, d.funded_by, coalesce(d.reference, '') AS reference, n."row", n.kind AS receipt_kind,
       d.amount AS said_amount, CASE n.kind WHEN 'return' THEN -abs(d.amount::HUGEINT) ELSE d.amount END AS amount
FROM given_discounts d
JOIN numbered n ON n.receipt_id = d.receipt_id AND (n."row" = d."row" OR (d."row" IS NULL AND n.line_no = d.line_no))
"""

_PRICED = """
CREATE TEMP TABLE priced AS
WITH taken AS (
    SELECT "row", sum(amount) AS discount, coalesce(sum(amount) FILTER (funded_by <> 'retailer'), 0) AS refunded
    FROM discounted GROUP BY "row"
), signed AS (
    SELECT n.* REPLACE (
        CASE n.kind WHEN 'return' THEN -abs(quantity_milli::HUGEINT) ELSE quantity_milli END AS quantity_milli,
        CASE n.kind WHEN 'return' THEN -abs(gross_amount::HUGEINT) ELSE gross_amount END AS gross_amount,
        CASE n.kind WHEN 'return' THEN -abs(net_amount::HUGEINT) ELSE net_amount END AS net_amount,
        CASE n.kind WHEN 'return' THEN -abs(paid_amount::HUGEINT) ELSE paid_amount END AS paid_amount
    ), coalesce(discount, 0) AS discount, coalesce(refunded, 0) AS refunded
    FROM numbered n LEFT JOIN taken USING ("row")
)
SELECT *,
    coalesce(gross_amount, net_amount - refunded + discount, paid_amount + discount) AS gross,
    coalesce(net_amount, gross_amount - discount + refunded, paid_amount + refunded) AS net,
    coalesce(paid_amount, gross_amount - discount, net_amount - refunded) AS paid
FROM signed
"""

_FIRSTS = """
CREATE TEMP TABLE firsts AS
SELECT receipt_id, min("row") AS first_row, any_value(kind) AS kind,
    max(greatest(abs(gross), abs(net), abs(paid), abs(quantity_milli))) AS largest,
    greatest(abs(sum(gross)), abs(sum(net)), abs(sum(paid))) AS total, sum(paid) AS paid
FROM priced GROUP BY receipt_id
"""

_TOO_LONG = " UNION ALL ".join(
    f"""SELECT "row", '{column}', 'text.too_long', 'The text is longer than {longest} characters.'
    FROM numbered WHERE length({column}) > {longest}"""
    for column, longest in TEXTS_MAX.items()
)

_FAULTS = f"""
CREATE TEMP TABLE faults AS
SELECT "row", 'receipt_id' AS "column", 'required' AS code, 'The receipt has no number.' AS message
FROM numbered WHERE coalesce(receipt_id, '') = ''
UNION ALL {_TOO_LONG}
UNION ALL
SELECT "row", NULL, 'text.unreadable', 'A text of this line has a sign that cannot be kept (a null byte).'
FROM numbered WHERE contains(concat_ws('', {", ".join(_TEXTS)}), chr(0))
UNION ALL
SELECT "row", 'store', 'required', 'The store is missing.' FROM numbered WHERE coalesce(store, '') = ''
UNION ALL
SELECT "row", 'product', 'required', 'The product is missing.' FROM numbered WHERE coalesce(product, '') = ''
UNION ALL
SELECT "row", 'line_no', 'line.number', 'Line numbers begin with 1.' FROM numbered WHERE line_no < 1
UNION ALL
SELECT "row", 'sold_at', 'required', 'The time of the sale is missing.'
FROM numbered WHERE sold_at IS NULL AND sold_at_local IS NULL
UNION ALL
SELECT "row", 'kind', 'choice.unknown', 'kind is sale or return.'
FROM numbered WHERE kind NOT IN ({_listed(Receipt.Kind.values)})
UNION ALL
SELECT "row", 'channel', 'choice.unknown', 'channel is {", ".join(Receipt.Channel.values)}.'
FROM numbered WHERE channel NOT IN ({_listed(Receipt.Channel.values)})
UNION ALL
SELECT "row", 'gross_amount', 'amount.missing', 'Give gross_amount, net_amount or paid_amount.'
FROM priced WHERE paid IS NULL
UNION ALL
SELECT "row", 'paid_amount', 'amount.mismatch', 'Gross less discounts is not what was paid; mend the amounts or the discounts.'
FROM priced WHERE gross - discount <> paid OR paid + refunded <> net
UNION ALL
SELECT "row", 'gross_amount', 'amount.range', 'The amount or quantity is larger than can be kept.'
FROM priced WHERE greatest(abs(gross), abs(net), abs(paid), abs(quantity_milli)) > {AMOUNT_MAX}
UNION ALL
SELECT first_row, 'gross_amount', 'amount.range', 'The lines of this receipt add up to more than can be kept.'
FROM firsts WHERE largest <= {AMOUNT_MAX} AND total > {AMOUNT_MAX}
UNION ALL
SELECT "row", 'discount', 'amount.missing', 'The discount has no amount.' FROM discounted WHERE said_amount IS NULL
UNION ALL
SELECT "row", 'discount', 'amount.range', 'The discount is larger than can be kept.'
FROM discounted WHERE abs(amount) > {AMOUNT_MAX}
UNION ALL
SELECT "row", 'discount', 'amount.sign', 'Write discounts as positive amounts.'
FROM discounted WHERE said_amount < 0 AND receipt_kind = 'sale'
UNION ALL
SELECT "row", 'discount', 'choice.unknown', 'This kind of discount is not known.'
FROM discounted WHERE coalesce(kind, '') NOT IN ({_listed(LineDiscount.Kind.values)})
    OR funded_by NOT IN ({_listed(Funding.values)})
UNION ALL
SELECT "row", 'discount', 'text.too_long', 'The reference of a discount is longer than {REFERENCE_MAX} characters.'
FROM discounted WHERE length(reference) > {REFERENCE_MAX}
UNION ALL
SELECT "row", 'discount', 'text.unreadable', 'The reference of a discount has a sign that cannot be kept (a null byte).'
FROM discounted WHERE contains(reference, chr(0))
UNION ALL
SELECT first_row, 'discount', CASE WHEN first_row IS NULL THEN 'receipt.unknown' ELSE 'line.unknown' END,
    'A discount names a line that is not there.'
FROM given_discounts d LEFT JOIN firsts USING (receipt_id)
WHERE d."row" IS NULL
    AND NOT EXISTS (SELECT 1 FROM numbered n WHERE n.receipt_id = d.receipt_id AND n.line_no = d.line_no)
UNION ALL
SELECT max("row"), 'line_no', 'line.duplicate', 'The receipt has this line number twice.'
FROM numbered GROUP BY receipt_id, line_no HAVING count(*) > 1
UNION ALL
SELECT max("row"), 'receipt_id', 'receipt.inconsistent',
    'The lines of this receipt disagree about its store, time, customer or another part of its head.'
FROM numbered GROUP BY receipt_id HAVING min(header) <> max(header)
UNION ALL
SELECT first_row, 'tender', CASE
        WHEN first_row IS NULL THEN 'receipt.unknown'
        WHEN t.amount IS NULL THEN 'amount.missing'
        WHEN abs(t.amount::HUGEINT) > {AMOUNT_MAX} THEN 'amount.range'
        WHEN length(t.reference) > {REFERENCE_MAX} THEN 'text.too_long'
        WHEN contains(t.reference, chr(0)) THEN 'text.unreadable'
        ELSE 'choice.unknown' END,
    'A tender names no receipt, has no or too large an amount, too long a reference, or is of an unknown kind.'
FROM given_tenders t LEFT JOIN firsts USING (receipt_id)
WHERE first_row IS NULL OR t.amount IS NULL OR abs(t.amount::HUGEINT) > {AMOUNT_MAX} OR length(t.reference) > {REFERENCE_MAX}
    OR contains(coalesce(t.reference, ''), chr(0)) OR coalesce(t.kind, '') NOT IN ({_listed(Tender.Kind.values)})
UNION ALL
SELECT "row", 'tender', 'choice.unknown', 'This kind of tender is not known.'
FROM numbered WHERE tender NOT IN ({_listed(Tender.Kind.values)})
UNION ALL
SELECT first_row, 'tender', 'tender.mismatch', 'The tenders do not add up to what was paid.'
FROM firsts JOIN (SELECT receipt_id, sum(amount) AS tendered FROM given_tenders GROUP BY receipt_id) USING (receipt_id)
WHERE paid <> CASE kind WHEN 'return' THEN -abs(tendered) ELSE tendered END
"""

PREPARE = (_NUMBERED, _DISCOUNTED, _PRICED, _FIRSTS, _FAULTS)
FOUND = "SELECT DISTINCT * FROM faults ORDER BY 1, 2, 3"
GOOD = """
CREATE TEMP TABLE good AS
SELECT receipt_id FROM firsts
WHERE NOT EXISTS (
    SELECT 1 FROM faults JOIN numbered n USING ("row") WHERE n.receipt_id IS NOT DISTINCT FROM firsts.receipt_id
)
"""

# The digest says whether two messages mean the same: every field has its own place, told apart by signs that no text
# has, sorted where order means nothing; a point in time is a number, so that no setting of the machine shows in it.
_FIELD, _ROW, _PART, _ITEM = "chr(31)", "chr(30)", "chr(29)", "chr(28)"
RECEIPTS = f"""
WITH line_texts AS (
    SELECT p.*, coalesce(d.text, '') AS discounts FROM priced p
    LEFT JOIN (
        SELECT "row", string_agg(concat_ws({_PART}, kind, amount, funded_by, reference), {_ITEM}
            ORDER BY kind, amount, funded_by, reference) AS text
        FROM discounted GROUP BY "row"
    ) d USING ("row")
    WHERE receipt_id IN (SELECT receipt_id FROM good)
), tender_texts AS (
    SELECT receipt_id, string_agg(concat_ws({_PART}, kind, amount, coalesce(reference, '')), {_ITEM}
        ORDER BY kind, amount, reference) AS text
    FROM given_tenders GROUP BY receipt_id
)
SELECT receipt_id, min("row") AS "row", any_value(kind) AS kind, any_value(store) AS store,
    any_value(sold_at) AS sold_at, any_value(sold_at_local) AS sold_at_local,
    any_value(till) AS till, any_value(cashier) AS cashier, any_value(channel) AS channel,
    any_value(customer_kind) AS customer_kind, any_value(customer_namespace) AS customer_namespace,
    any_value(customer) AS customer, any_value(currency) AS currency,
    sum(gross)::BIGINT AS gross_amount, sum(discount)::BIGINT AS discount_amount, sum(net)::BIGINT AS net_amount,
    sum(paid)::BIGINT AS paid_amount, count(*)::INTEGER AS line_count,
    md5(concat_ws({_FIELD}, any_value(kind), any_value(store), coalesce(any_value(epoch_us(sold_at))::VARCHAR, ''),
        coalesce(any_value(epoch_us(sold_at_local))::VARCHAR, ''), any_value(till), any_value(cashier), any_value(channel),
        coalesce(any_value(customer_kind), ''), any_value(customer_namespace), coalesce(any_value(customer), ''),
        coalesce(any_value(currency), ''), coalesce(any_value(tender), ''), coalesce(any_value(t.text), ''),
        string_agg(concat_ws({_FIELD}, line_no, product, quantity_milli, gross, net, paid, discounts,
            coalesce(original_receipt_id, ''), coalesce(original_line_no::VARCHAR, '')), {_ROW} ORDER BY line_no))) AS digest
FROM line_texts LEFT JOIN tender_texts t USING (receipt_id)
GROUP BY receipt_id ORDER BY min("row")
"""

LINES = """
SELECT receipt_id, "row", line_no, product, quantity_milli::BIGINT AS quantity_milli, gross::BIGINT AS gross_amount,
    discount::BIGINT AS discount_amount, net::BIGINT AS net_amount, paid::BIGINT AS paid_amount, original_receipt_id,
    original_line_no
FROM priced WHERE receipt_id IN (SELECT receipt_id FROM good)
"""

DISCOUNTS = """
SELECT receipt_id, line_no,
    row_number() OVER (PARTITION BY "row" ORDER BY kind, amount, reference)::SMALLINT AS discount_no,
    kind, amount::BIGINT AS amount, funded_by, reference
FROM discounted WHERE amount <> 0 AND receipt_id IN (SELECT receipt_id FROM good)
"""

TENDERS = """
WITH said AS (
    SELECT t.receipt_id, t.kind, CASE f.kind WHEN 'return' THEN -abs(amount::HUGEINT) ELSE amount END AS amount,
        coalesce(reference, '') AS reference
    FROM given_tenders t JOIN firsts f USING (receipt_id)
), whole AS (
    SELECT receipt_id, coalesce(any_value(tender), 'unspecified') AS kind, sum(paid) AS amount, '' AS reference
    FROM priced WHERE receipt_id NOT IN (SELECT receipt_id FROM said) GROUP BY receipt_id
)
SELECT receipt_id, row_number() OVER (PARTITION BY receipt_id ORDER BY kind, amount, reference)::SMALLINT AS tender_no,
    kind, amount::BIGINT AS amount, reference
FROM (FROM said UNION ALL FROM whole)
WHERE amount <> 0 AND receipt_id IN (SELECT receipt_id FROM good)
"""
