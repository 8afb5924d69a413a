"""One member's wallet: balances, what expires when, what is pending or held, the statement with its whys; and corrections."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars.core.business_time import TradingDay
from regulars.core.errors import InvalidInputError
from regulars.customers import selectors as customers
from regulars.loyalty.wallet import forms, naming, selectors, services, wording
from regulars.loyalty.wallet.commands import Owner, OwnerKind
from regulars.loyalty.wallet.models import Hold, Unit
from regulars.loyalty.wallet.selectors import Due, Line, UnitBalance
from regulars.loyalty.wallet.views.ledger import receipts_seen_by
from regulars.organization.access import Viewer
from regulars.organization.company import get_company
from regulars.organization.requests import requires, viewer_of
from regulars.organization.services import approvals
from regulars.ui import formatting
from regulars.ui.requests import is_fragment

_LINES = 6  # of the panel; the page shows them all
_LINES_MAX = 200


@dataclass(frozen=True, slots=True)
class Purse:
    """One unit as the panel draws it; every figure is in words already."""

    unit: Unit
    name: str
    balance: UnitBalance
    spendable: str
    posted: str
    pending: str
    held: str
    debt: str
    dues: list[tuple[Due, str]]

    @property
    def is_collected(self) -> bool:
        """Return whether this is only ever counted, never spent."""
        return self.unit.kind == Unit.Kind.GROWTH


@require_GET
@requires("wallet.read")
def wallet(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Show the wallet as a page, or as the panel that the customer's page loads."""
    viewer, now = viewer_of(request), timezone.now()
    customer = customers.get_customer(viewer, customer_id, "wallet.read")
    owner = Owner(OwnerKind.CUSTOMER, customer.pk)
    purses = _purses(owner, now)
    context: dict[str, Any] = {"customer": customer, "purses": purses, "holds": _holds(owner), **_adjusting(viewer)}
    if is_fragment(request):
        lines = [line for purse in purses for line in selectors.statement(owner, purse.unit.code).lines[:_LINES]]
        newest = sorted(lines, key=lambda line: (line.at, line.entry_id), reverse=True)[:_LINES]
        return render(request, "wallet/_panel.html", context | {"lines": _told(newest, viewer)})
    return render(request, "wallet/wallet.html", context | _statement(request, owner, purses))


@require_POST
@requires("wallet.adjust")
def adjust(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Correct a balance, at once or after a second person has approved it."""
    viewer, now = viewer_of(request), timezone.now()
    customer = customers.get_customer(viewer, customer_id, "wallet.adjust")
    form = forms.AdjustmentForm(request.POST, units=naming.units())
    if not form.is_valid():
        raise InvalidInputError(" ".join(str(fault) for faults in form.errors.values() for fault in faults))
    owner = Owner(OwnerKind.CUSTOMER, customer.pk)
    asked = form.as_adjustment(owner, store_id=customers.store_of(viewer, customer, "wallet.adjust"))
    _adjust(request, asked, viewer=viewer, now=now)
    return redirect("wallet:wallet", customer.pk)


def _adjust(request: HttpRequest, asked: services.Adjustment, *, viewer: Viewer, now: datetime) -> None:
    try:
        services.adjust(asked, now=now, viewer=viewer)
    except approvals.SecondPersonNeededError:
        services.ask_second(asked, now=now, viewer=viewer)
        messages.info(request, _("This is above what one person may adjust. A second person was asked to approve it."))
    else:
        messages.success(request, _("The balance was adjusted."))


def _purses(owner: Owner, now: datetime) -> list[Purse]:
    balances = selectors.balances_of(owner, now=now)
    units = Unit.objects.in_bulk([one.unit for one in balances], field_name="code")
    named = naming.names()
    balances.sort(key=lambda one: list(named).index(one.unit))
    return [_purse(owner, units[one.unit], named[one.unit], one, now) for one in balances]


def _purse(owner: Owner, unit: Unit, name: str, balance: UnitBalance, now: datetime) -> Purse:
    def told(amount: int) -> str:
        return wording.quantity(amount, unit.currency)

    dues = [(due, told(due.amount)) for due in selectors.schedule(owner, unit.code, now=now)]
    return Purse(
        unit, name, balance, told(balance.spendable), told(balance.posted), told(balance.pending) if balance.pending else "",
        told(balance.held) if balance.held else "", told(balance.debt) if balance.debt else "", dues,
    )  # fmt: skip


def _holds(owner: Owner) -> list[tuple[Hold, str]]:
    found = Hold.objects.filter(
        account__owner_kind=owner.kind, account__owner_id=owner.id, state=Hold.State.OPEN
    ).select_related("account__unit")
    return [(hold, wording.quantity(hold.amount, hold.account.unit.currency)) for hold in found.order_by("until")]


def _adjusting(viewer: Viewer) -> dict[str, Any]:
    units = naming.units() if viewer.may("wallet.adjust") else []
    return {"adjusts": bool(units), "adjustment_form": forms.AdjustmentForm(units=units) if units else None}


def _statement(request: HttpRequest, owner: Owner, purses: list[Purse]) -> dict[str, Any]:
    """Return the statement of the chosen unit, as of the end of a chosen day and as known at the end of another."""
    if not purses:
        return {"chosen": None}
    chosen = next((one for one in purses if one.unit.code == request.GET.get("unit")), purses[0])
    as_of, known_at = _end_of(request.GET.get("as_of", "")), _end_of(request.GET.get("known_at", ""))
    found = selectors.statement(owner, chosen.unit.code, as_of=as_of, known_at=known_at)
    return {
        "chosen": chosen,
        "lines": _told(list(found.lines[:_LINES_MAX]), viewer_of(request)),
        "more": max(0, len(found.lines) - _LINES_MAX),
        "value": wording.quantity(found.value, chosen.unit.currency),
        "as_of": request.GET.get("as_of", ""),
        "known_at": request.GET.get("known_at", ""),
        "is_past": bool(as_of or known_at),
    }


def _told(lines: list[Line], viewer: Viewer) -> list[dict[str, Any]]:
    seen = receipts_seen_by(viewer).in_bulk({line.receipt_id for line in lines if line.receipt_id})
    return [
        {
            "line": line,
            "kind": wording.kind(line),
            "amount": ("+" if line.amount > 0 else "") + wording.quantity(line.amount, line.currency),
            "balance": wording.quantity(line.balance, line.currency),
            "why": wording.sentence(line),
            "receipt": seen.get(line.receipt_id) if line.receipt_id else None,
            "late": formatting.date(line.recorded_at) if line.recorded_at - line.at > timedelta(hours=12) else "",
        }
        for line in lines
    ]


def _end_of(text: str) -> datetime | None:
    day = parse_date(text) if text else None
    return TradingDay(get_company().timezone).end_of(day) if day else None
