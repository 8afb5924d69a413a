"""The report of a replay as a page shows it: figures with their change, points by month, tiers, and whom it hurts most."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

import altair as alt
from django.utils.translation import gettext as _

from regulars.customers.models import Customer
from regulars.loyalty.program.rules.body import Body
from regulars.organization.access import Viewer
from regulars.ui import charts, formatting
from regulars.ui.charts import Chart

Report = Mapping[str, Any]


def context(report: Report, viewer: Viewer, *, body: Body) -> dict[str, Any]:
    """Return what the template needs."""
    now, then = report["now"], report["then"]
    money = partial(formatting.money_whole, currency=report["currency"])
    return {
        "report": report,
        "since": date.fromisoformat(report["since"]), "until": date.fromisoformat(report["until"]),
        "tiles": [
            _tile(_("Points given"), now["points"], then["points"], formatting.number),
            _tile(_("Cost of points"), now["cost_amount"], then["cost_amount"], money),
            _tile(_("Still owed at the end"), now["owed_amount"], then["owed_amount"], money),
            _tile(_("Members who rise"), now["rises"], then["rises"], formatting.number),
            _tile(_("Members who fall"), now["falls"], then["falls"], formatting.number),
        ],
        "months": _months(report), "hurt": _hurt(report, viewer, body=body),
        "rules": [
            (code, now["by_rule"].get(code, 0), then["by_rule"].get(code, 0))
            for code in {**now["by_rule"], **then["by_rule"]}
        ],
        "tiers": [
            (tier.name or tier.code, now["by_tier"].get(tier.code, 0), then["by_tier"].get(tier.code, 0))
            for tier in body.ladder.tiers
        ],
        "names": {rule.code: rule.name or rule.code for rule in body.earning}
        | {f"tier.{tier.code}": tier.name or tier.code for tier in body.ladder.tiers},
    }  # fmt: skip


def _tile(label: str, now: int, then: int, shown: Any) -> dict[str, str]:
    change = formatting.change((then - now) / now) if now else ""
    return {
        "label": label,
        "figure": shown(then),
        "change": change if then != now else "",
        "words": _("now %(figure)s") % {"figure": shown(now)},
    }


def _months(report: Report) -> Chart:
    now, then = report["now"]["by_month"], report["then"]["by_month"]
    months = sorted({**now, **then})
    rules, draft = _("Rules in force"), _("Draft")
    values = [
        {"month": f"{month}-01", "rules": name, "points": side.get(month, 0)}
        for month in months
        for name, side in ((rules, now), (draft, then))
    ]
    english = formatting.locale().language == "en"
    month = "%b" if english else "%-m月"
    drawing = (
        alt.Chart(alt.InlineData(values=values))
        .mark_line(point=True, strokeWidth=2)
        .encode(
            x=alt.X("month:T", title=None, axis=alt.Axis(format=month, tickCount="month", labelOverlap=True)),
            y=alt.Y("points:Q", title=None, scale=alt.Scale(zero=True), axis=charts.amounts_axis()),
            color=alt.Color("rules:N", title=None, sort=[rules, draft], legend=alt.Legend(orient="top")),
            tooltip=[alt.Tooltip("month:T", format="%b %Y" if english else "%Y年%-m月", title=_("Month")),
                     alt.Tooltip("rules:N", title=_("Rules")),
                     alt.Tooltip("points:Q", format=",", title=_("Points"))],
        )
    )  # fmt: skip
    return charts.chart(
        drawing, id="replay-months", title=_title(report), height=260,
        source=_("Points of the receipts of each month, returned goods taken off."),
        columns=[_("Month"), rules, draft],
        rows=[
            (
                formatting.month(date.fromisoformat(f"{month}-01")), formatting.number(now.get(month, 0)),
                formatting.number(then.get(month, 0)),
            )
            for month in months
        ],
    )  # fmt: skip


def _title(report: Report) -> str:
    now, then = report["now"]["points"], report["then"]["points"]
    if now == then:
        return _("The draft gives exactly as many points as the rules in force")
    words = {"points": formatting.number(abs(then - now))}
    return (_("The draft gives %(points)s points more") if then > now else _("The draft gives %(points)s points fewer")) % words


def _hurt(report: Report, viewer: Viewer, *, body: Body) -> list[dict[str, Any]]:
    """Return the members whom the draft hurts most; only those whom the viewer may see have a name."""
    ids = [one["customer_id"] for one in report["hurt"]]
    names: dict[int, str] = {}
    if viewer.may("customer.read") and viewer.scope("customer.read").is_everything:
        names = dict(Customer.objects.filter(pk__in=ids).values_list("pk", "name"))
    tiers = {tier.code: tier.name or tier.code for tier in body.ladder.tiers}
    return [
        one | {
            "name": names.get(one["customer_id"], ""), "lost": one["points_now"] - one["points_then"],
            "tier_now": tiers.get(one["tier_now"], one["tier_now"]),
            "tier_then": tiers.get(one["tier_then"], one["tier_then"]),
        }
        for one in report["hurt"]
    ]  # fmt: skip
