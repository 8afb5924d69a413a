"""Give the chunks of a file to the room that keeps such rows, under the right that imports have."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pyarrow as pa
from django.utils.translation import gettext as _

from regulars.catalog import services as catalog
from regulars.core.errors import ForbiddenError
from regulars.core.outcomes import SaveOutcome
from regulars.customers import services as customers
from regulars.gateway.files import balances
from regulars.gateway.models import ImportBatch
from regulars.organization.access import Viewer
from regulars.organization.services import places
from regulars.sales import services as sales
from regulars.sales.normalize import Normalized, normalize

# What an import may write in the viewer's stores. Products and stores belong to the company: head office imports them.
_WRITES = {
    ImportBatch.Kind.STORES: "store.edit",
    ImportBatch.Kind.PRODUCTS: "product.edit",
    ImportBatch.Kind.CUSTOMERS: "customer.edit",
    ImportBatch.Kind.RECEIPTS: "receipt.record",
    ImportBatch.Kind.RETURNS: "receipt.record",
    ImportBatch.Kind.BALANCES: "balance.open",
}
_NEVER_LENT = {ImportBatch.Kind.BALANCES}  # makes value: the right to import does not give it
_COMPANY_WIDE = {ImportBatch.Kind.STORES, ImportBatch.Kind.PRODUCTS}
TABLES = {
    ImportBatch.Kind.STORES: "organization_store",
    ImportBatch.Kind.PRODUCTS: "catalog_product",
    ImportBatch.Kind.CUSTOMERS: "customers_customer",
}


def importing(viewer: Viewer, kind: str) -> Viewer:
    """Return the viewer with the one right more that importing this kind gives, over the stores that `import.run` covers."""
    scope = viewer.require("import.run")
    action = _WRITES[ImportBatch.Kind(kind)]
    if kind in _NEVER_LENT:
        viewer.require(action)
        return viewer
    if viewer.may(action) and viewer.scope(action).is_everything:
        return viewer
    if kind in _COMPANY_WIDE and not scope.is_everything:
        raise ForbiddenError(_("Stores and products belong to the whole company: head office imports them."), kind=kind)
    return replace(viewer, rights={**viewer.rights, action: scope})


def prepare(kind: str, table: pa.Table) -> pa.Table | Normalized:
    """Do what needs no database: the next chunk is prepared while the database is busy with this one."""
    are_receipts = kind in (ImportBatch.Kind.RECEIPTS, ImportBatch.Kind.RETURNS)
    return normalize(table) if are_receipts and table.num_rows else table


def load(
    kind: str, prepared: pa.Table | Normalized, *, source: str, now: datetime, viewer: Viewer, batch_id: int
) -> SaveOutcome:
    """Save one prepared chunk in the caller's transaction."""
    if isinstance(prepared, Normalized):
        return sales.record_normalized(prepared, source=source, now=now, viewer=viewer, batch_id=batch_id, historical=True)
    if not prepared.num_rows:
        return SaveOutcome()
    match ImportBatch.Kind(kind):
        case ImportBatch.Kind.BALANCES:
            return balances.open_balances(prepared, source=source, batch_id=batch_id, now=now, viewer=viewer)
        case ImportBatch.Kind.STORES:
            return places.save_stores(prepared, source=source, now=now, viewer=viewer)
        case ImportBatch.Kind.PRODUCTS:
            return catalog.save_products(prepared, source=source, now=now, viewer=viewer)
        case ImportBatch.Kind.CUSTOMERS:
            return customers.save_customers(prepared, source=source, now=now, viewer=viewer)
        case _:
            raise AssertionError(kind)
