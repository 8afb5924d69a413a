"""API keys: made (the secret is shown this once), listed, revoked."""

from __future__ import annotations

from collections.abc import Container
from datetime import UTC, datetime, time
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from regulars.core.errors import NotFoundError
from regulars.organization import selectors, wording
from regulars.organization import services as organization
from regulars.organization.access import Viewer
from regulars.organization.forms import KeyForm
from regulars.organization.models import ApiKey, Approval
from regulars.organization.requests import requires, viewer_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires("key.manage")
def keys(request: HttpRequest) -> HttpResponse:
    """Show the keys; make one, or ask for the second person where the matrix wants one."""
    viewer = viewer_of(request)
    form, secret = KeyForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        secret = _create(request, form, viewer)
        form = KeyForm() if secret else form
    rows = ApiKey.objects.select_related("store", "region", "created_by").order_by("-created_at", "-pk")
    shared = selectors.shared_keys(now=timezone.now())
    context = {
        "form": form,
        "secret": secret,
        "keys": [(key, wording.role_label(key.role), wording.place_label(key), _state(key, shared)) for key in rows],
        "shared": [(key, shared[key.pk]) for key in rows if key.pk in shared],
    }
    return render(request, "organization/keys.html", context)


@require_POST
@requires("key.manage")
def revoke(request: HttpRequest, key_id: int) -> HttpResponse:
    """End a key at once."""
    key = ApiKey.objects.filter(pk=key_id).first()
    if key is None:
        raise NotFoundError
    organization.revoke_key(key, viewer=viewer_of(request), now=timezone.now())
    messages.success(request, _("The key is revoked. Whatever used it is locked out."))
    return redirect("organization:keys")


def _create(request: HttpRequest, form: KeyForm, viewer: Viewer) -> str:
    """Return the secret of the new key, or nothing while a second person has to approve it."""
    now, wanted = timezone.now(), form.cleaned_data
    facts: dict[str, Any] = {"name": wanted["name"], "role": wanted["role"], **form.place_chosen()}
    payload = organization.key_asked(ApiKey(**facts))
    approval = Approval.objects.filter(
        kind="key.create", asked_by_id=viewer.person_id, payload=payload, is_approved=True, used=False
    ).first()
    until = wanted["expires_on"]
    try:
        _key, secret = organization.create_key(
            **facts,
            source=wanted["source"],
            expires_at=datetime.combine(until, time.max, UTC) if until else None,
            viewer=viewer,
            now=now,
            approval=approval,
        )
    except organization.SecondPersonNeededError:
        organization.ask_approval("key.create", action="key.manage", payload=payload, viewer=viewer, now=now)
        messages.info(request, _("A second administrator has to approve this. Then create the same key again."))
        return ""
    return secret


def _state(key: ApiKey, shared: Container[int]) -> tuple[str, str]:
    if key.revoked_at:
        return _("Revoked"), "bad"
    if key.expires_at and key.expires_at <= timezone.now():
        return pgettext("state", "Expired"), "neutral"
    if key.pk in shared:
        return _("Used by two tills at once"), "warn"
    return pgettext("state", "Active"), "good"
