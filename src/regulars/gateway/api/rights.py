"""Which action of the rights matrix each operation of the API needs: the one place where routes and rights meet (G32).

For `callers`, which refuses before the body is read, and for the matrix test: an operation without a row here does
not start. Where a row names several actions, all are needed. What of the data the caller then sees is decided by the
scope of the same actions.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_ROWS = {
    "list_stores": "store.read",
    "get_store": "store.read",
    "save_store": "store.edit",
    "change_store": "store.edit",
    "save_stores": "store.edit",
    "list_products": "product.read",
    "get_product": "product.read",
    "save_product": "product.edit",
    "change_product": "product.edit",
    "save_products": "product.edit",
    "list_categories": "product.read",
    "list_customers": "customer.list",
    "get_customer": "customer.read",
    "look_up_customer": "customer.lookup",
    "create_customer": "customer.edit",
    "change_customer": "customer.edit",
    "save_customers": "customer.edit",
    "list_customer_receipts": "customer.read receipt.list",
    "get_customer_figures": "customer.read",
    "list_receipts": "receipt.list",
    "get_receipt": "receipt.read",
    "find_receipt": "receipt.read",
    "record_receipt": "receipt.record",
    "record_receipts": "receipt.record",
    "record_return": "receipt.record",
    "list_parked_returns": "receipt.list",
    "list_metrics": "dashboard.view",
    "get_metrics_report": "dashboard.view",
    "list_imports": "import.run",
    "get_import": "import.run",
}

ACTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType({name: tuple(row.split()) for name, row in _ROWS.items()})
