"""What members do on their own page: sign in for the day, take a turn; and what a friend sees who follows an invitation."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from regulars.core.errors import DomainError, NotFoundError
from regulars.home.member import drawing, limits
from regulars.home.member.door import guarded, member_behind
from regulars.loyalty.program import play, selectors, services
from regulars.loyalty.program.rules import invitations
from regulars.organization.access import Viewer
from regulars.organization.company import get_company

_MEMBER = Viewer(label="member page")  # no right of the matrix: what a member may do, the rules of the program say


@require_POST
@guarded
def take_turn(request: HttpRequest, token: str) -> HttpResponse:
    """Take a turn of a draw and show what was drawn; sent twice, it is one turn."""
    _pass, customer = member_behind(request, token)
    number, key = request.POST.get("draw", ""), request.POST.get("key", "")[:40]
    draw = play.find_draw(int(number), customer_id=customer.pk) if number.isascii() and number.isdigit() else None
    if draw is None or not key:
        raise NotFoundError
    page, now = reverse("home:member_page", args=[token]), timezone.now()
    try:
        # The key is the member's own: whatever somebody else's form has sent, this is no repeat of it.
        turn = services.take_turn(customer.pk, draw.pk, key=f"own/{customer.pk}/{key}", viewer=_MEMBER, now=now)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(page)
    return redirect(f"{page}?turn={turn.pk}")


@require_POST
@guarded
def sign_in(request: HttpRequest, token: str) -> HttpResponse:
    """Sign a member in for today; a second time changes nothing."""
    _pass, customer = member_behind(request, token)
    membership = selectors.find_membership(customer.pk)
    if membership is None:
        raise NotFoundError
    try:
        signed = services.sign_in(customer.pk, program=membership.program.code, viewer=_MEMBER, now=timezone.now())
    except services.NoSignInError as error:
        messages.error(request, error.message)
    else:
        words = ngettext("%(points)s point for today.", "%(points)s points for today.", signed.points)
        messages.success(request, words % {"points": signed.points})
    return redirect("home:member_page", token)


@require_GET
@guarded
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show a friend what to name in the store; of the member who invites, it tells nothing."""
    book = selectors.book_at(timezone.now())
    if services.find_referrer(token) is None:
        limits.miss(request)
        raise NotFoundError(_("This invitation is not valid. Ask your friend for a new one."))
    shown = invitations.spelled(invitations.normalize(token))
    context = {
        "company": get_company().name, "code": shown, "picture": drawing.qr(shown),
        "reward": book.body.referral if book else None,
    }  # fmt: skip
    return render(request, "home/member/invitation.html", context)
