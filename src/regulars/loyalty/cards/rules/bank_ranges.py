"""Read a bank's list of its card numbers: leading digits from–to, as CSV (S240).

For `services.bank_ranges`. Pure. Every fault is told with its row and column, so that the bank can mend its list.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from regulars.core.errors import Problem

DIGITS = 12  # as `models.BankRange` keeps them
SHORTEST, LONGEST = 6, 11  # an issuer's number; and with its product
ROWS_MAX = 20_000
_HEADS: Mapping[str, frozenset[str]] = {
    "first": frozenset({"first", "from", "bin", "start", "low", "起始", "起始卡段", "卡bin", "卡段"}),
    "last": frozenset({"last", "to", "end", "high", "截止", "截止卡段", "终止", "终止卡段"}),
    "product": frozenset({"product", "name", "card", "产品", "卡产品", "卡名", "名称"}),
}


@dataclass(frozen=True, slots=True)
class Span:
    """Numbers of one product, filled up; `row` is the line of the file, 0 for what is kept already."""

    row: int
    first: int
    last: int
    product: str = ""


def read(text: str) -> tuple[list[Span], list[Problem]]:
    """Return the spans of a list and what is wrong with it. Without `last`, a row means all numbers that begin so.

    >>> spans, problems = read("first,last,product\\n621483,,Gold\\n62148401,62148409,Blue\\n")
    >>> [(span.first, span.last, span.product) for span in spans], problems
    ([(621483000000, 621483999999, 'Gold'), (621484010000, 621484099999, 'Blue')], [])
    """
    rows = list(csv.reader(text.lstrip("\ufeff").splitlines()))
    heads = [head.strip().lower() for head in rows[0]] if rows else []
    places = {name: at for name, known in _HEADS.items() for at, head in enumerate(heads) if head in known}
    if "first" not in places:
        return [], [Problem(1, None, "bank_range.header", _("The first line names the columns: first, last, product."))]
    if len(rows) > ROWS_MAX:
        message = _("A list has at most %(rows)s rows.") % {"rows": ROWS_MAX}
        return [], [Problem(ROWS_MAX + 1, None, "bank_range.too_many", message)]
    spans: list[Span] = []
    problems: list[Problem] = []
    for number, row in enumerate(rows[1:], start=2):
        if any(cell.strip() for cell in row):
            found = _span(number, {name: row[at].strip() if at < len(row) else "" for name, at in places.items()})
            (spans if isinstance(found, Span) else problems).append(found)  # type: ignore[arg-type] # one or the other
    return spans, problems


def overlaps(spans: Iterable[Span]) -> list[tuple[Span, Span]]:
    """Return each span that reaches into another one, with that one; kept ones come first."""
    found, open_span = [], None
    for span in sorted(spans, key=lambda one: (one.first, one.row)):
        if open_span is not None and span.first <= open_span.last:
            earlier, later = sorted((open_span, span), key=lambda one: one.row)
            found.append((later, earlier))
        open_span = span if open_span is None or span.last > open_span.last else open_span
    return found


def written(first: int, last: int) -> tuple[str, str]:
    """Return the leading digits from–to as a list has them, without what they were filled up with.

    >>> written(621484010000, 621484099999), written(621483000000, 621483999999)
    (('62148401', '62148409'), ('621483', '621483'))
    """
    start, end = f"{first:0{DIGITS}d}", f"{last:0{DIGITS}d}"
    shown = max(len(start.rstrip("0")), len(end.rstrip("9")), SHORTEST)
    return start[:shown], end[:shown]


def _span(number: int, cells: Mapping[str, str]) -> Span | Problem:
    first, last = (re.sub(r"[\s*xX]", "", cells.get(name, "")) for name in ("first", "last"))
    last = last or first
    for column, digits in (("first", first), ("last", last)):
        if not digits.isascii() or not digits.isdigit() or not SHORTEST <= len(digits) <= LONGEST:
            message = _("Write %(least)s to %(most)s leading digits, never a whole card number.")
            return Problem(number, column, "bank_range.digits", message % {"least": SHORTEST, "most": LONGEST})
    if len(first) != len(last) or first > last:
        return Problem(number, "last", "bank_range.order", _("The last digits are as many as the first, and come after them."))
    return Span(number, int(first.ljust(DIGITS, "0")), int(last.ljust(DIGITS, "9")), cells.get("product", "")[:80])
