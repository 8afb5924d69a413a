"""Staff and their roles: who may give what, never to oneself, and the second person."""

from __future__ import annotations

import pytest

from regulars.core.errors import ForbiddenError, InvalidInputError, NotFoundError
from regulars.organization import access, selectors
from regulars.organization import services as organization
from regulars.organization.models import Approval, AuditEntry, Grant, Person, SignInLink
from regulars.organization.services import approvals
from tests.organization.factories import NOW, grant, person, region, store, viewer

pytestmark = pytest.mark.django_db


def as_(someone: Person) -> access.Viewer:
    return selectors.viewer_of_person(someone)


def test_a_fresh_database_knows_nobody() -> None:
    assert not Person.objects.exists()
    assert not Grant.objects.exists()
    assert not SignInLink.objects.exists()


def test_a_new_person_has_no_password_and_no_right() -> None:
    made = organization.create_person(email="Ben@Example.com", name="Ben", viewer=access.system(), now=NOW)
    assert made.email == "ben@example.com"
    assert not made.has_usable_password()
    assert as_(made).rights == {}


def test_the_trail_holds_no_address_in_clear() -> None:
    organization.create_person(email="ben@example.com", name="Ben", viewer=access.system(), now=NOW)
    assert "ben@example.com" not in str(list(AuditEntry.objects.values_list("after", "before", "note")))


def test_an_address_is_taken_once() -> None:
    person(email="ben@example.com")
    with pytest.raises(organization.EmailTakenError):
        organization.create_person(email="BEN@example.com", name="Ben", viewer=access.system(), now=NOW)
    assert Person.objects.count() == 1


def test_only_an_administrator_adds_people() -> None:
    for role in set(access.roles()) - {"admin"}:
        with pytest.raises(ForbiddenError):
            organization.create_person(email="ben@example.com", name="Ben", viewer=viewer(role), now=NOW)
    assert not Person.objects.exists()


def test_nobody_changes_their_own_roles() -> None:
    ana = person("admin")
    for act in (
        lambda: organization.give_role(ana, "marketer", viewer=as_(ana), now=NOW),
        lambda: organization.take_role(ana.grants.get(), viewer=as_(ana), now=NOW),
        lambda: organization.deactivate_person(ana, viewer=as_(ana), now=NOW),
    ):
        with pytest.raises(organization.OwnRightsError):
            act()
    assert [held.role for held in ana.grants.all()] == ["admin"]
    assert not AuditEntry.objects.exists()


def test_a_role_sits_only_where_the_matrix_lets_it() -> None:
    ben, shop = person(), store()
    for role, place in (("associate", {}), ("marketer", {"store": shop}), ("pos", {"store": shop}), ("owner", {})):
        with pytest.raises(organization.RolePlaceError):
            organization.give_role(ben, role, viewer=access.system(), now=NOW, **place)
    assert not Grant.objects.exists()


def test_giving_a_role_twice_gives_it_once() -> None:
    ben, shop = person(), store()
    for _ in range(2):
        organization.give_role(ben, "associate", store=shop, viewer=access.system(), now=NOW)
    assert ben.grants.count() == 1
    assert AuditEntry.objects.filter(action="role.given").count() == 1


def test_taking_the_last_role_ends_every_right_at_once() -> None:
    ben = person("associate", store=store())
    assert as_(ben).rights
    organization.take_role(ben.grants.get(), viewer=access.system(), now=NOW)
    assert as_(ben).rights == {}


def test_the_last_administrator_stays() -> None:
    ana = person("admin")
    with pytest.raises(organization.LastAdministratorError):
        organization.take_role(ana.grants.get(), viewer=access.system(), now=NOW)
    with pytest.raises(organization.LastAdministratorError):
        organization.deactivate_person(ana, viewer=access.system(), now=NOW)
    ana.refresh_from_db()
    assert ana.is_active
    assert ana.grants.count() == 1


def test_a_lone_administrator_acts_alone_and_the_trail_says_so() -> None:
    ana, ben = person("admin"), person()
    organization.give_role(ben, "marketer", viewer=as_(ana), now=NOW)
    assert AuditEntry.objects.get(action="role.given").note == "no second person holds this right"


def test_with_two_administrators_giving_a_role_takes_both() -> None:
    ana, chiara, ben = person("admin"), person("admin"), person()
    with pytest.raises(organization.SecondPersonNeededError):
        organization.give_role(ben, "marketer", viewer=as_(ana), now=NOW)
    assert not ben.grants.exists()
    wanted = {"person": ben.pk, "role": "marketer", "region": None, "store": None}
    asked = organization.ask_approval("role.give", action="staff.manage", payload=wanted, viewer=as_(ana), now=NOW)
    with pytest.raises(organization.OwnApprovalError):
        organization.decide_approval(asked, approve=True, viewer=as_(ana), now=NOW)
    organization.decide_approval(asked, approve=True, viewer=as_(chiara), now=NOW)
    assert [held.role for held in ben.grants.all()] == ["marketer"]
    with pytest.raises(organization.DecidedError):
        organization.decide_approval(asked, approve=True, viewer=as_(chiara), now=NOW)


def test_an_approval_holds_for_nothing_else_and_only_once() -> None:
    ana, chiara, ben = person("admin"), person("admin"), person()
    wanted = {"person": ben.pk, "role": "marketer", "region": None, "store": None}
    asked = organization.ask_approval("role.give", action="staff.manage", payload=wanted, viewer=as_(ana), now=NOW)
    organization.decide_approval(asked, approve=True, viewer=as_(chiara), now=NOW)
    asked.refresh_from_db()
    for role in ("finance", "marketer"):
        with pytest.raises(organization.SecondPersonNeededError):
            organization.give_role(ben, role, viewer=as_(ana), now=NOW, approval=asked)
    assert ben.grants.count() == 1


def test_a_declined_request_gives_nothing() -> None:
    ana, chiara, ben = person("admin"), person("admin"), person()
    wanted = {"person": ben.pk, "role": "marketer", "region": None, "store": None}
    asked = organization.ask_approval("role.give", action="staff.manage", payload=wanted, viewer=as_(ana), now=NOW)
    organization.decide_approval(asked, approve=False, viewer=as_(chiara), now=NOW)
    assert not ben.grants.exists()
    assert not Approval.objects.get().used


def test_an_administrator_cannot_pose_as_another() -> None:
    ana, chiara = person("admin"), person("admin")
    with pytest.raises(ForbiddenError):
        organization.create_sign_in_link(chiara, viewer=as_(ana), now=NOW)
    assert not SignInLink.objects.exists()


def test_the_company_is_set_up_once_with_a_person_for_everything_at_head_office() -> None:
    facts = {"name": "North", "currency": "USD", "timezone": "America/New_York", "country": "US"}
    first = organization.setup_company(
        **facts, owner_name="Ana", owner_email="ana@example.com", viewer=access.system(), now=NOW
    )
    assert not first.has_usable_password()
    assert not as_(first).scope("customer.list").masked
    with pytest.raises(organization.AlreadySetUpError):
        organization.setup_company(**facts, owner_name="Ben", owner_email="ben@example.com", viewer=access.system(), now=NOW)
    assert Person.objects.count() == 1


def test_a_company_needs_a_zone_that_exists() -> None:
    with pytest.raises(InvalidInputError):
        organization.setup_company(
            name="North", currency="USD", timezone="Moon/Base", country="US", owner_name="Ana",
            owner_email="ana@example.com", viewer=access.system(), now=NOW,
        )  # fmt: skip
    assert not Person.objects.exists()


def test_somebody_switched_on_again_has_their_grants() -> None:
    ben = person("associate", store=store())
    organization.deactivate_person(ben, viewer=access.system(), now=NOW)
    assert as_(ben).rights == {}
    organization.reactivate_person(ben, viewer=access.system(), now=NOW)
    assert as_(ben).rights
    grant(ben, "analyst")


def test_a_request_is_seen_and_decided_only_by_whose_reach_covers_the_one_who_asked() -> None:
    here, there = region(), region()
    for place in (here, there):
        store(region=place)
    ana, ben = person("region_manager", region=here), person("region_manager", region=there)
    chiara = person("region_manager")
    asked = organization.ask_approval(
        "receipt.export", action="receipt.export", payload={"query": "q=Ana"}, viewer=as_(ana), now=NOW
    )
    with pytest.raises(NotFoundError):
        organization.decide_approval(asked, approve=True, viewer=as_(ben), now=NOW)
    asked.refresh_from_db()
    assert asked.decided_at is None
    organization.decide_approval(asked, approve=True, viewer=as_(chiara), now=NOW)
    assert asked.is_approved


def test_a_colleague_of_another_region_is_no_second_person() -> None:
    here, there = region(), region()
    for place in (here, there):
        store(region=place)
    ana = as_(person("region_manager", region=here))
    person("region_manager", region=there)
    assert not approvals.others_with("customer.export", viewer=ana)
    person("region_manager", region=here)
    assert approvals.others_with("customer.export", viewer=ana)


def test_of_two_administrators_one_cannot_shut_the_other_out_alone() -> None:
    ana, ben = person("admin"), person("admin")
    for shut_out in (
        lambda: organization.deactivate_person(ben, viewer=as_(ana), now=NOW),
        lambda: organization.take_role(ben.grants.get(), viewer=as_(ana), now=NOW),
    ):
        with pytest.raises(organization.SecondPersonNeededError):
            shut_out()
    ben.refresh_from_db()
    assert ben.is_active
    assert as_(ben).may("staff.manage")


def test_an_administrator_is_switched_off_and_on_by_two() -> None:
    ana, ben, chiara = person("admin"), person("admin"), person("admin")
    for to, is_active in (("off", False), ("on", True)):
        asked = organization.ask_approval(
            "person.switch", action="staff.manage", payload=organization.switch_asked(ben, to=to), viewer=as_(ana), now=NOW
        )
        organization.decide_approval(asked, approve=True, viewer=as_(chiara), now=NOW)
        ben.refresh_from_db()
        assert ben.is_active is is_active


def test_an_administrator_s_role_is_taken_by_two() -> None:
    ana, ben, chiara = person("admin"), person("admin"), person("admin")
    held = organization.role_asked(ben, "admin")
    asked = organization.ask_approval("role.take", action="staff.manage", payload=held, viewer=as_(ana), now=NOW)
    organization.decide_approval(asked, approve=True, viewer=as_(chiara), now=NOW)
    assert not ben.grants.exists()
