"""Puts the API together: its parser, its refusals, its resources; `gateway.urls` mounts it under `/api/v1/`."""

from __future__ import annotations

from ninja import NinjaAPI

from regulars.gateway.api import problems, strict_json
from regulars.gateway.api.resources import categories, products, receipts, returns, stores

VERSION = "1.0.0"

api = NinjaAPI(
    title="Regulars API",
    version=VERSION,
    parser=strict_json.StrictParser(),
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
)
problems.add_to(api)
api.add_router("/stores", stores.router)
api.add_router("/products", products.router)
api.add_router("/categories", categories.router)
api.add_router("/receipts", receipts.router)
api.add_router("/returns", returns.router)
