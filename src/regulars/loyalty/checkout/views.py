"""The till in the browser, for shops whose till cannot speak to us: scan or type, see the best deal, take money, print.

For associates and store managers, under their own rights. Each part answers with the basket as it now is; htmx puts it in
place.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars.core.errors import DomainError
from regulars.loyalty.checkout import screen as screens
from regulars.loyalty.checkout import selectors, tendering
from regulars.loyalty.checkout.screen import Screen
from regulars.organization.models import Store
from regulars.organization.requests import requires, viewer_of

ACTION = "wallet.check_out"


@require_GET
@requires(ACTION)
def till(request: HttpRequest) -> HttpResponse:
    """Show an empty basket in one of the viewer's stores."""
    viewer = viewer_of(request)
    stores = list(viewer.restrict(Store.objects.filter(closed_on=None).order_by("name"), ACTION, store="pk"))
    wanted = request.GET.get("store", "")
    store = next((it for it in stores if it.code == wanted), stores[0] if stores else None)
    context: dict[str, Any] = {"stores": stores, "store": store}
    if store is not None:
        context |= {"screen": screens.fresh(store.code, viewer), "quote": None}
    return render(request, "checkout/till.html", context)


@require_POST
@requires(ACTION)
def basket(request: HttpRequest) -> HttpResponse:
    """Change the basket and price it anew."""
    viewer, now = viewer_of(request), timezone.now()
    screen = screens.read(request.POST, viewer)
    return _show(request, screens.change(screen, request.POST, viewer=viewer, now=now))


@require_POST
@requires(ACTION)
def sell(request: HttpRequest) -> HttpResponse:
    """Take a payment at the price that was shown, and sell with the last one; where the price has changed, show the new one."""
    viewer, now = viewer_of(request), timezone.now()
    screen, language = screens.read(request.POST, viewer), get_language() or "en"
    try:
        quoted = screens.price(screen, viewer=viewer, now=now, language=language)
        if str(quoted["due"]) != request.POST.get("due"):
            return _show(request, screen, notice=_("The price has changed. Look at it and take the money then."))
        paid = tendering.pay(screen, quoted, request.POST)
        if not paid.is_whole:
            return _show(request, paid.screen)
        receipt = screens.sell(paid.screen, quoted, viewer=viewer, now=now, language=language)
    except DomainError as refusal:
        return _show(request, screen, notice=refusal.message)
    context = {
        "receipt": receipt,
        "store": Store.objects.get(code=screen.store),
        "cashier": viewer.label,
        "sold_at": now,
        "change": paid.change,
        "next": screens.fresh(screen.store, viewer),
    }
    return render(request, "checkout/_receipt.html", context)


@require_GET
@requires(ACTION)
def parked(request: HttpRequest) -> HttpResponse:
    """Show what tills have said about sales that have not come, the days that do not add up, and keys that two tills use."""
    viewer = viewer_of(request)
    days = [day for day in selectors.list_closings(viewer) if day.differs][:100]
    context = {
        "messages_parked": selectors.list_parked(viewer)[:200],
        "days": days,
        "terminals": selectors.list_shared_keys(viewer, now=timezone.now())[:100],
    }
    return render(request, "checkout/parked.html", context)


def _show(request: HttpRequest, screen: Screen, *, notice: str = "") -> HttpResponse:
    """Show the basket with its price; an article without a price is told of and the basket stays."""
    if not getattr(request, "htmx", None):
        return HttpResponseRedirect(f"{reverse('checkout:till')}?store={screen.store}")
    viewer, quoted = viewer_of(request), None
    if screen.lines:
        try:
            quoted = screens.price(screen, viewer=viewer, now=timezone.now(), language=get_language() or "en")
        except DomainError as refusal:
            notice = notice or refusal.message
    context = {
        "screen": screen,
        "quote": quoted,
        "currency": quoted["currency"] if quoted else screens.currency_of(screen),
        "rest": tendering.rest_of(screen, quoted) if quoted else 0,
        "notice": notice or screen.notice,
    }
    return render(request, "checkout/_basket.html", context)
