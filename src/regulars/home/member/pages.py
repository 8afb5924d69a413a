"""The member's page, its rotating code, and the desk page that hands a member the link."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from regulars.customers import selectors as customers
from regulars.home.member import account, drawing, play
from regulars.home.member.door import guarded, member_behind
from regulars.loyalty.cards import services as cards
from regulars.loyalty.cards.rules import rotating
from regulars.organization.requests import requires, viewer_of

AHEAD = 20  # half minutes that a page without a connection still has codes for


@require_GET
@guarded
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Show a member what is theirs."""
    now = timezone.now()
    member, customer = member_behind(request, token)
    context = {
        "account": account.read(customer, now=now),
        "play": play.read(customer.pk, now=now, shown_turn=request.GET.get("turn", "")),
        "token": token,
        "code": drawing.qr(cards.codes_of(member, now=now)[0]),
    }
    return render(request, "home/member/page.html", context)


@require_GET
@guarded
def code(request: HttpRequest, token: str) -> HttpResponse:
    """Answer the rotating codes of the next minutes as [half minute, dots], for the page that stays open."""
    now = timezone.now()
    member, _customer = member_behind(request, token)
    first = rotating.step_at(now)
    codes = [(first + at, drawing.dots(text)) for at, text in enumerate(cards.codes_of(member, now=now, steps=AHEAD))]
    return JsonResponse({"now": int(now.timestamp() * 1000), "codes": codes})


@never_cache
@require_GET
@requires("customer.edit")
def link(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Show the link of a customer's own page as a QR code, for the customer to scan at the desk."""
    customer = customers.get_customer(viewer_of(request), customer_id, "customer.edit")
    now = timezone.now()
    token = cards.link_token(cards.pass_of(customer.pk, now=now), today=now.date())
    address = settings.PUBLIC_URL + reverse("home:member_page", args=[token])
    context = {"customer": customer, "address": address, "code": drawing.qr(address)}
    return render(request, "home/member/link.html", context)


@require_POST
@requires("customer.edit")
def end(request: HttpRequest, customer_id: int) -> HttpResponse:
    """End the link and the rotating code, such as of a lost phone; the next ones are new."""
    cards.end_pass(customer_id, viewer=viewer_of(request), now=timezone.now())
    messages.success(request, _("The old link and code are worthless. This is the new link."))
    return redirect("home:member_link", customer_id)
