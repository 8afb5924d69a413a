"""A basket as the till screen holds it: everything stands in the form, nothing in the server's memory.

For `views`. What somebody scans or types into the one field may be an article, a member or a coupon; this module finds out.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from regulars.catalog import selectors as catalog
from regulars.catalog.models import Product
from regulars.core.errors import DomainError
from regulars.loyalty.checkout import services as checkout
from regulars.loyalty.checkout.messages import BasketLine, Payment, Quote, Sale
from regulars.organization.access import Viewer
from regulars.organization.models import Store

FOUND_MAX = 8
PIECES_MAX = 999
PARTS_MAX = 8
_LINES_MAX = 200
_NUMBER = re.compile(r"[0-9+][0-9 ()+-]{6,20}", re.ASCII)
_PART = re.compile(r"(cash|card|wallet|stored_value):([1-9][0-9]{0,14})", re.ASCII)
_CODE = re.compile(r"[0-9A-Za-z-]{8,200}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Screen:
    """What stands in the form."""

    store: str
    till: str
    number: str
    lines: tuple[tuple[str, int], ...] = ()  # article, pieces
    member: str = ""
    member_name: str = ""
    coupons: tuple[str, ...] = ()
    uses_points: bool = False
    paid: tuple[Payment, ...] = ()  # parts, before the last one
    notice: str = ""
    found: tuple[Product, ...] = field(default=())

    def basket_lines(self) -> tuple[BasketLine, ...]:
        return tuple(BasketLine(number, sku, pieces * 1000) for number, (sku, pieces) in enumerate(self.lines, start=1))


def fresh(store: str, viewer: Viewer) -> Screen:
    """Return an empty basket with a number of its own, under which it is sold once."""
    return Screen(store=store, till=f"web-{viewer.person_id}", number=secrets.token_hex(8))


def read(form: QueryDict, viewer: Viewer) -> Screen:
    """Return what the form holds."""
    pieces = [int(text) if text.isdigit() else 1 for text in form.getlist("pieces")]
    lines = zip(form.getlist("sku"), pieces, strict=False)
    number = form.get("number", "")
    return Screen(
        store=form.get("store", ""),
        till=f"web-{viewer.person_id}",
        number=number if re.fullmatch(r"[0-9a-f]{16}", number) else secrets.token_hex(8),
        lines=tuple((sku[:64], min(max(count, 1), PIECES_MAX)) for sku, count in lines)[:_LINES_MAX],
        member=form.get("member", "")[:240],
        member_name=form.get("member_name", "")[:120],
        coupons=tuple(dict.fromkeys(form.getlist("coupon")))[:10],
        uses_points="uses_points" in form,
        paid=tuple(Payment(part[1], int(part[2])) for part in map(_PART.fullmatch, form.getlist("paid")) if part)[:PARTS_MAX],
    )


def change(screen: Screen, form: QueryDict, *, viewer: Viewer, now: datetime) -> Screen:
    """Return the basket after what was done: a button, or whatever was scanned or typed."""
    if sku := form.get("add"):
        return _picked(screen, sku)
    for verb, step in (("more", 1), ("less", -1), ("remove", -PIECES_MAX)):
        if (index := form.get(verb, "")).isdigit():
            return _count(screen, int(index), step)
    for leave_out in (name for name in _WITHOUT if name in form):
        return _WITHOUT[leave_out](screen, form.get(leave_out, ""))
    if "points" in form:
        return replace(screen, uses_points=not screen.uses_points)
    return _entered(screen, form.get("entry", "").strip(), viewer=viewer, now=now)


def add(screen: Screen, sku: str) -> Screen:
    """Return the basket with one piece more of an article."""
    counts = dict(screen.lines)
    counts[sku] = min(counts.get(sku, 0) + 1, PIECES_MAX)
    return replace(screen, lines=tuple(counts.items()))


def _picked(screen: Screen, sku: str) -> Screen:
    """Return the basket with the article, or without it and why: where the catalog has no price, none can be asked for."""
    article = Product.objects.filter(sku=sku).only("name", "price_amount").first()
    if article is not None and article.price_amount is None:
        told = _("“%(name)s” has no price in the catalog: it cannot be sold here until it gets one.")
        return replace(screen, notice=told % {"name": article.name})
    return add(screen, sku)


def price(screen: Screen, *, viewer: Viewer, now: datetime, language: str) -> dict[str, Any]:
    """Return the quote of the basket."""
    asked = Quote(**_ask(screen, now, language), points=2**31 if screen.uses_points else 0)
    quoted: dict[str, Any] = json.loads(checkout.quote(asked, now=now, viewer=viewer).body)
    return quoted


def currency_of(screen: Screen) -> str:
    """Return the currency of a basket that is not priced yet."""
    return Store.objects.values_list("currency", flat=True).filter(code=screen.store).first() or ""


def sell(screen: Screen, quoted: Mapping[str, Any], *, viewer: Viewer, now: datetime, language: str) -> dict[str, Any]:
    """Sell the basket, paid as the screen says, and return what the receipt prints; pressed twice, it is sold once."""
    paid = [*(Payment(it["kind"], it["amount"]) for it in quoted["payments"]), *screen.paid]
    sale = Sale(
        **_ask(screen, now, language),
        number=screen.number,
        payments=tuple(paid),
        total_amount=quoted["total"],
        cashier=viewer.label[:80],
    )
    said = repr((screen.store, screen.number, screen.lines, screen.member, screen.coupons, sale.payments))
    answer = checkout.commit(sale, digest=hashlib.sha256(said.encode()).digest(), now=now, viewer=viewer)
    receipt: dict[str, Any] = json.loads(answer.body)
    return receipt


def _ask(screen: Screen, now: datetime, language: str) -> dict[str, Any]:
    return {
        "store": screen.store,
        "till": screen.till,
        "at": now,
        "lines": screen.basket_lines(),
        "member": screen.member,
        "coupons": screen.coupons,
        "language": language,
    }


_WITHOUT: dict[str, Callable[[Screen, str], Screen]] = {
    "forget": lambda screen, _: replace(screen, member="", member_name="", uses_points=False),
    "drop": lambda screen, coupon: replace(screen, coupons=tuple(code for code in screen.coupons if code != coupon)),
    "unpay": lambda screen, place: replace(screen, paid=tuple(part for at, part in enumerate(screen.paid) if str(at) != place)),
}


def _count(screen: Screen, index: int, step: int) -> Screen:
    lines = list(screen.lines)
    if index < len(lines):
        sku, pieces = lines[index]
        lines[index] = (sku, min(pieces + step, PIECES_MAX))
    return replace(screen, lines=tuple(line for line in lines if line[1] > 0))


def _entered(screen: Screen, text: str, *, viewer: Viewer, now: datetime) -> Screen:
    """Find out what was scanned or typed: an article, a member, a coupon, or words that name articles."""
    if not text:
        return screen
    found = tuple(catalog.search_products(catalog.list_products(viewer), text).order_by("name")[:FOUND_MAX])
    exact = next((it for it in found if text in {it.sku, it.barcode}), None)
    if exact is not None or len(found) == 1:
        return _picked(screen, (exact or found[0]).sku)
    if found:
        return replace(screen, found=found)
    known = _member(screen, text, viewer=viewer, now=now)
    if known is not None:
        return known
    if _CODE.fullmatch(text) and not text.isdigit():
        return replace(screen, coupons=(*screen.coupons, text))
    return replace(screen, notice=_("Nothing is known by “%s”.") % text)


def _member(screen: Screen, text: str, *, viewer: Viewer, now: datetime) -> Screen | None:
    kinds = (["phone"] if _NUMBER.fullmatch(text) or "@" in text else []) + (["code"] if _CODE.fullmatch(text) else [])
    for kind in kinds:
        try:
            said = checkout.identify(checkout.Who(screen.store, kind, text), now=now, viewer=viewer)
        except DomainError:
            continue
        return replace(screen, member=said["member"], member_name=said["name"] or _("Member without a name"))
    return None
