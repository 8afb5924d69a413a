"""The matrix, the models and the code speak of the same roles and actions; rights join without leaking."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import regulars
from regulars.core.errors import ForbiddenError, NotFoundError
from regulars.organization import access, selectors, wording
from regulars.organization.access import Scope
from regulars.organization.models import Role
from tests.organization import factories

SOURCES = Path(regulars.__file__).parent
ASKED = re.compile(r"""(?:\.(?:may|scope|require|restrict)\(|requires\()(?:[\w.]+, )?"([a-z_]+\.[a-z_]+)\"""")


def test_the_roles_of_the_matrix_are_those_of_the_models() -> None:
    assert {code: rule.label for code, rule in access.roles().items()} == {role.value: str(role.label) for role in Role}


def test_every_cell_belongs_to_a_known_role() -> None:
    for action, cells in access.matrix().items():
        assert set(cells) <= set(access.roles()), action


def test_every_cell_is_written_in_the_letters_of_the_matrix() -> None:
    for action, cells in access._document()["actions"].items():
        for role, cell in cells.items():
            assert re.fullmatch(r"[AS]m?2?", cell), (action, role)


def test_every_action_that_code_asks_for_stands_in_the_matrix() -> None:
    asked = {(path.name, action) for path in SOURCES.rglob("*.py") for action in ASKED.findall(path.read_text("utf-8"))}
    assert asked
    assert {action for _, action in asked} <= set(access.matrix()), asked


def test_every_action_has_words_on_the_page() -> None:
    assert {action for actions in wording.GROUPS.values() for action in actions} == set(access.matrix())


def test_an_unknown_action_is_a_bug_and_not_a_refusal() -> None:
    with pytest.raises(LookupError):
        access.system().may("customer.lokup")


def test_a_right_over_one_store_does_not_unmask_the_others() -> None:
    joined = access.join([Scope(frozenset({1})), Scope(None, masked=True)])
    assert joined == Scope(None, masked=True)
    assert not access.join([Scope(None), Scope(frozenset({1}), masked=True)]).masked


def test_a_foreign_store_looks_missing_and_a_missing_right_refused() -> None:
    viewer = access.Viewer(label="Ana", rights=access.rights_of("associate", stores=frozenset({1})))
    with pytest.raises(NotFoundError):
        viewer.require("receipt.read", store_id=2)
    with pytest.raises(ForbiddenError):
        viewer.require("staff.manage")


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_a_grant_over_no_store_gives_nothing(role: str) -> None:
    assert access.rights_of(role, stores=frozenset()) == {}


@pytest.mark.django_db
def test_a_region_grant_covers_the_stores_of_the_whole_subtree() -> None:
    north = factories.region()
    coast = factories.region(parent=north)
    here, there, elsewhere = factories.store(region=north), factories.store(region=coast), factories.store()
    person = factories.person("region_manager", region=north)
    viewer = selectors.viewer_of_person(person)
    assert viewer.scope("dashboard.view").stores == {here.pk, there.pk}
    assert not viewer.scope("dashboard.view").covers(elsewhere.pk)


@pytest.mark.django_db
def test_a_person_without_grants_may_do_nothing() -> None:
    assert selectors.viewer_of_person(factories.person()).rights == {}


@pytest.mark.django_db
def test_a_region_without_stores_gives_nothing() -> None:
    person = factories.person("region_manager", region=factories.region())
    assert selectors.viewer_of_person(person).rights == {}


@pytest.mark.django_db
def test_a_closed_person_has_no_rights_left() -> None:
    assert selectors.viewer_of_person(factories.person("admin", is_active=False)).rights == {}


@pytest.mark.django_db
def test_the_reads_behind_a_viewer_stay_two(django_assert_max_num_queries) -> None:
    region = factories.region()
    person = factories.person("region_manager", region=region)
    for _ in range(3):
        factories.grant(person, "associate", store=factories.store(region=region))
    with django_assert_max_num_queries(2):
        selectors.viewer_of_person(person)
