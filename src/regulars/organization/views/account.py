"""One's own account: name and language, password, second factor, and where one is signed in."""

from __future__ import annotations

from typing import cast

from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.internal.flows.sessions import end_other_sessions
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regulars.organization import services as organization
from regulars.organization import wording
from regulars.organization.forms import ProfileForm
from regulars.organization.models import Person

# Browsers call themselves by the names of others too: whoever adds a name to somebody else's comes first.
_BROWSERS = (
    ("MicroMessenger", "WeChat"), ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Show and change what people may change about themselves; needs no role."""
    person = cast("Person", request.user)
    form = ProfileForm(request.POST or None, initial={"name": person.name, "language": person.language})
    if request.method == "POST" and form.is_valid():
        organization.change_own_profile(person, **form.cleaned_data, now=timezone.now())
        messages.success(request, _("Saved."))
        return _in_language(redirect("organization:account"), person.language)
    context = {
        "form": form,
        "has_password": person.has_usable_password(),
        "has_second_factor": is_mfa_enabled(person),
        "held": [
            (wording.role_label(grant.role), wording.place_label(grant))
            for grant in person.grants.select_related("store", "region").order_by("id")
        ],
        "sessions": [(each, device(each.user_agent)) for each in UserSession.objects.purge_and_list(person)],
    }
    return render(request, "organization/account.html", context)


@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    end_other_sessions(request, cast("Person", request.user))
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("organization:account")


def device(agent: str) -> str:
    """Return which browser on which system a browser says it is; the first name that fits counts."""
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("An unknown device")


def _in_language(response: HttpResponseRedirect, language: str) -> HttpResponse:
    if language:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax", max_age=365 * 86400)
    return response
