"""Reads of the program: which rules hold, who is a member with which tier, what a receipt earned.

For checkout, which asks `book_at`, `standing_of` and `state_of` within a till's moment, and for the pages.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet, Sum

from regulars.core import bulk
from regulars.core.business_time import TradingDay
from regulars.core.errors import NotFoundError
from regulars.loyalty.basket import Member
from regulars.loyalty.program import known
from regulars.loyalty.program.models import Earning, Membership, Program, RuleVersion, TierSpell
from regulars.loyalty.program.rules.body import Body
from regulars.loyalty.program.rules.book import Book
from regulars.loyalty.program.rules.earning import NOTHING_YET, State
from regulars.organization.company import get_company


@dataclass(frozen=True, slots=True)
class Standing:
    """What a till has to know of a member before it can rate a basket; empty words for somebody who is no member yet."""

    tier: str = ""
    paid_plan: str = ""
    is_member: bool = False


_IN_FORCE = """
SELECT DISTINCT ON (p.id) p.code, p.id, p.currency, v.id, v.number, v.body::text
FROM program_program p JOIN program_ruleversion v ON v.program_id = p.id
WHERE p.is_active AND v.published_at IS NOT NULL AND v.effective_from <= %(day)s AND (%(program)s = '' OR p.code = %(program)s)
ORDER BY p.id, v.effective_from DESC, v.number DESC
"""


def book_at(at: datetime | date, *, program: str = "") -> Book | None:
    """Return the rules of a program (the first one, if none is named) in force at `at`, or None without any."""
    return next(iter(books_at(at, program=program)), None)


def books_at(at: datetime | date, *, program: str = "") -> list[Book]:
    """Return the rules of all active programs in force at an instant or on a business date."""
    zone = program_zone()
    day = at.astimezone(ZoneInfo(zone.timezone)).date() if isinstance(at, datetime) else at
    rows = bulk.fetch(_IN_FORCE, {"day": day, "program": program})
    return [_book(row, zone) for row in rows]


def book_of(version: RuleVersion) -> Book:
    """Return a version, published or not, ready to be asked."""
    program = version.program
    body = Body.model_validate(version.body)
    return Book(body, program.code, program.pk, version.pk, version.number, program_zone(), program.currency)


def book_of_version(version_id: int) -> Book:
    """Return the rules under which something was earned."""
    rows = bulk.fetch(
        "SELECT p.code, p.id, p.currency, v.id, v.number, v.body::text FROM program_ruleversion v"
        " JOIN program_program p ON p.id = v.program_id WHERE v.id = %(id)s",
        {"id": version_id},
    )
    if not rows:
        raise NotFoundError
    return _book(rows[0], program_zone())


def program_zone() -> TradingDay:
    """Return the day in which the program's dates end: the company's, from midnight to midnight."""
    return TradingDay(get_company().timezone)


@lru_cache(maxsize=64)
def _book(row: tuple[str, int, str, int, int, str], zone: TradingDay) -> Book:
    """Read a version once per process; the text of the body is part of the key, so that no other version can be meant."""
    code, program_id, currency, version_id, number, body = row
    return Book(Body.model_validate_json(body), code, program_id, version_id, number, zone, currency)


def member_at(customer_id: int, *, book: Book, at: datetime) -> Member | None:
    """Return the customer as the rules of `book` see them; None for whoever would have to ask to be let in first."""
    standing = standing_of(customer_id, program=book.program, at=at)
    if not standing.is_member and book.body.enrolls == "asked":
        return None
    rows = bulk.fetch(_KNOWN, {"customer": customer_id, "program": book.program_id, "at": at})
    facts = known.facts(rows[0]) if rows else {"customer.tags": frozenset()}
    joined_on, tags = facts.pop("customer.joined_on", None), facts.pop("customer.tags")
    return Member(customer_id, standing.tier, standing.paid_plan, joined_on, tags, facts)  # type: ignore[arg-type] # as selected


_KNOWN = f"""
SELECT {known.columns(at="%(at)s::timestamptz")} FROM customers_customer c
LEFT JOIN program_membership m ON m.customer_id = c.id AND m.program_id = %(program)s AND m.left_at IS NULL
WHERE c.id = %(customer)s
"""


# An earning whose import was undone fills no cap and counts as no visit.
STANDS = "NOT EXISTS (SELECT FROM program_takenback u WHERE u.earning_id = e.id AND u.receipt_id = e.receipt_id)"
# Who became one customer shares the caps: what each record earned counts for the one that lives.
_MINE = "ANY (ARRAY(SELECT id FROM customers_customer WHERE merged_into_id = %(customer)s) || %(customer)s::bigint)"
_BY_RULE = f"""
SELECT rule, sum(given::bigint)::bigint, coalesce(sum(given::bigint) FILTER (WHERE business_date = %(day)s), 0)::bigint
FROM program_earning e, jsonb_each_text(by_rule) AS r(rule, given)
WHERE customer_id = {_MINE} AND program_id = %(program)s AND {STANDS} GROUP BY rule
"""
_TODAY = f"""
SELECT count(*), coalesce(sum(points), 0)::bigint FROM program_earning e
WHERE customer_id = {_MINE} AND program_id = %(program)s AND business_date = %(day)s AND {STANDS}
"""


_STANDINGS = """
SELECT m.customer_id, m.tier, coalesce((
    SELECT l.code FROM program_paidperiod d JOIN program_paidplan l ON l.id = d.plan_id AND l.program_id = m.program_id
    WHERE d.customer_id = m.customer_id AND d.starts_on <= %(day)s AND coalesce(d.ended_on, d.ends_on) > %(day)s
    ORDER BY l.price_amount DESC LIMIT 1), '')
FROM program_membership m JOIN program_program p ON p.id = m.program_id
WHERE p.code = %(program)s AND m.left_at IS NULL AND m.customer_id = ANY (%(customers)s)
"""


def standing_of(customer_id: int, *, program: str, at: datetime) -> Standing:
    """Return tier and paid plan of a customer at this moment."""
    return standings_of([customer_id], program=program, at=at).get(customer_id, Standing())


def standings_of(customer_ids: Iterable[int], *, program: str, at: datetime) -> dict[int, Standing]:
    """Return tier and paid plan of several members; whoever is no member is missing."""
    day = program_zone().date_of(at)
    rows = bulk.fetch(_STANDINGS, {"program": program, "customers": list(customer_ids), "day": day})
    return {customer: Standing(tier, plan, True) for customer, tier, plan in rows}


def state_of(customer_id: int, *, book: Book, day: date) -> State:
    """Return what a member has earned so far, as far as the caps ask; behind the member's lock the answer is exact."""
    if not book.has_caps:
        return NOTHING_YET
    asked = {"day": day, "customer": customer_id, "program": book.program_id}
    rows = bulk.fetch(_BY_RULE, asked)
    ((receipts, points),) = bulk.fetch(_TODAY, asked)
    return State(points, receipts, {rule: today for rule, _, today in rows}, {rule: ever for rule, ever, _ in rows})


def get_program(code: str = "") -> Program:
    """Return a program by its code, the first active one without, or refuse."""
    found = Program.objects.filter(Q(code=code) if code else Q(is_active=True)).order_by("pk").first()
    if found is None:
        raise NotFoundError
    return found


def find_earning(receipt_id: int, *, program: str = "") -> Earning | None:
    """Return what a receipt earned, if it was rated."""
    rows = Earning.objects.select_related("version", "program").filter(receipt_id=receipt_id)
    return (rows.filter(program__code=program) if program else rows.order_by("program_id")).first()


def find_membership(customer_id: int, *, program: str = "") -> Membership | None:
    """Return the membership of a customer, if there is one."""
    rows = Membership.objects.select_related("program", "store").filter(customer_id=customer_id, left_at=None)
    return (rows.filter(program__code=program) if program else rows.order_by("program_id")).first()


def list_spells(customer_id: int) -> QuerySet[TierSpell]:
    """Return the tiers that a customer held, newest first."""
    return TierSpell.objects.select_related("program", "version").filter(customer_id=customer_id).order_by("-since", "-pk")


def measure_of(customer_id: int, *, program: Program, measure: str, since: date, until: date) -> int:
    """Return what a member's tier counts in a period (half-open), returns taken off where their sale stood."""
    field = {"spend": "spend_amount", "visits": "visits", "points": "points", "growth": "growth"}[measure]
    same = Q(customer=customer_id) | Q(customer__merged_into=customer_id)
    earned = Earning.objects.filter(same, program=program, business_date__gte=since, business_date__lt=until)
    taken = earned.filter(taken_back__isnull=False).aggregate(sum=Sum(f"taken_back__{field}"))["sum"] or 0
    if measure == "visits":
        return earned.filter(spend_amount__gt=0).count() - taken
    return (earned.aggregate(sum=Sum(field))["sum"] or 0) - taken
