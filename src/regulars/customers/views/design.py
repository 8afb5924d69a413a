"""Which tags and which profile fields of its own the company uses."""

from __future__ import annotations

from typing import TypeVar

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regulars.core.errors import DomainError, NotFoundError
from regulars.customers import services
from regulars.customers.forms import FieldDesignForm, TagDesignForm
from regulars.customers.models import CustomField, Tag
from regulars.organization.requests import requires, viewer_of

_Row = TypeVar("_Row", Tag, CustomField)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("customer.design")
def tags(request: HttpRequest, tag_id: int | None = None) -> HttpResponse:
    """Show the company's tags with how many carry each; add one, or change the one in the address."""
    chosen = None if tag_id is None else _found(Tag.objects.filter(pk=tag_id).first())
    initial = {"name": chosen.name, "description": chosen.description, "lasts_days": chosen.lasts_days} if chosen else {}
    form = TagDesignForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_tag(**form.cleaned_data, tag_id=tag_id, viewer=viewer_of(request), now=timezone.now())
        except DomainError as error:
            form.add_error(error.place.get("field"), error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("customers:tags")
    carried = Count("customers", filter=Q(customers__removed_at=None))
    known = Tag.objects.select_related("owner").annotate(carried=carried).order_by("name")
    context = {"tags": known, "form": form, "chosen": chosen}
    return render(request, "customers/tags.html", context, status=422 if form.errors else 200)


@require_POST
@requires("customer.design")
def delete_tag(request: HttpRequest, tag_id: int) -> HttpResponse:
    """Delete a tag that nobody ever carried."""
    services.delete_tag(tag_id, viewer=viewer_of(request), now=timezone.now())
    messages.success(request, _("The tag is deleted."))
    return redirect("customers:tags")


@require_http_methods(["GET", "HEAD", "POST"])
@requires("customer.design")
def profile_fields(request: HttpRequest, field_id: int | None = None) -> HttpResponse:
    """Show the company's own profile fields; add one, or change the one in the address."""
    chosen = None if field_id is None else _found(CustomField.objects.filter(pk=field_id).first())
    form = FieldDesignForm(request.POST or None, initial=_initial(chosen))
    if chosen is not None:
        form.fields["type"].disabled = form.fields["key"].disabled = True
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data | {"choices": form.cleaned_data["choices"].splitlines()}
        try:
            services.save_field(**said, field_id=field_id, viewer=viewer_of(request), now=timezone.now())
        except DomainError as error:
            form.add_error(error.place.get("field"), error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("customers:profile_fields")
    context = {"fields": CustomField.objects.order_by("label"), "form": form, "chosen": chosen}
    return render(request, "customers/profile_fields.html", context, status=422 if form.errors else 200)


@require_POST
@requires("customer.design")
def delete_field(request: HttpRequest, field_id: int) -> HttpResponse:
    """Delete a profile field that is empty everywhere."""
    services.delete_field(field_id, viewer=viewer_of(request), now=timezone.now())
    messages.success(request, _("The field is deleted."))
    return redirect("customers:profile_fields")


def _initial(field: CustomField | None) -> dict[str, object]:
    if field is None:
        return {}
    return {
        "label": field.label, "type": field.type, "choices": "\n".join(field.choices),
        "is_personal": field.is_personal, "key": field.key,
    }  # fmt: skip


def _found(row: _Row | None) -> _Row:
    if row is None:
        raise NotFoundError
    return row
