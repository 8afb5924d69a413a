"""The door of members' own pages: only so often, nothing left behind, and who it is that a link lets in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from regulars.core.errors import NotFoundError
from regulars.customers.models import Customer
from regulars.home.member import limits
from regulars.loyalty.cards import services as cards
from regulars.loyalty.cards.models import MemberPass

_View = Callable[[HttpRequest, str], HttpResponse]


def guarded(view: _View) -> _View:
    """Answer only so often, and leave no trace of the address: in no cache, no search engine, no other site's log."""

    @wraps(view)
    def answer(request: HttpRequest, token: str) -> HttpResponse:
        limits.spend(request)
        response = view(request, token)
        # To this site itself the page is named: without that, browsers hide where a form comes from, and it is refused.
        response["Referrer-Policy"] = "same-origin"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return never_cache(answer)


def member_behind(request: HttpRequest, token: str) -> tuple[MemberPass, Customer]:
    """Return the pass that a link opens and the customer whose page it is now, or refuse."""
    member = cards.find_by_link(token, today=timezone.now().date())
    if member is None:
        limits.miss(request)
        raise NotFoundError(_("This link is not valid any more. Ask for a new one in the store."))
    return member, member.customer.merged_into or member.customer
