"""Puts the API together: its parser, its refusals, its resources; `gateway.urls` mounts it under `/api/v1/`."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.renderers import BaseRenderer
from pydantic_core import to_json

from regulars.gateway.api import problems, strict_json
from regulars.gateway.api.resources import (
    categories,
    customer_facts,
    customers,
    imports,
    metrics,
    products,
    receipts,
    returns,
    stores,
)

VERSION = "1.0.0"


class Json(BaseRenderer):
    """Writes answers as JSON; times keep their microseconds, so that a cursor or a comparison loses nothing."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:  # noqa: ARG002
        return to_json(data)


api = NinjaAPI(
    title="Regulars API",
    version=VERSION,
    parser=strict_json.StrictParser(),
    renderer=Json(),
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
)
problems.add_to(api)
api.add_router("/stores", stores.router)
api.add_router("/products", products.router)
api.add_router("/categories", categories.router)
api.add_router("/customers", customers.router)
api.add_router("/customers", customer_facts.router)
api.add_router("/receipts", receipts.router)
api.add_router("/returns", returns.router)
api.add_router("/metrics", metrics.router)
api.add_router("/imports", imports.router)
