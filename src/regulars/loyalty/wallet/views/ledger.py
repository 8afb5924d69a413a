"""The ledger as a list of entries, and one transfer with both of its sides."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from regulars.core.errors import NotFoundError
from regulars.customers.models import Customer
from regulars.loyalty.wallet import naming, wording
from regulars.loyalty.wallet.commands import OwnerKind
from regulars.loyalty.wallet.models import Entry, Transfer
from regulars.loyalty.wallet.statement import line_of
from regulars.organization import audit
from regulars.organization import wording as staff
from regulars.organization.access import Viewer
from regulars.organization.models import Company, Store
from regulars.organization.requests import requires, viewer_of
from regulars.sales.models import Receipt
from regulars.ui import formatting
from regulars.ui.lists import Column, Filter, Listing, Rows


@require_GET
@requires("wallet.read")
def ledger(request: HttpRequest) -> HttpResponseBase:
    """Show every entry on a member's account that the viewer may see, newest first, or hand it out as a file."""
    viewer = viewer_of(request)
    rows = _entries(viewer)
    kind = request.GET.get("export", "")
    if kind in {"csv", "xlsx"} and viewer.may("wallet.report"):
        audit.record(viewer, "ledger.exported", "ledger", "", now=timezone.now(), note=request.GET.urlencode()[:300])
        return _listing(viewer).export(request, rows, kind=kind, name="ledger")
    context = {"exports": viewer.may("wallet.report")}
    return _listing(viewer).render(request, rows, template="wallet/ledger.html", context=context)


@require_GET
@requires("wallet.read")
def transfer(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """Show one transfer: what it was, why, and all of its entries, which add up to zero."""
    viewer = viewer_of(request)
    found = viewer.restrict(Transfer.objects.all(), "wallet.read", store="store_id").filter(pk=transfer_id)
    shown = found.first()
    if shown is None:
        raise NotFoundError
    entries = _named(Entry.objects.filter(transfer_id=transfer_id), viewer).order_by("unit_id", "pk")
    named = naming.names()
    context = {
        "transfer": shown,
        "receipt": receipts_seen_by(viewer).filter(pk=shown.receipt_id or 0).first(),
        "kind": wording.KINDS.get(shown.kind, shown.kind),
        "reason": wording.REASONS.get(shown.reason, shown.reason),
        "store": Store.objects.filter(pk=shown.store_id or 0).first(),
        "late": shown.recorded_at - shown.at > timedelta(hours=12),
        "entries": [
            (entry, _sentence(entry), wording.HOUSES.get(entry.house, entry.house), named[entry.unit.code]) for entry in entries
        ],
    }
    return render(request, "wallet/transfer.html", context)


def _entries(viewer: Viewer) -> QuerySet[Entry]:
    rows = _named(Entry.objects.filter(account__isnull=False), viewer)
    return viewer.restrict(rows, "wallet.read", store="transfer__store_id")


def receipts_seen_by(viewer: Viewer) -> QuerySet[Receipt]:
    """Return the receipts that the viewer may open."""
    return viewer.restrict(Receipt.objects.all(), "receipt.read") if viewer.may("receipt.read") else Receipt.objects.none()


def _named(entries: QuerySet[Entry], viewer: Viewer) -> QuerySet[Entry]:
    owner = Customer.objects.filter(pk=OuterRef("account__owner_id")).values("name")[:1]
    store = Store.objects.filter(pk=OuterRef("transfer__store_id")).values("name")[:1]
    receipt = receipts_seen_by(viewer).filter(pk=OuterRef("transfer__receipt_id")).values("external_id")[:1]
    return entries.select_related("transfer", "account", "unit", "lot").annotate(
        owner_name=Subquery(owner), store_name=Subquery(store), receipt_number=Subquery(receipt)
    )


def _sentence(entry: Entry) -> str:
    return wording.sentence(line_of(entry)) if entry.account_id else ""


def _owner(entry: Entry) -> str:
    account = entry.account
    if account is None:
        return ""
    if account.owner_kind != OwnerKind.CUSTOMER:
        return str(_("Bearer card %(number)s") % {"number": account.owner_id})
    name = str(getattr(entry, "owner_name", "") or "")
    return name or str(_("Customer %(number)s") % {"number": account.owner_id})


def _owner_href(entry: Entry) -> str:
    account = entry.account
    return f"/customers/{account.owner_id}/" if account and account.owner_kind == OwnerKind.CUSTOMER else ""


def _quantity(amount: int | None, entry: Entry) -> str:
    return "" if amount is None else wording.quantity(amount, entry.unit.currency)


def _signed(entry: Entry) -> str:
    told = _quantity(entry.amount, entry)
    return f"+{told}" if entry.amount > 0 else told


def _search(rows: Rows, words: str) -> Rows:
    """Find by transfer key, by the number of a customer or transfer, or by the beginning of a name."""
    wanted = Q(transfer__key=words)
    if words.isdigit() and len(words) < 19:
        wanted |= Q(account__owner_id=int(words)) | Q(transfer_id=int(words))
    else:
        named = Customer.objects.filter(name__icontains=words).values_list("pk", flat=True)[:200]
        wanted |= Q(account__owner_kind=OwnerKind.CUSTOMER, account__owner_id__in=named)
    return rows.filter(wanted)


def _day(text: str, *, end: bool = False) -> datetime:
    company = Company.objects.first()
    day = parse_date(text) or datetime(1970, 1, 1, tzinfo=UTC).date()
    return datetime.combine(day + timedelta(days=end), time(), ZoneInfo(company.timezone if company else "UTC"))


def _listing(viewer: Viewer) -> Listing:
    """Return the list with what units are called now, and with a choice of the stores that this viewer may know of."""
    named = naming.names()
    unit = Column(key="unit", label=_("Unit"), value=lambda row: named.get(row.unit.code, row.unit.code))
    stores = viewer.restrict(Store.objects.order_by("name"), "wallet.read", store="pk").values_list("pk", "name")
    chosen = Filter(key="store", label=_("Store"), apply=_stores, options=lambda: [(str(pk), name) for pk, name in stores])
    return replace(_LEDGER, columns=[*_LEDGER.columns[:3], unit, *_LEDGER.columns[3:]], filters=[*_LEDGER.filters, chosen])


def _stores(rows: Rows, value: str) -> Rows:
    return rows.filter(transfer__store_id=int(value) if value.isdigit() else 0)


_LEDGER = Listing(
    id="ledger",
    sort="-transfer__at",
    search=_search,
    search_label=_("Find entries by customer or number"),
    columns=[
        Column(
            key="at", label=_("When"), value=lambda row: row.transfer.at, lead=True, sort="transfer__at",
            show=lambda row: formatting.moment(row.transfer.at), href=lambda row: f"/wallet/ledger/{row.transfer_id}/",
        ),
        Column(key="owner", label=_("Customer"), value=_owner, href=_owner_href),
        Column(
            key="kind", label=_("What"), value=lambda row: row.transfer.kind,
            show=lambda row: wording.kind_of(row.transfer.kind, row.unit.kind),
        ),
        Column(key="amount", label=_("Amount"), value=lambda row: row.amount, show=_signed, numeric=True, sort="amount"),
        Column(
            key="balance", label=_("Balance after"), value=lambda row: row.balance_after, numeric=True,
            show=lambda row: _quantity(row.balance_after, row),
        ),
        Column(
            key="receipt", label=_("Receipt"), value=lambda row: row.receipt_number or "",
            href=lambda row: f"/sales/{row.transfer.receipt_id}/" if row.receipt_number else "",
        ),
        Column(key="why", label=_("Why"), value=_sentence, wraps=True),
        Column(key="store", label=_("Store"), value=lambda row: row.store_name or "", shown=False),
        Column(
            key="recorded", label=_("Learned"), value=lambda row: row.transfer.recorded_at, shown=False,
            show=lambda row: formatting.moment(row.transfer.recorded_at), sort="id",  # numbered as they are learned of
        ),
        Column(key="actor", label=_("By"), value=lambda row: str(staff.actor(row.transfer.actor)), shown=False),
        Column(key="rule", label=_("Rule version"), value=lambda row: row.transfer.rule_version, shown=False),
        Column(
            key="key", label=_("Reference number"), shown=False,
            value=lambda row: f"{row.transfer.source} {row.transfer.key}",
        ),
    ],
    filters=[
        Filter(
            key="unit", label=_("Unit"), apply=lambda rows, value: rows.filter(unit__code=value),
            options=lambda: list(naming.names().items()),
        ),
        Filter(
            key="kind", label=_("What"), options=list(wording.KINDS.items()),
            apply=lambda rows, value: rows.filter(transfer__kind=value),
        ),
        Filter(
            key="sign", label=_("In or out"), options=[("in", _("In")), ("out", _("Out"))],
            apply=lambda rows, value: rows.filter(amount__gt=0) if value == "in" else rows.filter(amount__lt=0),
        ),
        Filter(key="from", label=_("From"), kind="date", apply=lambda rows, v: rows.filter(transfer__at__gte=_day(v))),
        Filter(
            key="to", label=_("To"), kind="date", apply=lambda rows, v: rows.filter(transfer__at__lt=_day(v, end=True))
        ),
    ],
)  # fmt: skip
