"""What is done to a customer from the 360 page: identifiers, tags, notes and files. Each answers by going back to the page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from regulars.core.errors import InvalidInputError
from regulars.customers import rules, services
from regulars.customers.forms import FileForm, IdentifierForm, NoteForm, TagForm
from regulars.customers.views.record import page_of
from regulars.organization.requests import requires, viewer_of


@require_POST
@requires("customer.edit")
def add_identifier(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Let the customer be known by one more phone, e-mail, card or id."""
    said = _read(IdentifierForm(request.POST))
    given = services.Given(said["kind"], said["value"], said["namespace"])
    services.add_identifier(customer_id, given, viewer=viewer_of(request), now=timezone.now())
    return _back(request, customer_id, _("Saved."))


@require_POST
@requires("customer.edit")
def end_identifier(request: HttpRequest, customer_id: int, identifier_id: int) -> HttpResponse:
    """End an identifier."""
    services.end_identifier(customer_id, identifier_id, viewer=viewer_of(request), now=timezone.now())
    return _back(request, customer_id, _("The customer is no longer known by this."))


@never_cache
@require_POST
@requires("customer.read")
def show_identifier(request: HttpRequest, customer_id: int, identifier_id: int) -> HttpResponse:
    """Answer with the whole number or address, in place of its masked form."""
    value = services.show_identifier(customer_id, identifier_id, viewer=viewer_of(request), now=timezone.now())
    return render(request, "customers/_whole.html", {"value": value})


@never_cache
@require_POST
@requires("customer.read")
def show_contact(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Answer with birthday and address."""
    contact = services.show_contact(customer_id, viewer=viewer_of(request), now=timezone.now())
    return render(request, "customers/_contact.html", {"contact": contact})


@require_POST
@requires("customer.annotate")
def add_tag(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Put a tag on the customer."""
    form = TagForm(request.POST)
    said = _read(form)
    services.add_tag(
        customer_id, said["tag"], reason=said["reason"], expires_at=form.expires_at(), viewer=viewer_of(request),
        now=timezone.now(),
    )  # fmt: skip
    return _back(request, customer_id, _("The tag is on."))


@require_POST
@requires("customer.annotate")
def remove_tag(request: HttpRequest, customer_id: int, customer_tag_id: int) -> HttpResponse:
    """Take a tag off."""
    services.remove_tag(customer_id, customer_tag_id, viewer=viewer_of(request), now=timezone.now())
    return _back(request, customer_id, _("The tag is off."))


@require_POST
@requires("customer.annotate")
def add_note(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Keep a note."""
    services.add_note(customer_id, _read(NoteForm(request.POST))["text"], viewer=viewer_of(request), now=timezone.now())
    return _back(request, customer_id, _("The note is kept."))


@require_POST
@requires("customer.annotate")
def remove_note(request: HttpRequest, customer_id: int, note_id: int) -> HttpResponse:
    """Take a note away."""
    services.remove_note(customer_id, note_id, viewer=viewer_of(request), now=timezone.now())
    return _back(request, customer_id, _("The note is gone."))


@require_POST
@requires("customer.annotate")
def add_file(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Keep a file; more of it than is allowed is not even read."""
    file = _read(FileForm(request.POST, request.FILES))["file"]
    content = file.read(rules.FILE_BYTES_MAX + 1)
    services.add_file(customer_id, name=file.name, content=content, viewer=viewer_of(request), now=timezone.now())
    return _back(request, customer_id, _("The file is kept."))


@never_cache
@require_GET
@requires("customer.annotate")
def open_file(request: HttpRequest, customer_id: int, file_id: int) -> HttpResponse:
    """Hand out a file to be saved; the browser never shows it as a page of ours."""
    kept, content = services.read_file(customer_id, file_id, viewer=viewer_of(request), now=timezone.now())
    disposition = content_disposition_header(True, kept.name)
    headers = {"Content-Disposition": disposition, "Content-Security-Policy": "sandbox"}
    return HttpResponse(content, content_type=kept.content_type, headers=headers)


@require_POST
@requires("customer.annotate")
def remove_file(request: HttpRequest, customer_id: int, file_id: int) -> HttpResponse:
    """Take a file away."""
    services.remove_file(customer_id, file_id, viewer=viewer_of(request), now=timezone.now())
    return _back(request, customer_id, _("The file is gone."))


def _read(form: forms.Form) -> dict[str, Any]:
    """Return what a small form says, or refuse with its first fault; the page keeps what was typed."""
    if not form.is_valid():
        name, faults = next(iter(form.errors.items()))
        label = form.fields[name].label if name in form.fields else ""
        raise InvalidInputError(f"{label}: {faults[0]}" if label else str(faults[0]), field=name)
    return form.cleaned_data


def _back(request: HttpRequest, customer_id: int, message: str) -> HttpResponse:
    messages.success(request, message)
    return redirect(page_of(customer_id))
