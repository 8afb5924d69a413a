"""Everything that pricing a basket has to read of other rooms: articles, the rules in force, the member's standing.

For the services of this room, which read it together with the message itself: two statements in one round trip. The rules are
those of `program.selectors.book_at`, the standing that of `program.selectors.standing_of`; tests hold the two ways together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from regulars.catalog import services as catalog
from regulars.core import prepared
from regulars.core.business_time import BUSINESS_DATE_SQL
from regulars.loyalty.basket import Article, Member
from regulars.loyalty.checkout.messages import Ask
from regulars.loyalty.program import known
from regulars.loyalty.program import selectors as program
from regulars.loyalty.program.rules import Book

Statement = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Known:
    """An article with what a receipt prints of it."""

    article: Article
    name: str


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of a basket before it is priced."""

    articles: Mapping[str, Known]
    book: Book | None
    member: Member | None
    may_earn: bool = False  # a program may want to be asked before it lets somebody in


def statements(ask: Ask, customer_id: int | None) -> tuple[Statement, Statement]:
    """Return what has to be asked; the answers go to `read`, in the same order."""
    return (
        (_ARTICLES, {"skus": list({line.sku for line in ask.lines})}),
        (_STANDING, {"store": ask.store, "at": ask.at, "customer": customer_id}),
    )


def of_sale(skus: list[str], *, store: str, at: datetime, customer_id: int | None) -> Context:
    """Return the context of a sale that was recorded, as far as it still stands."""
    standing = (_STANDING, {"store": store, "at": at, "customer": customer_id})
    return read(*prepared.together((_ARTICLES, {"skus": skus}), standing))


def read(articles: prepared.Rows, standing: prepared.Rows) -> Context:
    """Return the context that the rows of `statements` make."""
    version_id, written, zone, is_member, *member = standing[0] if standing else (None, "", "", False, None)
    book = _book(version_id, written, zone) if version_id is not None else None
    return Context(
        articles=_articles(articles),
        book=book,
        member=_member(*member) if member[0] is not None else None,
        may_earn=book is not None and (is_member or book.body.enrolls != "asked"),
    )


def add_missing(context: Context, ask: Ask, *, source: str, now: datetime) -> Context:
    """Return the context with placeholders for articles that the catalog does not know yet."""
    missing = sorted({line.sku for line in ask.lines} - set(context.articles))
    if not missing:
        return context
    catalog.add_placeholders(missing, source=source, now=now)
    (rows,) = prepared.together((_ARTICLES, {"skus": missing}))
    return Context({**context.articles, **_articles(rows)}, context.book, context.member, context.may_earn)


@lru_cache(maxsize=64)
def _book(version_id: int, written: str, zone: str) -> Book:  # noqa: ARG001 (the key: which row, as written when, in which zone)
    """Read the rules once a process: a published version never changes, and another row under its id was written by another
    transaction (a database that was restored under a running process).
    """
    return program.book_of_version(version_id)


def _articles(rows: prepared.Rows) -> dict[str, Known]:
    return {
        sku: Known(Article(id, sku, tuple(path.split(" / ")) if path else (), brand, supplier, price), name)
        for id, sku, name, price, path, brand, supplier in rows
    }


def _member(customer_id: int, tier: str, plan: str, *values: Any) -> Member:
    facts = known.facts(values)
    joined_on, tags = facts.pop("customer.joined_on", None), facts.pop("customer.tags")
    return Member(customer_id, tier, plan, joined_on, tags, facts)  # type: ignore[arg-type] # as the statement selects


_ARTICLES = """
SELECT p.id, p.sku, p.name, p.price_amount, coalesce(c.path, ''), coalesce(b.name, ''), coalesce(s.code, '')
FROM catalog_product p
LEFT JOIN catalog_category c ON c.id = p.category_id
LEFT JOIN catalog_brand b ON b.id = p.brand_id
LEFT JOIN catalog_supplier s ON s.id = p.supplier_id
WHERE p.sku = ANY (%(skus)s::text[])
"""

_DAY = BUSINESS_DATE_SQL.format(at="%(at)s::timestamptz", zone="s.timezone", cutoff="s.day_cutoff_minutes")
_STANDING = f"""
SELECT v.id, v.written, company.timezone, m.id IS NOT NULL, c.id, coalesce(m.tier, ''), coalesce((
        SELECT l.code FROM program_paidperiod d JOIN program_paidplan l ON l.id = d.plan_id AND l.program_id = m.program_id
        WHERE d.customer_id = m.customer_id AND d.starts_on <= today.day AND coalesce(d.ended_on, d.ends_on) > today.day
        ORDER BY l.price_amount DESC LIMIT 1), ''),
    {known.columns(at="%(at)s::timestamptz")}
FROM organization_store s
LEFT JOIN LATERAL (SELECT timezone FROM organization_company LIMIT 1) company ON true
LEFT JOIN LATERAL (SELECT (%(at)s::timestamptz AT TIME ZONE company.timezone)::date AS day) today ON true
LEFT JOIN LATERAL (
    SELECT v.id, v.program_id, v.xmin::text AS written FROM program_program p JOIN program_ruleversion v ON v.program_id = p.id
    WHERE p.is_active AND p.currency IN ('', s.currency) AND v.published_at IS NOT NULL
        AND v.effective_from <= {_DAY}
    ORDER BY p.id, v.effective_from DESC, v.number DESC LIMIT 1
) v ON true
LEFT JOIN customers_customer c
    ON c.id = (SELECT coalesce(said.merged_into_id, said.id) FROM customers_customer said WHERE said.id = %(customer)s::bigint)
LEFT JOIN program_membership m ON m.program_id = v.program_id AND m.customer_id = c.id AND m.left_at IS NULL
WHERE s.code = %(store)s
"""
