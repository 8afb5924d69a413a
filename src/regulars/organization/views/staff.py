"""Staff: who is here, which roles they hold, and what an administrator does about it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.core.errors import InvalidInputError, NotFoundError
from regulars.organization import selectors, wording
from regulars.organization import services as organization
from regulars.organization.forms import GrantForm, PersonForm
from regulars.organization.models import Person, Role
from regulars.organization.requests import requires, viewer_of
from regulars.ui import formatting, lists

_ASKED = gettext_lazy("A second administrator has to approve this. The request waits under Approvals.")


def _roles(person: Person) -> str:
    return formatting.listed(dict.fromkeys(str(wording.role_label(grant.role)) for grant in person.grants.all()))


def _state(person: Person) -> tuple[str, str]:
    if not person.is_active:
        return _("Switched off"), "neutral"
    return (pgettext("state", "Active"), "good") if person.grants.all() else (_("Without a role"), "warn")


PEOPLE = lists.Listing(
    id="people",
    sort="name",
    search=lambda rows, words: rows.filter(name__icontains=words) | rows.filter(email__icontains=words),
    search_label=gettext_lazy("Search by name or e-mail"),
    columns=[
        lists.Column(
            key="name", label=gettext_lazy("Name"), value=lambda row: row.name, sort="name", lead=True,
            href=lambda row: f"/staff/{row.pk}/",
        ),
        lists.Column(key="email", label=gettext_lazy("E-mail"), value=lambda row: row.email, sort="email"),
        lists.Column(key="roles", label=gettext_lazy("Roles"), value=_roles),
        lists.Column(
            key="state", label=gettext_lazy("State"), value=lambda row: _state(row)[0],
            show=lambda row: lists.status(_state(row)[0], tone=_state(row)[1]),
        ),
        lists.Column(
            key="last_login", label=gettext_lazy("Last signed in"), value=lambda row: row.last_login, sort="last_login",
            show=lambda row: row.last_login and formatting.ago(row.last_login, now=timezone.now()),
        ),
    ],
    filters=[
        lists.Filter(
            key="role", label=gettext_lazy("Role"), options=Role.choices,
            apply=lambda rows, value: rows.filter(grants__role=value).distinct(),
        ),
    ],
)  # fmt: skip


@require_GET
@requires("staff.read")
def people(request: HttpRequest) -> HttpResponseBase:
    """Show the staff that this viewer may see."""
    return PEOPLE.render(request, selectors.list_people(viewer_of(request)), template="organization/people.html")


@require_http_methods(["GET", "HEAD", "POST"])
@requires("staff.manage")
def add(request: HttpRequest) -> HttpResponse:
    """Add a colleague, who then gets roles and a link."""
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = organization.create_person(**form.cleaned_data, viewer=viewer_of(request), now=timezone.now())
        except InvalidInputError as error:
            form.add_error(error.place.get("field"), error.message)
        else:
            messages.success(request, _("Added. Now give a role, then send the sign-in link."))
            return redirect("organization:person", made.pk)
    return render(request, "organization/person_form.html", {"form": form})


@require_GET
@requires("staff.read")
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    """Show a colleague with the roles held, and why something cannot be changed."""
    return _person_page(request, person_id)


@require_POST
@requires("staff.manage")
def give_role(request: HttpRequest, person_id: int) -> HttpResponse:
    """Give a role, or ask for the second person where the matrix wants one."""
    viewer, now = viewer_of(request), timezone.now()
    someone = selectors.get_person(viewer, person_id)
    form = GrantForm(request.POST)
    if not form.is_valid():
        return _person_page(request, person_id, form=form, status=422)
    role, place = form.cleaned_data["role"], form.place_chosen()
    try:
        organization.give_role(someone, role, **place, viewer=viewer, now=now)  # type: ignore[arg-type]
        messages.success(request, _("The role is given."))
    except organization.SecondPersonNeededError:
        wanted = organization.role_asked(someone, role, **place)  # type: ignore[arg-type]
        organization.ask_approval("role.give", action="staff.manage", payload=wanted, viewer=viewer, now=now)
        messages.info(request, _ASKED)
    return redirect("organization:person", person_id)


@require_POST
@requires("staff.manage")
def take_role(request: HttpRequest, person_id: int, grant_id: int) -> HttpResponse:
    """Take a role back."""
    viewer = viewer_of(request)
    grant = selectors.get_person(viewer, person_id).grants.filter(pk=grant_id).first()
    if grant is None:
        raise NotFoundError
    now = timezone.now()
    try:
        organization.take_role(grant, viewer=viewer, now=now)
        messages.success(request, _("The role is taken back."))
    except organization.SecondPersonNeededError:
        held = organization.role_asked(grant.person, grant.role, region=grant.region, store=grant.store)
        organization.ask_approval("role.take", action="staff.manage", payload=held, viewer=viewer, now=now)
        messages.info(request, _ASKED)
    return redirect("organization:person", person_id)


@never_cache
@require_POST
@requires("staff.manage")
def create_link(request: HttpRequest, person_id: int) -> HttpResponse:
    """Show a fresh sign-in link, this once."""
    viewer = viewer_of(request)
    someone = selectors.get_person(viewer, person_id)
    link = organization.create_sign_in_link(someone, viewer=viewer, now=timezone.now())
    return _person_page(request, person_id, link=link)


@require_POST
@requires("staff.manage")
def switch(request: HttpRequest, person_id: int) -> HttpResponse:
    """Switch a colleague off or on."""
    viewer = viewer_of(request)
    someone = selectors.get_person(viewer, person_id)
    to, now = "on" if request.POST.get("to") == "on" else "off", timezone.now()
    change = organization.reactivate_person if to == "on" else organization.deactivate_person
    try:
        change(someone, viewer=viewer, now=now)
        messages.success(request, _("Saved."))
    except organization.SecondPersonNeededError:
        wanted = organization.switch_asked(someone, to=to)
        organization.ask_approval("person.switch", action="staff.manage", payload=wanted, viewer=viewer, now=now)
        messages.info(request, _ASKED)
    return redirect("organization:person", person_id)


def _person_page(
    request: HttpRequest, person_id: int, *, form: GrantForm | None = None, link: str = "", status: int = 200
) -> HttpResponse:
    viewer = viewer_of(request)
    someone = selectors.get_person(viewer, person_id)
    is_manager = viewer.may("staff.manage")
    context: dict[str, Any] = {
        "person": someone,
        "state": _state(someone),
        "held": [(grant, wording.role_label(grant.role), wording.place_label(grant)) for grant in someone.grants.all()],
        "form": (form or GrantForm()) if is_manager and someone.pk != viewer.person_id else None,
        "is_oneself": someone.pk == viewer.person_id,
        "link": link,
        "trail": viewer.may("audit.read"),
    }
    return render(request, "organization/person.html", context, status=status)
