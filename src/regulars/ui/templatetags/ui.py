"""Filters and tags every template may use: money, numbers, changes, times, initials, sparklines, query strings.

Filters pass an empty value through as a dash, so that a missing figure never reads as zero.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Sequence
from typing import Any

from django import template
from django.template.context import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from regulars.ui import formatting, sparklines

register = template.Library()
MISSING = "–"


@register.filter
def money(amount: int | None, currency: str) -> str:
    """`{{ receipt.total_amount|money:receipt.currency }}`"""
    return MISSING if _empty(amount) else formatting.money(int(amount or 0), currency)


@register.filter
def money_short(amount: int | None, currency: str) -> str:
    """`{{ amount|money_short:"USD" }}` → $96.4K"""
    return MISSING if _empty(amount) else formatting.money_compact(int(amount or 0), currency)


@register.filter
def number(value: formatting.Number | None, decimals: int = 0) -> str:
    """`{{ count|number }}`, `{{ average|number:2 }}`"""
    return MISSING if value is None or value == "" else formatting.number(value, decimals=decimals)


@register.filter
def number_short(value: formatting.Number | None) -> str:
    """`{{ count|number_short }}` → 1.2M"""
    return MISSING if value is None or value == "" else formatting.compact(value)


@register.filter
def quantity(milli: int | None) -> str:
    """`{{ line.quantity_milli|quantity }}`"""
    return MISSING if _empty(milli) else formatting.quantity(int(milli or 0))


@register.filter
def percent(share: formatting.Number | None, decimals: int = 1) -> str:
    """`{{ 0.618|percent }}` → 61.8%"""
    return MISSING if share is None or share == "" else formatting.percent(share, decimals=decimals)


@register.filter
def change(share: formatting.Number | None, decimals: int = 1) -> str:
    """`{{ 0.041|change }}` → +4.1%"""
    return MISSING if share is None or share == "" else formatting.change(share, decimals=decimals)


@register.filter
def ago(then: dt.datetime | None, now: dt.datetime | None = None) -> SafeString | str:
    """`{{ seen_at|ago }}` → a `<time>` that says "3 days ago" and carries the exact moment."""
    if then is None:
        return MISSING
    words = formatting.ago(then, now=now or timezone.now())
    return format_html('<time datetime="{}" title="{}">{}</time>', then.isoformat(), formatting.moment(then), words)


@register.filter
def day(value: dt.date | None) -> str:
    """`{{ business_date|day }}` → Nov 22, 2026"""
    return MISSING if value is None else formatting.date(value)


@register.filter
def month(value: dt.date | None) -> str:
    """`{{ row.month|month }}` → Nov 2026"""
    return MISSING if value is None else formatting.month(value)


@register.filter
def moment(value: dt.datetime | None) -> str:
    """`{{ sold_at|moment }}` → Nov 22, 2026, 14:05"""
    return MISSING if value is None else formatting.moment(value)


@register.filter
def initials(name: str) -> str:
    """`{{ name|initials }}`"""
    return formatting.initials(name or "")


@register.filter
def hue(name: str) -> int:
    """Return one of six tints for an avatar or tag, the same for the same name on every page and machine."""
    return zlib.crc32(name.encode()) % 6 + 1


@register.simple_tag
def sparkline(values: Sequence[float], label: str = "", width: int = 104, height: int = 28) -> SafeString:
    """`{% sparkline weekly_sales label="…" %}`"""
    return sparklines.draw(values, label=label, width=width, height=height)


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """`{% query page=2 sort=None %}` → this page's query string with the changes; None takes a key away."""
    params = context["request"].GET.copy()
    for key, value in changes.items():
        if value is None or value == "":
            params.pop(key, None)
        elif isinstance(value, list | tuple):
            params.setlist(key, [str(entry) for entry in value])
        else:
            params[key] = str(value)
    return "?" + params.urlencode() if params else "?"


@register.simple_tag(takes_context=True)
def block_text(context: Context, name: str) -> SafeString:
    """`{% block_text "title" %}` → what the page put into that block, a second time; Django's blocks render once."""
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    block = blocks.get_block(name) if blocks else None
    return SafeString(block.render(context).strip()) if block else SafeString("")


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """`{{ row|get:column.key }}`: the entry of a mapping, or nothing."""
    return mapping.get(key, "") if hasattr(mapping, "get") else ""


def _empty(value: object) -> bool:
    return value is None or value == ""
