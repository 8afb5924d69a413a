"""Regions and stores by sets: what is new, what changed, what is refused."""

from __future__ import annotations

import pyarrow as pa
import pytest

from regulars.core.errors import ForbiddenError
from regulars.organization import access
from regulars.organization import services as organization
from regulars.organization.models import Company, Region, Store
from tests.organization.factories import NOW, region, store, viewer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def company() -> Company:
    return Company.objects.create(pk=1, name="North", currency="USD", timezone="America/New_York", country="US")


def save(rows, *, who=None):
    table = pa.table({key: [row.get(key) for row in rows] for key in {key for row in rows for key in row}})
    return organization.save_stores(table, viewer=who or access.system(), now=NOW, source="file")


def test_stores_bring_their_regions_and_the_companys_defaults() -> None:
    outcome = save([{"code": "1", "name": "Main", "region_code": "N", "region_name": "North"}])
    assert (outcome.created, outcome.updated, outcome.unchanged) == (1, 0, 0)
    made = Store.objects.select_related("region").get()
    assert (made.region.name, made.timezone, made.currency, made.format) == (
        "North",
        "America/New_York",
        "USD",
        "other",
    )


def test_the_same_file_again_changes_nothing() -> None:
    rows = [{"code": "1", "name": "Main", "open_hours": '{"mon": [["08:00", "22:00"]]}', "latitude": 40.7}]
    save(rows)
    outcome = save(rows)
    assert (outcome.created, outcome.updated, outcome.unchanged, outcome.changes) == (0, 0, 1, [])


def test_a_null_leaves_what_is_known() -> None:
    save([{"code": "1", "name": "Main", "city": "Albany"}])
    outcome = save([{"code": "1", "name": "Main Street"}])
    assert outcome.updated == 1
    assert outcome.changes[0].before["name"] == "Main"
    assert outcome.changes[0].after["name"] == "Main Street"
    assert Store.objects.get().city == "Albany"


def test_the_last_of_two_rows_wins() -> None:
    outcome = save([{"code": "1", "name": "Old"}, {"code": "1", "name": "New"}])
    assert outcome.created == 1
    assert Store.objects.get().name == "New"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"code": ""}, "required"),
        ({"timezone": "Moon/Base"}, "timezone.unknown"),
        ({"day_cutoff_minutes": 1440}, "cutoff.range"),
        ({"format": "palace"}, "format.unknown"),
        ({"currency": "dollars"}, "currency.unknown"),
        ({"latitude": 91.0}, "place.range"),
        ({"open_hours": "always"}, "json.malformed"),
        ({"name": "x" * 201}, "text.too_long"),
    ],
)
def test_a_faulty_store_is_refused_with_its_row_and_column(fault, code) -> None:
    outcome = save([{"code": "1", "name": "Fine"}, {"code": "2", "name": "Faulty", **fault}])
    assert [(problem.row, problem.column, problem.code) for problem in outcome.problems] == [(2, next(iter(fault)), code)]
    assert [made.name for made in Store.objects.all()] == ["Fine"]


def test_regions_nest_by_code_in_any_order() -> None:
    rows = [{"code": "C", "name": "Coast", "parent_code": "N"}, {"code": "N", "name": "North", "parent_code": None}]
    outcome = organization.save_regions(pa.Table.from_pylist(rows), viewer=access.system(), now=NOW)
    assert (outcome.created, outcome.updated) == (2, 0)
    assert Region.objects.get(code="C").parent.code == "N"
    again = organization.save_regions(pa.Table.from_pylist(rows), viewer=access.system(), now=NOW)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)


def test_a_region_cannot_lie_below_itself() -> None:
    region(code="N")
    region(code="C", parent=Region.objects.get(code="N"))
    rows = [{"code": "N", "name": "North", "parent_code": "C"}]
    outcome = organization.save_regions(pa.Table.from_pylist(rows), viewer=access.system(), now=NOW)
    assert [problem.code for problem in outcome.problems] == ["region.ring"]
    assert Region.objects.get(code="N").parent is None


def test_a_region_manager_edits_only_their_stores_and_makes_none() -> None:
    mine, other = store(name="Mine"), store(name="Other")
    rows = [{"code": mine.code, "name": "A"}, {"code": other.code, "name": "B"}, {"code": "new", "name": "C"}]
    outcome = save(rows, who=viewer("region_manager", [mine]))
    assert [(problem.row, problem.code) for problem in outcome.problems] == [(2, "store.unknown"), (3, "store.unknown")]
    assert sorted(Store.objects.values_list("name", flat=True)) == ["A", "Other"]


def test_an_associate_edits_no_store() -> None:
    mine = store(name="Mine")
    with pytest.raises(ForbiddenError):
        save([{"code": mine.code, "name": "A"}], who=viewer("associate", [mine]))
    mine.refresh_from_db()
    assert mine.name == "Mine"
