"""The explorer: any metrics of the registry, over any dates and place, broken down as one likes; as chart, table and file.

For analysts and whoever asks a question that no page answers. The whole question stands in the address, so that it can be kept
and passed on.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from regulars.core import spreadsheets
from regulars.home import exports
from regulars.home.business import choices, explorer_chart, explorer_table, names, picker, questions
from regulars.home.business.names import CHANNELS, KEYS
from regulars.home.business.questions import Question
from regulars.insight.metrics.registry import METRICS
from regulars.organization import audit
from regulars.organization.access import Viewer
from regulars.organization.requests import requires, viewer_of
from regulars.ui.requests import is_fragment

RIGHT = "dashboard.view"
MEMBERS = (("", _("All receipts")), ("yes", _("Known customers")), ("no", _("Without a customer")))
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@requires(RIGHT)
def page(request: HttpRequest) -> HttpResponseBase:
    """Show the question and its answer; htmx gets the answer alone, and `export` the table as a file."""
    viewer = viewer_of(request)
    choice = choices.read(request, scope=viewer.scope(RIGHT))
    question = questions.read(request, choice=choice)
    context: dict[str, Any] = {"question": question, "choice": choice}
    if choice.covered:
        table = explorer_table.answer(question)
        if exports.asked(request):
            return _file(request, table, viewer=viewer)
        context |= {"table": table, "chart": explorer_chart.drawn(question, table)}
    if is_fragment(request):
        return render(request, "home/business/_answer.html", context)
    context |= picker.context(request, choice) | _choices(question)
    return render(request, "home/business/explorer.html", context)


def _choices(question: Question) -> dict[str, Any]:
    return {
        "metrics": [(metric, metric.key in question.keys) for metric in METRICS.values()],
        "keys": [("", _("Nothing: one sum")), *KEYS.items()],
        "channels": [("", _("All channels")), *CHANNELS.items()],
        "members": MEMBERS,
        "category_name": names.of_category(question.category) if question.category else "",
    }


def _file(request: HttpRequest, table: explorer_table.Table, *, viewer: Viewer) -> HttpResponse:
    kind = exports.asked(request)
    audit.record(viewer, "report.exported", "report", "", now=timezone.now(), after={"query": request.GET.urlencode()[:1000]})
    lines = (list(row.plain) for row in table.rows)
    if kind == "xlsx":
        response = HttpResponse(spreadsheets.write_xlsx(lines, head=table.heads), content_type=_XLSX)
    else:
        response = HttpResponse(
            "".join(spreadsheets.write_csv(lines, head=table.heads)), content_type="text/csv; charset=utf-8"
        )
    response["Content-Disposition"] = f'attachment; filename="report.{kind}"'
    return response
