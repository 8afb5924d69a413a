"""The audit trail: who did what, with what before and after."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, time, timedelta

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from regulars.core.errors import NotFoundError
from regulars.organization import audit, selectors, wording
from regulars.organization.models import AuditEntry, AuditSeal
from regulars.organization.requests import requires, viewer_of
from regulars.ui import formatting, lists


def _day(text: str, *, end: bool = False) -> datetime:
    day = parse_date(text) or datetime(1970, 1, 1, tzinfo=UTC).date()
    return datetime.combine(day + timedelta(days=end), time(), UTC)


TRAIL = lists.Listing(
    id="trail",
    sort="-at",
    search=lambda rows, words: rows.filter(actor__icontains=words),
    search_label=_("Search by person"),
    columns=[
        lists.Column(
            key="at", label=_("When"), value=lambda row: row.at, sort="at", lead=True,
            show=lambda row: formatting.moment(row.at), href=lambda row: f"/audit/{row.pk}/",
        ),
        lists.Column(key="actor", label=_("Who"), value=lambda row: str(wording.actor(row.actor)), sort="actor"),
        lists.Column(
            key="action", label=_("What happened"), value=lambda row: row.action, show=lambda row: wording.deed(row.action),
            sort="action",
        ),
        lists.Column(
            key="object", label=_("Which"), value=lambda row: f"{row.object_type} {row.object_id}".strip(),
            show=wording.object_told,
        ),
        lists.Column(key="note", label=_("Note"), value=lambda row: row.note, shown=False),
        lists.Column(key="before", label=_("Before"), value=lambda row: row.before and str(row.before), shown=False),
        lists.Column(key="after", label=_("After"), value=lambda row: row.after and str(row.after), shown=False),
    ],
    filters=[
        lists.Filter(key="type", label=_("Kind of object"), apply=lambda rows, v: rows.filter(object_type=v)),
        lists.Filter(key="object", label=_("Number of the object"), apply=lambda rows, v: rows.filter(object_id=v)),
        lists.Filter(key="from", label=_("From"), kind="date", apply=lambda rows, v: rows.filter(at__gte=_day(v))),
        lists.Filter(
            key="to", label=_("To"), kind="date", apply=lambda rows, v: rows.filter(at__lt=_day(v, end=True))
        ),
    ],
)  # fmt: skip


def _trail(rows: QuerySet[AuditEntry]) -> lists.Listing:
    """Return the list with a choice of what happened in these rows; no other may show there."""
    known = rows.order_by("action").values_list("action", flat=True).distinct()[:200]
    by_action = lists.Filter(
        key="action",
        label=_("What happened"),
        options=[(action, wording.deed(action)) for action in known],
        apply=lambda found, value: found.filter(action=value),
    )
    return dataclasses.replace(TRAIL, filters=[by_action, *TRAIL.filters])


@require_GET
@requires("audit.read")
def trail(request: HttpRequest) -> HttpResponseBase:
    """Show the trail, or hand it out as a file, which is itself written down."""
    viewer = viewer_of(request)
    rows = selectors.list_audit(viewer)
    kind = request.GET.get("export", "")
    if kind in {"csv", "xlsx"}:
        audit.record(viewer, "audit.exported", "audit", "", now=timezone.now(), note=request.GET.urlencode()[:300])
        return _trail(rows).export(request, rows, kind=kind, name="audit")
    context = {"exports": True, "last_seal": AuditSeal.objects.order_by("-to_xid").first()}
    return _trail(rows).render(request, rows, template="organization/audit.html", context=context)


@require_GET
@requires("audit.read")
def entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Show one entry with what was before and after."""
    found = selectors.list_audit(viewer_of(request)).filter(pk=entry_id).first()
    if found is None:
        raise NotFoundError
    context = {
        "entry": found,
        "deed": wording.deed(found.action),
        "which": wording.object_told(found),
        "changes": _changes(found),
    }
    return render(request, "organization/audit_entry.html", context)


def _changes(found: AuditEntry) -> list[tuple[str, object, object]]:
    before, after = found.before or {}, found.after or {}
    return [(key, before.get(key), after.get(key)) for key in {**before, **after}]
