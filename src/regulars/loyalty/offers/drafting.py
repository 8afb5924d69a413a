"""Between what people type into the offer form and an offer's terms, both ways.

For the form of each kind. What the form does not ask for, such as a rank or what must be bought for a free piece, is kept
as it is when an offer is opened and saved again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from regulars.core import money
from regulars.criteria.fields import ASKS_NOTHING
from regulars.loyalty.offers import lines
from regulars.loyalty.offers.rules.terms import Terms, dump

Said = Mapping[str, Any]
SCOPES = {"category": "product.categories", "brand": "product.brand", "sku": "product.sku", "supplier": "product.supplier"}


def raw_terms(said: Said, *, kind: str, currency: str, before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the terms that a filled-in form says; `before` are those that the form was opened with."""
    kept = {key: (before or {})[key] for key in ("rank", "not_with", "regions") if key in (before or {})}
    terms = {
        **kept,
        "currency": currency,
        "body": _body(said, kind, before),
        "phase": said["phase"],
        "group": said.get("group", ""),
        "exclusive": said.get("exclusive") or "nothing",
        "on_reduced": not said.get("not_on_reduced", False),
        "starts_on": said.get("starts_on"),
        "ends_on": said.get("ends_on"),
        "windows": _windows(said),
        "stores": _names(said.get("stores", "")),
        "channels": list(said.get("channels", ())),
        "members_only": said.get("members_only", False),
        "tiers": _names(said.get("tiers", "")),
        "budget_amount": said.get("budget"),
        "uses_max": said.get("uses_max"),
        "uses_per_person": said.get("uses_per_person"),
        "funding": _funding(said),
        "after_return": "take_back" if said.get("takes_back") else "keep",
        **_coupon(said),
    }
    if said.get("when"):
        terms["when"] = said["when"]
    return {key: value for key, value in terms.items() if value is not None}


def initial(terms: Terms) -> dict[str, Any]:
    """Return what the form shows for these terms."""
    raw = dump(terms)
    body, (window, *windows) = raw["body"], raw.get("windows") or [{}]
    others = [share for share in raw["funding"] if share["party"] != "retailer"]
    supplier = next((share for share in others if share["party"] == "supplier"), None)
    return {
        **{key: raw[key] for key in _PLAIN if key in raw},
        "not_on_reduced": not raw.get("on_reduced", True),
        "stores": ", ".join(raw.get("stores", ())),
        "tiers": ", ".join(raw.get("tiers", ())),
        "budget": raw.get("budget_amount"),
        "weekdays": window.get("weekdays", ()),
        "from_time": window.get("from_time", ""),
        "to_time": window.get("to_time", ""),
        "more_windows": "\n".join(lines.shown_window(each) for each in windows),
        "more_funders": "\n".join(lines.shown_funder(each) for each in others if each is not supplier),
        "supplier_share": supplier["share_bp"] if supplier else None,
        "supplier_name": supplier["name"] if supplier else "",
        "takes_back": raw["after_return"] == "take_back",
        "stays_used": raw["coupon_back"] == "never",
        "when": raw["when"],
        **_scope(body.get("items")),
        **_shown(body, terms.currency),
    }


_PLAIN = (
    "phase", "group", "exclusive", "starts_on", "ends_on", "channels", "members_only", "uses_max", "uses_per_person",
    "claims_max", "claims_per_person", "valid_days", "gifts_max", "grace_days",
)  # fmt: skip


def _body(said: Said, kind: str, before: Mapping[str, Any] | None) -> dict[str, Any]:
    items, old = _items(said), (before or {}).get("body", {})
    off = {"off_bp": said["off_share"]} if said.get("off_share") else {"off_amount": said.get("off_amount")}
    match kind:
        case "amount":
            body = {"off_amount": said["off_amount"], "each": said.get("each", False), "items": items}
        case "percent" | "time":
            body = {"off_bp": said["off_share"], "off_max_amount": said.get("off_max"), "items": items}
        case "product":
            body = {"items": items, "quantity": said["quantity"], "off_bp": said["off_share"], "times_max": said["times_max"]}
            body |= _bought(said)
        case "bundle":
            body = {"parts": _parts(said, old), "price_amount": said["price"]}
        case "n_for_m":
            body = {"items": items, "take": said["take"], "pay": said["pay"], "off_bp": said["off_share"] or 10_000}
        case "threshold":
            measure = {"from_amount": said.get("from_amount"), "from_quantity": said.get("from_quantity")}
            body = {**measure, **off, "every": said.get("every", False), "items": items}
        case "step":
            body = {"steps": said["steps"], "items": items}
        case "member_price":
            body = {"prices": said["prices"]}
        case _:
            body = {"off_bp": said["off_share"], "items": items} if said.get("scope") else {"off_bp": said["off_share"]}
    return {"kind": kind, **{key: value for key, value in body.items() if value is not None}}


def _items(said: Said) -> dict[str, Any]:
    """Return the condition that picks the lines."""
    names, scope = _names(said.get("scope_names", "")), said.get("scope", "")
    if not scope or not names:
        return ASKS_NOTHING
    return {"attr": SCOPES[scope], "op": "has_any" if scope == "category" else "in", "value": names}


def _bought(said: Said) -> dict[str, Any]:
    """Return what must be bought for a free or cheaper piece, if anything must."""
    if not said.get("buy_quantity"):
        return {}
    bought = _items({"scope": said.get("buy_scope", ""), "scope_names": said.get("buy_names", "")})
    return {"buy": bought, "buy_quantity": said["buy_quantity"]}


def _scope(items: Mapping[str, Any] | None) -> dict[str, Any]:
    for scope, attr in SCOPES.items():
        if items and items.get("attr") == attr and isinstance(items.get("value"), list):
            return {"scope": scope, "scope_names": ", ".join(items["value"])}
    return {"scope": "", "scope_names": ""}


def _parts(said: Said, old: Mapping[str, Any]) -> list[dict[str, Any]]:
    parts = []
    for line in said.get("parts") or ():
        scope, names, quantity = line
        items = _items({"scope": scope, "scope_names": names})
        parts.append({"items": items, "quantity": quantity})
    return parts or list(old.get("parts", ()))


def _shown(body: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """Return the fields of a kind as the form shows them."""
    shown = {
        "off_amount": body.get("off_amount"), "off_share": body.get("off_bp"), "off_max": body.get("off_max_amount"),
        "each": body.get("each", False), "every": body.get("every", False), "take": body.get("take"), "pay": body.get("pay"),
        "quantity": body.get("quantity"), "times_max": body.get("times_max"), "price": body.get("price_amount"),
        "from_amount": body.get("from_amount"), "from_quantity": body.get("from_quantity"),
    }  # fmt: skip
    plain = {key: value for key, value in shown.items() if value is not None}
    if "buy" in body:
        scope = _scope(body["buy"])
        plain |= {"buy_quantity": body["buy_quantity"], "buy_scope": scope["scope"], "buy_names": scope["scope_names"]}
    if "steps" in body:
        plain["steps"] = "\n".join(_step_line(step, currency) for step in body["steps"])
    if "prices" in body:
        plain["prices"] = "\n".join(f"{each['sku']} {_decimal(each['price_amount'], currency)}" for each in body["prices"])
    if "parts" in body:
        plain["parts"] = "\n".join(_part_line(part) for part in body["parts"])
    return plain


def _step_line(step: Mapping[str, Any], currency: str) -> str:
    off = f"{step['off_bp'] / 100:g}%" if step.get("off_bp") else _decimal(step["off_amount"], currency)
    return f"{_decimal(step['from_amount'], currency)} {off}"


def _part_line(part: Mapping[str, Any]) -> str:
    scope = _scope(part["items"])
    return f"{part['quantity']} {scope['scope']}: {scope['scope_names']}" if scope["scope"] else f"{part['quantity']}"


def _decimal(amount: int, currency: str) -> str:
    return str(money.to_decimal(amount, currency))


def _windows(said: Said) -> list[dict[str, Any]]:
    weekdays, start, end = list(said.get("weekdays", ())), said.get("from_time") or "", said.get("to_time") or ""
    first = {"weekdays": weekdays, "from_time": start or "00:00", "to_time": end or "23:59"}
    return [*([first] if weekdays or start or end else []), *(said.get("more_windows") or ())]


def _funding(said: Said) -> list[dict[str, Any]]:
    supplier = {"party": "supplier", "name": said.get("supplier_name", ""), "share_bp": said.get("supplier_share") or 0}
    others = [supplier, *(said.get("more_funders") or ())]
    retailer = {"party": "retailer", "share_bp": 10_000 - sum(each["share_bp"] for each in others)}
    return [part for part in (retailer, *others) if part["share_bp"]]


def _coupon(said: Said) -> dict[str, Any]:
    return {
        "claims_max": said.get("claims_max"),
        "claims_per_person": said.get("claims_per_person") or 1,
        "valid_days": said.get("valid_days"),
        "gifts_max": said.get("gifts_max") or 0,
        "grace_days": said.get("grace_days") or 0,
        "coupon_back": "never" if said.get("stays_used") else "when_whole",
    }


def _names(text: str) -> list[str]:
    return [name for part in text.replace("\n", ",").replace("，", ",").split(",") if (name := part.strip())]
