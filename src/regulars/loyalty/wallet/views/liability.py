"""What is owed to members, month by month, and the journal for finance."""

from __future__ import annotations

from typing import Any

import altair as alt
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from regulars.core import money
from regulars.loyalty.wallet import journal, liability, naming, wording
from regulars.loyalty.wallet.liability import Month
from regulars.loyalty.wallet.models import Unit
from regulars.organization import audit
from regulars.organization.company import get_company
from regulars.organization.requests import requires, viewer_of
from regulars.ui import charts, formatting

_MONTHS = 24  # of the table and the chart; the journal holds all


@require_GET
@requires("wallet.report")
def page(request: HttpRequest) -> HttpResponse:
    """Show one unit's roll-forward by month."""
    units = [unit for unit in naming.units() if unit.kind != Unit.Kind.GROWTH]  # it cannot be spent, so nothing is owed
    named = naming.names()
    chosen = next((unit for unit in units if unit.code == request.GET.get("unit")), units[0] if units else None)
    context: dict[str, Any] = {"units": [(unit, named[unit.code]) for unit in units], "chosen": chosen}
    if chosen is not None:
        context["name"] = named[chosen.code]
        months = liability.roll_forward(chosen)
        context |= _figures(chosen, months) | _table(chosen, months[-_MONTHS:])
        context["chart"] = _chart(chosen, months[-_MONTHS:]) if len(months) > 1 else None
    return render(request, "wallet/liability.html", context)


@require_GET
@requires("wallet.report")
def journal_file(request: HttpRequest) -> HttpResponse:
    """Hand out the journal of all units and months as CSV."""
    audit.record(viewer_of(request), "journal.exported", "journal", "", now=timezone.now())
    headers = {"Content-Disposition": 'attachment; filename="journal.csv"'}
    return HttpResponse(journal.as_csv(journal.bookings()), content_type="text/csv; charset=utf-8", headers=headers)


def _figures(unit: Unit, months: list[Month]) -> dict[str, Any]:
    last = months[-1] if months else None
    worth = liability.worth_of(unit.code)
    currency = get_company().currency
    return {
        "owed": wording.quantity(last.closing if last else 0, unit.currency),
        "deferred": formatting.money(last.deferred_amount, currency) if last and unit.kind == Unit.Kind.POINTS else "",
        "late": wording.quantity(last.late if last else 0, unit.currency),
        "point_value": formatting.money(worth.point_value_milli // 10, currency),  # a hundred points
        "redeemed": formatting.percent(worth.redeemed_permille / 1_000, decimals=0),
    }


def _table(unit: Unit, months: list[Month]) -> dict[str, Any]:
    houses = liability.houses(months)
    currency = get_company().currency
    rows = [
        {
            "month": formatting.month(one.month),
            "opening": wording.quantity(one.opening, unit.currency),
            "moved": [wording.quantity(one.by_house.get(house, 0), unit.currency) for house in houses],
            "closing": wording.quantity(one.closing, unit.currency),
            "late": wording.quantity(one.late, unit.currency) if one.late else "",
            "deferred": formatting.money(one.deferred_amount, currency),
        }
        for one in reversed(months)
    ]
    return {"rows": rows, "houses": [wording.HOUSES[house] for house in houses], "is_points": unit.kind == Unit.Kind.POINTS}


def _chart(unit: Unit, months: list[Month]) -> charts.Chart:
    divisor = 10 ** money.minor_digits(unit.currency) if unit.currency else 1
    values = [{"month": one.month.isoformat(), "owed": one.closing / divisor} for one in months]
    words = "%b %Y" if formatting.locale().language == "en" else "%Y年%-m月"
    axis = alt.Axis(format=words, tickCount="month", title=None, grid=False, labelOverlap=True)  # a label for a month, not more
    drawing = (
        alt.Chart(alt.InlineData(values=values))
        .mark_area(line=True, opacity=0.25)
        .encode(
            x=alt.X("month:T", axis=axis),
            y=alt.Y("owed:Q", axis=charts.amounts_axis(), scale=alt.Scale(zero=True)),
            tooltip=[
                alt.Tooltip("month:T", title=_("Month"), format=words),
                alt.Tooltip("owed:Q", title=_("Owed"), format=",.2f" if unit.currency else ",d"),
            ],
        )
    )
    return charts.chart(
        drawing,
        id="owed",
        title=_title(months),
        source=_("Sum of all entries up to each month’s end."),
        height=260,
        columns=[_("Month"), _("Owed")],
        rows=[(formatting.month(one.month), wording.quantity(one.closing, unit.currency)) for one in months],
    )


def _title(months: list[Month]) -> str:
    first, last = months[-min(len(months), 12)].closing, months[-1].closing
    if not first or first == last:
        return _("What is owed, month by month")
    change = formatting.percent(abs(last - first) / abs(first), decimals=0)
    if last > first:
        return _("What is owed grew by %(change)s") % {"change": change}
    return _("What is owed fell by %(change)s") % {"change": change}
