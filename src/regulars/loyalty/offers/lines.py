"""Hours and funders as people type them, one a line, and as the form shows them again.

For the form of an offer, which asks for the first of each by fields of their own and for all others by lines.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language

from regulars.loyalty.vocabulary import WEEKDAYS

_CHINESE = dict(zip(("周一", "周二", "周三", "周四", "周五", "周六", "周日"), WEEKDAYS, strict=True))
_HOURS = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*[-–—至]\s*([01]?\d|2[0-3]):([0-5]\d)")
_PARTIES = {"supplier": "supplier", "partner": "partner", "供应商": "supplier", "合作方": "partner"}


def window(line: str) -> dict[str, Any]:
    """Return the hours of a line: days, hours, or both; neither is no window.

    >>> window("sat, sun 9:00-11:59")
    {'weekdays': ['sat', 'sun'], 'from_time': '09:00', 'to_time': '11:59'}
    """
    found = _HOURS.search(line)
    days = re.split(r"[\s,，、]+", (line[: found.start()] + line[found.end() :] if found else line).strip(" ,，、"))
    weekdays = [_CHINESE.get(day, day.lower()) for day in days if day]
    if unknown := [day for day in weekdays if day not in WEEKDAYS]:
        raise ValueError(unknown[0])
    start, end = (f"{int(found[1]):02d}:{found[2]}", f"{int(found[3]):02d}:{found[4]}") if found else ("00:00", "23:59")
    return {"weekdays": weekdays, "from_time": start, "to_time": end}


def shown_window(window: Mapping[str, Any]) -> str:
    """Return hours as `window` reads them, the days in the active language."""
    words = {key: word for word, key in _CHINESE.items()} if (get_language() or "").startswith("zh") else {}
    days = " ".join(words.get(day, day) for day in window.get("weekdays", ()))
    return f"{days} {window['from_time']}-{window['to_time']}".strip()


def funder(line: str) -> dict[str, Any]:
    """Return who bears what share; without a party it is a supplier.

    >>> funder("12.5% partner: City Bank")
    {'party': 'partner', 'name': 'City Bank', 'share_bp': 1250}
    """
    share, _sign, rest = line.replace("％", "%").partition("%")
    party, colon, name = rest.replace("：", ":").partition(":")
    known = _PARTIES.get(party.strip().lower()) if colon else None
    bp = round(float(share) * 100)
    if not 0 < bp <= 10_000 or not rest.strip():
        raise ValueError(line)
    return {"party": known or "supplier", "name": (name if known else rest).strip()[:120], "share_bp": bp}


def shown_funder(funder: Mapping[str, Any]) -> str:
    """Return a funder as `funder` reads it."""
    party = "" if funder["party"] == "supplier" else f"{funder['party']}: "
    return f"{funder['share_bp'] / 100:g}% {party}{funder['name']}"
