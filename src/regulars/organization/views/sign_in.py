"""Signing in by a one-time link. The password page and the company account are django-allauth's (`account_urls.py`)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from regulars.organization import services as organization
from regulars.organization.sign_in import sign_in


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for one click before the link is used up: mail scanners open links, but press no button."""
    now = timezone.now()
    if request.method == "POST":
        person = organization.use_sign_in_link(token, now=now)
        return sign_in(request, person)
    link = organization.find_sign_in_link(token, now=now)
    status = 200 if link else organization.SignInLinkError.status_code
    return render(request, "organization/sign_in_link.html", {"person": link and link.person}, status=status)
