"""The customer list: the page, its part that htmx swaps, and the file that leaves the house."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from regulars.core.errors import InvalidInputError
from regulars.customers.models import Customer
from regulars.home import exports
from regulars.home.customers.listing import CustomerList
from regulars.organization.access import Viewer
from regulars.organization.models import SavedView
from regulars.organization.requests import requires, viewer_of
from regulars.ui import lists
from regulars.ui.requests import is_fragment

PAGE = "/customers/"
XLSX_ROWS_MAX = 100_000  # a workbook is written in memory; a CSV file is not


@require_GET
@requires("customer.list")
def customers(request: HttpRequest) -> HttpResponseBase:
    """Show the customers that this viewer may see, or hand them out as a file."""
    viewer = viewer_of(request)
    if exports.asked(request):
        return _export(request, viewer)
    wanted = CustomerList(viewer)
    context: dict[str, Any] = {"exports": viewer.may("customer.export"), "list_label": _("Customers")}
    if not is_fragment(request):
        context |= {
            "views": SavedView.objects.filter(person_id=viewer.person_id or 0, page=PAGE).order_by("name"),
            "query": _query(request),
            "known": _about_how_many() if wanted.sees_all else None,
            "empty": "home/customers/_no_customers.html",
        }
    return wanted.listing().render(request, wanted.rows(), template="home/customers/list.html", context=context)


def _export(request: HttpRequest, viewer: Viewer) -> HttpResponseBase:
    """Hand out the list as it stands, contact data whole only for a role that sees it so in list and export alike (P59)."""
    masked = viewer.scope("customer.export").masked or viewer.scope("customer.list").masked
    wanted = CustomerList(viewer, action="customer.export", opened=not masked)
    listing, rows = wanted.listing(), wanted.rows()
    if exports.asked(request) == "xlsx" and listing.narrowed(request, rows).order_by()[XLSX_ROWS_MAX:].exists():
        raise InvalidInputError(_("A workbook holds up to 100,000 customers here. Export as CSV instead."))
    return exports.hand_out(request, rows, listing=listing, action="customer.export", name="customers", viewer=viewer)


def _query(request: HttpRequest) -> str:
    """Return what the address asks of the list, in one spelling."""
    params = request.GET.copy()
    for key in ("cursor", "export"):
        params.pop(key, None)
    return "&".join(sorted(part for part in params.urlencode().split("&") if part and not part.endswith("=")))


def _about_how_many() -> int | None:
    """Return about how many customers there are, as the planner knows it; counting millions would take longer than the page."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(%s)", [Customer._meta.db_table])
        (about,) = cursor.fetchone()
    return int(about) if about > lists.COUNT_MAX else None
