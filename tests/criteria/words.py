"""A small vocabulary for these tests."""

from __future__ import annotations

from datetime import date

from regulars.criteria.vocabulary import Kind, Term, of

TODAY = date(2026, 11, 22)  # a Sunday
WORDS = of(
    (
        Term("tier", Kind.CHOICE, "Tier", {"gold": "Gold", "silver": "Silver"}),
        Term("city", Kind.TEXT, "City"),
        Term("visits", Kind.NUMBER, "Visits"),
        Term("total", Kind.AMOUNT, "Basket total"),
        Term("joined", Kind.DATE, "Joined on"),
        Term("at", Kind.TIME, "Time of day"),
        Term("known", Kind.FLAG, "Recognized customer"),
        Term("tags", Kind.SET, "Tags"),
    )
)
