"""What a till may look up: one message and what became of it, what is parked, and the days that do not add up.

For `urls`; reads only.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from regulars.core.errors import DomainError
from regulars.gateway.api import problems
from regulars.gateway.till import callers
from regulars.loyalty.checkout import selectors as checkout
from regulars.loyalty.checkout.messages import Number
from regulars.loyalty.checkout.models import Message
from regulars.loyalty.checkout.rules import receipts
from regulars.organization.access import Viewer

_PARKED_MAX = 500
_P = ParamSpec("_P")


def look_up(read: Callable[Concatenate[Viewer, _P], dict[str, Any]]) -> Callable[Concatenate[HttpRequest, _P], HttpResponse]:
    """Wrap a read: admit the caller, show refusals as problems."""

    @wraps(read)
    def view(request: HttpRequest, /, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponse:
        if request.method != "GET":
            return HttpResponseNotAllowed(["GET"])
        try:
            found = read(callers.admit(request), *args, **kwargs)
        except DomainError as error:
            return problems.refusal(error)
        return HttpResponse(receipts.write(found), content_type="application/json")

    return view


@look_up
def message(viewer: Viewer, store: str, till: str, number: str) -> dict[str, Any]:
    """Return what became of one message, with the receipts that came of it."""
    return _shown(checkout.get_message(viewer, Number(store, till, number)))


@look_up
def parked(viewer: Viewer) -> dict[str, Any]:
    """Return what waits for its sale."""
    return {"items": [_shown(it) for it in checkout.list_parked(viewer)[:_PARKED_MAX]]}


@look_up
def day_totals(viewer: Viewer) -> dict[str, Any]:
    """Return the closings of tills beside what is recorded."""
    return {
        "items": [
            {
                "store": it.store,
                "till": it.till,
                "business_date": it.business_date.isoformat(),
                "said": it.said,
                "recorded": it.recorded,
                "differs": it.differs,
            }
            for it in checkout.list_closings(viewer)
        ]
    }


def _shown(found: Message) -> dict[str, Any]:
    return {
        "store": found.store.code,
        "till": found.till,
        "number": found.number,
        "kind": found.kind,
        "state": found.state,
        "sale": found.sale_id or None,
        "refusal": found.refusal or None,
        "receipt": found.receipt_id,
        "happened_at": found.happened_at.isoformat(),
        "received_at": found.received_at.isoformat(),
        "resolved_at": found.resolved_at.isoformat() if found.resolved_at else None,
    }
