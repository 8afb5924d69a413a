"""The company: its name and defaults, and the tree of regions and stores."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regulars.core.errors import InvalidInputError
from regulars.organization import selectors
from regulars.organization import services as organization
from regulars.organization.access import Viewer
from regulars.organization.forms import CompanyForm, RegionForm
from regulars.organization.models import Company, Region, Store
from regulars.organization.requests import requires, viewer_of


@dataclass(slots=True)
class Branch:
    """A region as the tree draws it; without a region, the stores that belong to head office itself."""

    region: Region | None
    stores: list[Store] = field(default_factory=list)
    branches: list[Branch] = field(default_factory=list)

    @property
    def size(self) -> int:
        return len(self.stores) + sum(branch.size for branch in self.branches)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("store.read", "organization.edit")
def company(request: HttpRequest) -> HttpResponse:
    """Show the company as a tree; its settings to those who may change them."""
    viewer = viewer_of(request)
    found = Company.objects.first()
    form = _company_form(request, found) if viewer.may("organization.edit") and found else None
    if request.method == "POST":
        viewer.require("organization.edit")
        if form and form.is_valid() and _changed(request, form, viewer):
            return redirect("organization:company")
    context = {
        "company": found,
        "form": form,
        "root": tree(viewer),
        "region_form": RegionForm() if viewer.may("organization.edit") else None,
    }
    return render(request, "organization/company.html", context)


@require_POST
@requires("organization.edit")
def save_region(request: HttpRequest) -> HttpResponse:
    """Add a region, or rename or move the one with this code."""
    form = RegionForm(request.POST)
    if not form.is_valid():
        raise InvalidInputError(_("Write a code and a name."))
    wanted = form.cleaned_data
    row = {
        "code": wanted["code"],
        "name": wanted["name"],
        "parent_code": wanted["parent"].code if wanted["parent"] else "",
    }
    table = pa.Table.from_pylist([row])
    outcome = organization.save_regions(table, viewer=viewer_of(request), now=timezone.now())
    if outcome.problems:
        raise InvalidInputError(_(outcome.problems[0].message))
    messages.success(request, _("Saved."))
    return redirect("organization:company")


def tree(viewer: Viewer) -> Branch:
    """Return the regions with the stores that the viewer may see; a partial view leaves empty regions out."""
    regions = list(Region.objects.order_by("name"))
    root = Branch(None)
    branches: dict[int | None, Branch] = {None: root} | {region.pk: Branch(region) for region in regions}
    for store in selectors.list_stores(viewer).order_by("name"):
        branches[store.region_id].stores.append(store)
    for region in regions:
        branches[region.parent_id].branches.append(branches[region.pk])
    if not viewer.scope("store.read").is_everything:
        _prune(root)
    return root


def _prune(branch: Branch) -> None:
    for below in branch.branches:
        _prune(below)
    branch.branches = [below for below in branch.branches if below.size]


def _company_form(request: HttpRequest, found: Company) -> CompanyForm:
    initial = {name: getattr(found, name) for name in CompanyForm.base_fields}
    return CompanyForm(request.POST or None, initial=initial)


def _changed(request: HttpRequest, form: CompanyForm, viewer: Viewer) -> bool:
    try:
        organization.change_company(**form.cleaned_data, viewer=viewer, now=timezone.now())
    except InvalidInputError as error:
        form.add_error(error.place.get("field"), error.message)
        return False
    messages.success(request, _("Saved."))
    return True
