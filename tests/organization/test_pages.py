"""Every page of the room: shown to whom the matrix allows, refused to all others, within 30 queries."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from regulars.organization import access, audit, requests, urls
from regulars.organization import services as organization
from regulars.organization.models import ApiKey, AuditEntry, Company, Grant, Person, Role, SavedView
from tests.organization.factories import grant, person, region, store

pytestmark = pytest.mark.django_db

# Page → the actions of which one is needed; None: signed in is enough.
PAGES = {
    "people": ("staff.read",),
    "add_person": ("staff.manage",),
    "approvals": ("role.read",),
    "roles": ("role.read",),
    "keys": ("key.manage",),
    "audit": ("audit.read",),
    "company": ("store.read", "organization.edit"),
    "account": None,
}
ROLES = [role.value for role in Role if access.Holder.PERSON in access.roles()[role.value].held_by]


@pytest.fixture(autouse=True)
def company() -> Company:
    return Company.objects.create(pk=1, name="North", currency="USD", timezone="America/New_York", country="US")


def signed_in(someone: Person) -> Client:
    client = Client()
    client.force_login(someone)
    return client


def holder(role: str) -> Person:
    rule = access.roles()[role]
    if access.Place.HEAD_OFFICE in rule.over:
        return person(role)
    return person(role, store=store())


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_to_whom_the_matrix_allows(page: str, role: str) -> None:
    actions = PAGES[page]
    allowed = actions is None or any(role in access.matrix()[action] for action in actions)
    assert signed_in(holder(role)).get(reverse(f"organization:{page}")).status_code == (200 if allowed else 403)


# What every person who has signed in may do, whatever their role; and the one-time link, for whoever holds it.
WITHOUT_A_RIGHT = {"sign_in_link", "account", "end_sessions", "save_view", "delete_view"}


def test_every_address_of_the_room_names_the_right_it_needs() -> None:
    unguarded = {pattern.name for pattern in urls.urlpatterns if not hasattr(pattern.callback, "required_actions")}
    assert unguarded == WITHOUT_A_RIGHT


@pytest.mark.parametrize("page", [page for page, actions in PAGES.items() if actions])
def test_without_a_role_every_page_is_refused(page: str) -> None:
    assert signed_in(person()).get(reverse(f"organization:{page}")).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_without_signing_in_every_page_leads_to_the_sign_in_page(page: str) -> None:
    path = reverse(f"organization:{page}")
    assert Client().get(path).headers["Location"].startswith("/sign-in/?next=")
    assert Client().get(path, headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/sign-in/"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_takes_few_queries(page: str, django_assert_max_num_queries) -> None:
    ana = person("admin")
    north = region(name="North")
    for _ in range(12):
        grant(person("associate", store=store(region=north)), "analyst")
    for number in range(30):
        audit.record(access.system(), "store.changed", "store", number, now=timezone.now())
    client = signed_in(ana)
    with django_assert_max_num_queries(30):
        assert client.get(reverse(f"organization:{page}")).status_code == 200


def test_a_role_taken_away_closes_the_page_with_the_next_request() -> None:
    ben = person("store_manager", store=store())
    client = signed_in(ben)
    assert client.get("/staff/").status_code == 200
    organization.take_role(ben.grants.get(), viewer=access.system(), now=timezone.now())
    assert client.get("/staff/").status_code == 403


def test_a_store_manager_sees_only_the_staff_of_their_stores() -> None:
    here, there = store(), store()
    manager, colleague = person("store_manager", store=here), person("associate", store=here, name="Colleague")
    stranger = person("associate", store=there, name="Stranger")
    client = signed_in(manager)
    text = client.get("/staff/").content.decode()
    assert "Colleague" in text
    assert "Stranger" not in text
    assert client.get(f"/staff/{colleague.pk}/").status_code == 200
    foreign, missing = client.get(f"/staff/{stranger.pk}/"), client.get("/staff/999999/")
    assert foreign.status_code == missing.status_code == 404
    assert _body(foreign) == _body(missing)


def test_a_store_manager_reads_only_the_trail_of_their_stores() -> None:
    here, there = store(), store()
    mine = audit.record(access.system(), "x.mine", "store", here.pk, now=timezone.now(), store_id=here.pk)
    other = audit.record(access.system(), "x.other", "store", there.pk, now=timezone.now(), store_id=there.pk)
    client = signed_in(person("store_manager", store=here))
    text = client.get("/audit/").content.decode()
    assert "x.mine" in text
    assert "x.other" not in text
    assert client.get(f"/audit/{mine.pk}/").status_code == 200
    assert client.get(f"/audit/{other.pk}/").status_code == 404


def test_adding_a_person_sets_nothing_but_the_fields_of_the_form() -> None:
    everything = {"name": "Ben", "email": "ben@example.com", "language": "", "is_active": "", "is_staff": "on",
                  "role": "admin", "grants": "1", "password": "secret", "id": "7", "store_id": "1"}  # fmt: skip
    assert signed_in(person("admin")).post("/staff/new/", everything).status_code == 302
    ben = Person.objects.get(email="ben@example.com")
    assert ben.is_active
    assert ben.pk != 7
    assert not ben.has_usable_password()
    assert not ben.grants.exists()


def test_the_profile_form_changes_name_and_language_only() -> None:
    ana = person("analyst", email="ana@example.com")
    everything = {"name": "Ana B", "language": "zh-hans", "email": "evil@example.com", "is_active": "", "role": "admin"}
    response = signed_in(ana).post("/account/", everything)
    assert response.cookies["django_language"].value == "zh-hans"
    ana.refresh_from_db()
    assert (ana.name, ana.language, ana.email, ana.is_active) == ("Ana B", "zh-hans", "ana@example.com", True)
    assert [held.role for held in ana.grants.all()] == ["analyst"]


def test_a_role_is_given_and_taken_on_the_page() -> None:
    shop, ben = store(), person()
    client = signed_in(person("admin"))
    client.post(f"/staff/{ben.pk}/roles/", {"role": "associate", "place": f"store:{shop.pk}"})
    held = Grant.objects.get(person=ben)
    assert (held.role, held.store) == ("associate", shop)
    assert client.post(f"/staff/{ben.pk}/roles/{held.pk}/removal/").status_code == 302
    assert not ben.grants.exists()


def test_nobody_gives_themselves_a_role_on_the_page() -> None:
    ana = person("admin")
    assert signed_in(ana).post(f"/staff/{ana.pk}/roles/", {"role": "marketer", "place": "head_office"}).status_code == 403
    assert [held.role for held in ana.grants.all()] == ["admin"]


def test_two_administrators_give_a_role_together() -> None:
    ana, chiara, ben = person("admin"), person("admin"), person()
    first, second = signed_in(ana), signed_in(chiara)
    first.post(f"/staff/{ben.pk}/roles/", {"role": "marketer", "place": "head_office"})
    assert not ben.grants.exists()
    page = second.get("/approvals/").content.decode()
    decide = page.split('action="/approvals/')[1].split('"')[0]
    assert first.post(f"/approvals/{decide}", {"verdict": "approve"}).status_code == 403
    assert not ben.grants.exists()
    second.post(f"/approvals/{decide}", {"verdict": "approve"})
    assert [held.role for held in ben.grants.all()] == ["marketer"]


def test_a_key_is_shown_once() -> None:
    client = signed_in(person("admin"))
    shown = client.post("/keys/", {"name": "Till 1", "role": "pos", "place": f"store:{store().pk}"}).content.decode()
    key = ApiKey.objects.get()
    secret = shown.split('value="rk_')[1].split('"')[0]
    assert organization.authenticate_key("rk_" + secret, now=timezone.now())
    assert secret not in client.get("/keys/").content.decode()
    client.post(f"/keys/{key.pk}/revocation/")
    assert organization.authenticate_key("rk_" + secret, now=timezone.now()) is None


def test_a_link_is_shown_once_and_works() -> None:
    ben = person("analyst")
    client = signed_in(person("admin"))
    shown = client.post(f"/staff/{ben.pk}/links/").content.decode()
    path = "/sign-in/" + shown.split("/sign-in/")[1].split('"')[0]
    assert path not in client.get(f"/staff/{ben.pk}/").content.decode()
    assert Client().post(path).headers["Location"] == "/"


def test_somebody_is_switched_off_and_on_again() -> None:
    ben = person("analyst")
    theirs, client = signed_in(ben), signed_in(person("admin"))
    client.post(f"/staff/{ben.pk}/state/", {"to": "off"})
    assert theirs.get("/roles/").headers["Location"].startswith("/sign-in/")
    client.post(f"/staff/{ben.pk}/state/", {"to": "on"})
    assert signed_in(ben).get("/roles/").status_code == 200


def test_exporting_the_trail_is_written_down() -> None:
    audit.record(access.system(), "x.done", "store", 1, now=timezone.now())
    answer = signed_in(person("finance")).get("/audit/?export=csv")
    assert b"x.done" in b"".join(answer.streaming_content)
    assert AuditEntry.objects.filter(action="audit.exported").count() == 1


def test_the_company_is_changed_by_its_administrator_alone() -> None:
    wanted = {"name": "South", "country": "CN", "currency": "CNY", "timezone": "Asia/Shanghai"}
    assert signed_in(person("marketer")).post("/company/", wanted).status_code == 403
    assert Company.objects.get().name == "North"
    signed_in(person("admin")).post("/company/", wanted)
    assert Company.objects.get().name == "South"
    assert AuditEntry.objects.get(action="company.changed").before["name"] == "North"


def test_a_view_belongs_to_its_person() -> None:
    ana, ben = signed_in(person("analyst")), signed_in(person("analyst"))
    wanted = {"page": "/customers/", "name": "Lapsed", "query": "?stage=lost"}
    assert ana.post("/views/", wanted).headers["Location"] == "/customers/?stage=lost"
    view = SavedView.objects.get()
    assert ben.post(f"/views/{view.pk}/removal/").status_code == 404
    assert SavedView.objects.exists()
    ana.post(f"/views/{view.pk}/removal/", {"next": "https://evil.example/"})
    assert not SavedView.objects.exists()


def test_every_change_needs_the_token_of_the_page() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person("admin"))
    ben = person()
    for path in (f"/staff/{ben.pk}/roles/", "/keys/", "/views/", "/account/", f"/staff/{ben.pk}/links/", "/sign-out/"):
        assert client.post(path, {"role": "analyst", "place": "head_office"}).status_code == 403
    assert not ben.grants.exists()


def _body(response) -> str:
    """Return the page without what differs between any two visits: its address and the CSRF token."""
    text = response.content.decode().replace(response.wsgi_request.path, "")
    return re.sub(r"[A-Za-z0-9]{64}", "", text)


def test_pages_say_the_time_of_the_company_and_calls_say_utc(rf: RequestFactory) -> None:
    told = requests.CompanyTime(lambda _: HttpResponse(str(timezone.get_current_timezone())))
    assert told(rf.get("/audit/")).content == b"America/New_York"
    assert told(rf.get("/api/v1/stores")).content == b"UTC"
