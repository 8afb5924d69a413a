"""Open a customer, change the record, name a card or attach it to somebody who is known."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from regulars.core.errors import InvalidInputError
from regulars.customers import selectors, services
from regulars.customers.forms import EditForm, NewCustomerForm, ProfileForm
from regulars.customers.models import Customer
from regulars.organization.requests import requires, viewer_of

FOUND_MAX = 20


@require_http_methods(["GET", "HEAD", "POST"])
@requires("customer.edit")
def new(request: HttpRequest) -> HttpResponse:
    """Open a customer; whoever holds the phone or card already is shown instead."""
    viewer = viewer_of(request)
    form = NewCustomerForm(request.POST or None, viewer=viewer)
    holder: int | None = None
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_customer(form.said(), identifiers=form.identifiers(), viewer=viewer, now=timezone.now())
        except services.IdentifierTakenError as error:
            form.add_error(error.place["field"], error.message)
            holder = error.place["holder"]
        except InvalidInputError as error:
            _add_error(form, error)
        else:
            messages.success(request, _("The customer is saved."))
            return redirect(page_of(made.pk))
    context = {"form": form, "holder": Customer.objects.filter(pk=holder).first() if holder else None}
    return render(request, "customers/new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("customer.edit")
def edit(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Change the record; a nameless card gets its name here and keeps its history."""
    viewer = viewer_of(request)
    customer = selectors.get_customer(viewer, customer_id, "customer.edit")
    on_file = frozenset(selectors.open_contact(customer, selectors.data_keys([customer.pk])))
    form = EditForm(request.POST or None, viewer=viewer, customer=customer, on_file=on_file)
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_profile(customer.pk, form.said(), seen_at=form.seen(), viewer=viewer, now=timezone.now())
        except services.ChangedMeanwhileError as error:
            messages.warning(request, error.message)
            return redirect(request.path)
        except InvalidInputError as error:
            _add_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect(page_of(customer.pk))
    return render(request, "customers/edit.html", {"form": form, "customer": customer}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("customer.edit")
def claim(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Find out whose card this is: somebody who is known (attach it), or somebody new (name it)."""
    viewer = viewer_of(request)
    card = selectors.get_customer(viewer, customer_id, "customer.edit")
    if request.method == "POST":
        services.attach_card(card.pk, _number(request.POST.get("customer", "")), viewer=viewer, now=timezone.now())
        messages.success(request, _("The card and its purchases now belong to this customer."))
        return redirect(page_of(_number(request.POST["customer"])))
    if card.kind != Customer.Kind.NAMELESS:
        return redirect(page_of(card.pk))
    words = request.GET.get("q", "").replace("\0", "").strip()
    named = selectors.list_customers(viewer, "customer.edit").exclude(kind=Customer.Kind.NAMELESS)
    masked = viewer.scope("customer.read").masked
    found = selectors.search(named, words, masked=masked).order_by("name", "pk")[:FOUND_MAX] if words else []
    held = selectors.list_identifiers(selectors.same_person(card.pk))
    context: dict[str, Any] = {"card": card, "held": held, "words": words, "found": found}
    part = "customers/_claim_found.html" if getattr(request, "htmx", False) else "customers/claim.html"
    return render(request, part, context)


def page_of(customer_id: int) -> str:
    """Return the address of a customer's page, which the home room shows."""
    return f"/customers/{customer_id}/"


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _add_error(form: ProfileForm, error: InvalidInputError) -> None:
    field = error.place.get("field")
    form.add_error(field if field in form.fields else None, error.message)
