"""Tiers: the ladder, how many stand on each step, who moved lately and who will fall."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from regulars.loyalty.program import selectors, wording
from regulars.loyalty.program.models import Membership, Program, TierSpell
from regulars.loyalty.program.rules.book import Book
from regulars.organization.requests import requires, viewer_of

_DAYS = 90


@require_GET
@requires("program.read")
def tiers(request: HttpRequest) -> HttpResponse:
    """Show the ladder with its members, the moves of the last weeks, and the falls that are announced."""
    now = timezone.now()
    book = selectors.book_at(now)
    if book is None or not book.body.ladder.tiers:
        return render(request, "program/tiers.html", {"steps": []})
    program = Program.objects.get(pk=book.program_id)
    counted = dict(
        Membership.objects.filter(program=program, left_at=None).values_list("tier").annotate(count=Count("pk")).order_by()
    )
    said = {one.key: one.text for one in wording.rules_of(book.body, book.currency)}
    moves = TierSpell.objects.filter(program=program, since__gte=now - timedelta(days=_DAYS)).exclude(cause="joined")
    names = {tier.code: tier.name or tier.code for tier in book.body.ladder.tiers}
    total = sum(counted.values())
    steps = [
        {
            "name": names[tier.code], "text": said[f"tier.{tier.code}"], "members": counted.get(tier.code, 0),
            "share": counted.get(tier.code, 0) / total if total else 0,
        }
        for tier in reversed(book.body.ladder.tiers)
    ]  # fmt: skip
    context: dict[str, Any] = {
        "steps": steps, "days": _DAYS, "ladder": book.body.ladder, "names": names, "total": total,
        "moves": _moves(moves, request, book, names), "falls": _falls(program, request, names),
        "falling": Membership.objects.filter(program=program, fall_on__isnull=False).count(),
    }  # fmt: skip
    return render(request, "program/tiers.html", context)


def _moves(moves: Any, request: HttpRequest, book: Book, names: dict[str, str]) -> list[dict[str, Any]]:
    viewer = viewer_of(request)
    if not viewer.may("customer.list"):
        return []
    seen = viewer.restrict(moves, "customer.list", store="customer__customerstore__store")
    rows = seen.select_related("customer").order_by("-since", "-pk").distinct()[:20]
    told = {"measure": book.body.ladder.measure, "currency": book.currency}
    return [
        {
            "customer": row.customer, "at": row.since, "before": names.get(row.before, row.before),
            "tier": names.get(row.tier, row.tier), "why": wording.cause_text(row.cause, row.why, **told),
            "up": row.cause == "reached",
        }
        for row in rows
    ]  # fmt: skip


def _falls(program: Program, request: HttpRequest, names: dict[str, str]) -> list[dict[str, Any]]:
    if not viewer_of(request).may("customer.list"):
        return []
    falling = Membership.objects.filter(program=program, fall_on__isnull=False).exclude(tier=F("fall_to"))
    rows = viewer_of(request).restrict(falling, "customer.list", store="customer__customerstore__store").distinct()
    return [
        {
            "customer": row.customer, "on": row.fall_on, "tier": names.get(row.tier, row.tier),
            "fall_to": names.get(row.fall_to, row.fall_to),
        }
        for row in rows.select_related("customer").order_by("fall_on", "pk")[:20]
    ]  # fmt: skip
