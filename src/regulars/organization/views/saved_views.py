"""List pages as people keep them; the lists of all rooms send their forms here."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.core.errors import InvalidInputError
from regulars.organization import services as organization
from regulars.organization.forms import SavedViewForm
from regulars.organization.requests import viewer_of


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the list as it looks now, and go back to it."""
    form = SavedViewForm(request.POST)
    if not form.is_valid():
        raise InvalidInputError(_("Write a name of up to 80 characters."), field="name")
    view = organization.save_view(**form.cleaned_data, viewer=viewer_of(request))
    messages.success(request, _("The view is saved."))
    return redirect(_local(f"{view.page}?{view.query}", request=request))


@require_POST
def delete(request: HttpRequest, view_id: int) -> HttpResponse:
    """Forget one of one's own views."""
    organization.delete_view(view_id, viewer=viewer_of(request))
    messages.success(request, _("The view is deleted."))
    return redirect(_local(request.POST.get("next", "/"), request=request))


def _local(url: str, *, request: HttpRequest) -> str:
    return url if url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}) else "/"
