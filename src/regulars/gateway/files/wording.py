"""Our words for people: kinds, states, fields, and a sentence for each code that says what to do.

For the import page, the rejects file and the command line. The child knows codes only: it has no language.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

KINDS: dict[str, tuple[Text, Text, str]] = {
    "customers": (_("Customers"), _("Names, phones, cards, profile fields and tags"), "users"),
    "receipts": (_("Receipts"), _("Sales line by line, with discounts and the customer"), "receipt"),
    "returns": (_("Returns"), _("What came back, with the receipt it was sold on"), "undo-2"),
    "products": (_("Products"), _("Articles with category, brand, supplier and price"), "package"),
    "balances": (_("Opening balances"), _("Points, growth value and stored value of an older system, lot by lot"), "wallet"),
    "stores": (_("Stores"), _("Places with region, time zone and opening hours"), "store"),
}
STATES: dict[str, tuple[Text, str]] = {
    "uploaded": (_("Waiting for you"), "neutral"),
    "checked": (_("Checked"), "accent"),
    "running": (_("Running"), "accent"),
    "done": (_("Imported"), "good"),
    "refused": (_("Refused"), "bad"),
    "undone": (_("Undone"), "warn"),
}
STEPS: dict[str, Text] = {
    "": _("Waiting for its turn"),
    "reading": _("Reading the file"),
    "checking": _("Trying every row, nothing is saved"),
    "loading": _("Saving rows"),
}
FIELDS: dict[str, Text] = {
    "address": _("Address"),
    "age_band": _("Age band"),
    "balance": _("Balance"),
    "barcode": _("Barcode"),
    "birth_date": _("Birthday"),
    "brand": _("Brand"),
    "card": _("Member card"),
    "cashier": _("Cashier"),
    "category": _("Category path"),
    "category_1": _("Category, level 1"),
    "category_2": _("Category, level 2"),
    "category_3": _("Category, level 3"),
    "channel": _("Channel"),
    "children": _("Children"),
    "city": _("City"),
    "closed_on": _("Closed on"),
    "code": _("Store code"),
    "consent": _("Consent"),
    "cost": _("Cost"),
    "counts_units": _("Counts pieces"),
    "currency": _("Currency"),
    "customer": _("Customer"),
    "day_cutoff": _("Day begins at"),
    "discount.coupon": _("Discount: coupon"),
    "discount.coupon_match": _("Discount: addition to a coupon"),
    "discount.employee": _("Discount: employees"),
    "discount.loyalty_price": _("Discount: member price"),
    "discount.manual": _("Discount: by hand"),
    "discount.points": _("Discount: points"),
    "discount.promotion": _("Discount: promotion"),
    "earned_on": _("Earned on"),
    "education": _("Education"),
    "email": _("E-mail"),
    "external_id": _("Customer number"),
    "format": _("Store format"),
    "gender": _("Gender"),
    "gross_amount": _("Gross amount"),
    "home_ownership": _("Home ownership"),
    "home_store": _("Home store"),
    "household_size": _("Household size"),
    "household_structure": _("Household structure"),
    "income_band": _("Income band"),
    "joined_on": _("Joined on"),
    "joined_through": _("Joined through"),
    "kind": _("Kind"),
    "language": _("Language"),
    "latitude": _("Latitude"),
    "lifestyle": _("Lifestyle"),
    "line_no": _("Line number"),
    "longitude": _("Longitude"),
    "lot": _("Number of the lot"),
    "marital_status": _("Marital status"),
    "name": _("Name"),
    "net_amount": _("Net amount"),
    "occupation": _("Occupation"),
    "open_hours": _("Opening hours"),
    "opened_on": _("Opened on"),
    "original_line_no": _("Line of the original receipt"),
    "original_receipt_id": _("Original receipt"),
    "package_size": _("Package size"),
    "paid_amount": _("Paid amount"),
    "phone": _("Phone"),
    "preferred_channel": _("Preferred channel"),
    "price": _("Price"),
    "private_label": _("Private label"),
    "product": _("Product (SKU)"),
    "quantity": _("Quantity"),
    "receipt_id": _("Receipt number"),
    "region": _("Region"),
    "size_sqm": _("Size in m²"),
    "sku": _("SKU"),
    "sold_at": _("Time of sale"),
    "store": _("Store"),
    "supplier_code": _("Supplier code"),
    "supplier_name": _("Supplier name"),
    "tags": _("Tags"),
    "tender": _("Payment method"),
    "till": _("Till"),
    "timezone": _("Time zone"),
    "unit": _("Unit"),
    "valid_through": _("Valid through"),
}
CODES: dict[str, Text] = {
    # Whole files
    "archive.corrupt": _("The archive is damaged. Pack the file again and send it once more."),
    "archive.encrypted": _("The archive has a password. Send it without one."),
    "archive.path": _("An archive may hold one plain file and nothing else."),
    "archive.ratio": _("The archive would unpack to far more than data does. Send the file as it is."),
    "csv.columns": _(
        "This row has more or fewer cells than the header. Put cells with a separator inside into quotation marks."
    ),
    "csv.field_too_long": _("A cell is longer than 131,072 characters."),
    "csv.header_duplicate": _("Two columns have the same name. Rename one."),
    "csv.header_missing": _("A column that is needed is not there."),
    "csv.nul": _("There is a NUL character in the file. Save it as UTF-8 text once more."),
    "csv.quote": _("A quotation mark is not closed, or stands inside a quoted cell without being doubled."),
    "csv.too_many_columns": _("The file has too many columns. Is it a table?"),
    "dataset.name": _("This is no name of a file that can be imported."),
    "date.ambiguous": _("These dates can be read in several ways. Choose how day, month and year stand."),
    "file.empty": _("The file is empty."),
    "file.encoding": _("Some characters cannot be read. Save the file as UTF-8, or choose its encoding."),
    "file.resource_limit": _(
        "Reading this file takes more memory or time than a file of its size should. Split it or save it anew."
    ),
    "file.too_large": _("The file is too large. Split it."),
    "file.type_mismatch": _("The content is not what the file's name says. Save it again in the right format."),
    "file.type_unsupported": _("This kind of file cannot be imported. Send CSV, XLSX, Parquet or JSON."),
    "file.unreadable": _("The file cannot be read. It may be damaged."),
    "import.failed": _("The import stopped because of a fault in Regulars. It is in the log; try again."),
    "import.kind_unknown": _("The columns do not tell what the file holds. Choose it."),
    "json.key_missing": _("A key that is needed is not there."),
    "json.malformed": _("This line is no valid JSON, or holds more than plain values."),
    "option.unknown": _("One of the choices is not possible."),
    "parquet.corrupt": _("The Parquet file is damaged or cut short."),
    "parquet.schema": _("A column of the Parquet file is missing, or has a type that cannot be read as plain values."),
    "xlsx.corrupt": _("The workbook is damaged."),
    "xlsx.external_link": _("The workbook links to other files. Paste the values instead."),
    "xlsx.macro": _("The workbook holds macros. Save it as a plain .xlsx file."),
    "xlsx.sheet": _("There is no such sheet in the workbook."),
    "xlsx.too_many_rows": _("The sheet has more rows than a sheet can have."),
    "xml.entity": _("The workbook declares XML entities, which could read other files."),
    "xml.malformed": _("The workbook's XML is broken."),
    # Single rows
    "amount.format": _("This is no plain amount. Write 1234.56, or choose how decimals are written."),
    "amount.mismatch": _("Gross less discounts is not what was paid."),
    "amount.missing": _("One of gross, net and paid amount is needed."),
    "amount.precision": _(
        "The amount has more decimals than its currency. "
        "Nothing is rounded here: export it rounded, as 1.23 and not 1.2300000000000002."
    ),
    "amount.range": _("The amount is too large."),
    "amount.sign": _("The amount must not be negative."),
    "balance.changed": _(
        "This balance came in before with another amount. Nothing is posted twice; correct it on the customer’s wallet page."
    ),
    "balance.customer": _("Nobody is known by this. Import the customers first, from the same source."),
    "balance.repeated": _("This stands in the file twice. Give each lot a number of its own, or add the rows up."),
    "balance.unit": _("Write points, growth, stored or bonus, or the code of a unit that exists."),
    "balance.whole": _("Points are whole numbers; money has no more decimals than its currency."),
    "balance.money": _("Stored value may only be brought in by somebody who may adjust it, such as finance."),
    "opening.expired": _("This has expired already."),
    "opening.future": _("This was earned in the future."),
    "cell.formula": _("The cell holds a formula without a saved result. Save the workbook once more, or paste the value."),
    "cell.number_format": _("A spreadsheet has shortened this number. Format the column as text and fill it in again."),
    "choice.unknown": _("This word is not one of the choices."),
    "currency.mismatch": _("The store sells in another currency."),
    "date.invalid": _("There is no such day, or it is not written as a date."),
    "flag.invalid": _("Write yes or no."),
    "identifier.missing": _("Give a phone, e-mail, card or customer number."),
    "line.duplicate": _("The receipt has this line number twice."),
    "number.format": _("This is no whole number."),
    "number.sign": _("The number must not be negative."),
    "quantity.format": _("This is no quantity. Write 1 or 0.250."),
    "quantity.precision": _(
        "A quantity has at most three decimals. Nothing is rounded here: export it rounded, as 0.25 and not 0.2500000000000001."
    ),
    "receipt.conflict": _("This receipt is recorded with other content. A correction is a new receipt or a return."),
    "receipt.inconsistent": _("The lines of this receipt disagree about its store, time or customer."),
    "receipt.line_rejected": _("Another line of the same receipt was refused, and a receipt goes in whole or not at all."),
    "required": _("This cell must not be empty."),
    "store.unknown": _("There is no such store among yours. Import it first, or mend the code."),
    "text.too_long": _("The text is too long."),
    "time.invalid": _("Write the time as 04:00."),
}


def kind_label(kind: str) -> Text:
    """Return what a kind of file is called."""
    return KINDS[kind][0] if kind in KINDS else _("Not known yet")


def field_label(key: str) -> Text:
    """Return what one of our fields is called."""
    return FIELDS.get(key) or key.removeprefix("custom.")


def sentence(code: str, message: str | None = "") -> str:
    """Return what a code means, in the language of whoever reads; one that is not ours says what its room said."""
    return str(CODES[code]) if code in CODES else (message or code)
