"""List pages: cursor pages lose and repeat nothing, filters become chips, columns are remembered, exports are safe."""

from __future__ import annotations

import csv
import io

import pytest
from django.contrib.auth.models import Group
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import NullIf
from django.http import HttpRequest
from django.test import RequestFactory
from openpyxl import load_workbook

from regulars.ui import cursors
from regulars.ui.lists import Column, Filter, Listing

pytestmark = pytest.mark.django_db

LISTING = Listing(
    id="groups",
    sort="name",
    page_size=3,
    search=lambda rows, words: rows.filter(name__icontains=words),
    filters=[
        Filter(
            key="letter",
            label="First letter",
            options=[("a", "Letter A")],
            apply=lambda rows, value: rows.filter(name__startswith=value),
        )
    ],
    columns=[
        Column(key="name", label="Name", value=lambda row: row.name, sort="name", lead=True),
        Column(key="id", label="Number", value=lambda row: row.pk, sort="id", numeric=True),
        Column(key="size", label="Letters", value=lambda row: len(row.name), shown=False),
    ],
)


@pytest.fixture
def groups() -> QuerySet[Group]:
    Group.objects.bulk_create(Group(name=f"{letter}{number}") for letter in "ab" for number in range(5))
    return Group.objects.all()


def asked(rf: RequestFactory, address: str = "/groups/") -> HttpRequest:
    request = rf.get(address)
    request.session = SessionStore()
    return request


def walk(rf: RequestFactory, rows: QuerySet[Group], sort: str) -> tuple[list[str], list[str]]:
    """Return the names seen walking forward to the end, and back again."""
    page = LISTING.page(asked(rf, f"/groups/?sort={sort}"), rows)
    forward = [row.name for row in page.rows]
    while page.next_href:
        page = LISTING.page(asked(rf, page.next_href), rows)
        forward += [row.name for row in page.rows]
    back = [row.name for row in page.rows]
    while page.previous_href:
        page = LISTING.page(asked(rf, page.previous_href), rows)
        back = [row.name for row in page.rows] + back
    return forward, back


@pytest.mark.parametrize("sort", ["name", "-name", "id", "-id"])
def test_pages_lose_and_repeat_nothing_in_either_direction(rf: RequestFactory, groups: QuerySet[Group], sort: str) -> None:
    forward, back = walk(rf, groups, sort)
    assert forward == list(groups.order_by(sort).values_list("name", flat=True))
    assert back == forward


@pytest.mark.parametrize("sort", ["state", "-state"])
def test_rows_without_a_value_come_last_and_are_not_lost(groups: QuerySet[Group], sort: str) -> None:
    rows = groups.annotate(state=NullIf(F("name"), Value("a3"), output_field=CharField()))
    seen, cursor = [], None
    for _page in range(6):
        part = cursors.take(rows, sort=sort, size=2, cursor=cursor)
        seen += [row.name for row in part.rows]
        if not part.next:
            break
        cursor = cursors.decode(part.next)
    assert len(seen) == len(set(seen)) == 10
    assert seen[-1] == "a3"
    back = cursors.take(rows, sort=sort, size=20, cursor=cursors.decode(part.previous))
    assert [row.name for row in back.rows] + [row.name for row in part.rows] == seen


def test_a_row_that_arrives_meanwhile_moves_no_page(rf: RequestFactory, groups: QuerySet[Group]) -> None:
    first = LISTING.page(asked(rf), groups)
    Group.objects.create(name="a0 newcomer")
    second = LISTING.page(asked(rf, first.next_href), groups)
    assert [row.name for row in second.rows] == ["a3", "a4", "b0"]


@pytest.mark.parametrize("cursor", ["nonsense", "e30", "W10", "WzEsMl0"])
def test_a_foreign_cursor_is_refused(rf: RequestFactory, groups: QuerySet[Group], cursor: str) -> None:
    with pytest.raises(cursors.CursorError):
        LISTING.page(asked(rf, f"/groups/?cursor={cursor}"), groups)


def test_a_filter_becomes_a_chip_that_takes_it_away(rf: RequestFactory, groups: QuerySet[Group]) -> None:
    page = LISTING.page(asked(rf, "/groups/?letter=a&q=3"), groups)
    assert [row.name for row in page.rows] == ["a3"]
    assert page.chips == [("First letter", "Letter A", "/groups/?q=3")]
    assert page.total == 1


def test_an_unknown_sort_falls_back_to_the_usual_one(rf: RequestFactory, groups: QuerySet[Group]) -> None:
    assert LISTING.page(asked(rf, "/groups/?sort=permissions"), groups).sort == "name"


def test_chosen_columns_are_remembered(rf: RequestFactory, groups: QuerySet[Group]) -> None:
    request = asked(rf, "/groups/?columns=size")
    assert [column.key for column in LISTING.page(request, groups).columns] == ["name", "size"]
    later = asked(rf)
    later.session = request.session
    assert [column.key for column in LISTING.page(later, groups).columns] == ["name", "size"]


def test_one_page_costs_two_queries(rf: RequestFactory, groups: QuerySet[Group], django_assert_num_queries: object) -> None:
    with django_assert_num_queries(2):  # type: ignore[operator]
        page = LISTING.page(asked(rf), groups)
        assert len(list(page.lines)) == 3


def test_htmx_gets_the_table_alone(rf: RequestFactory, groups: QuerySet[Group]) -> None:
    from django_htmx.middleware import HtmxDetails

    request = rf.get("/groups/", headers={"hx-request": "true"})
    request.session = SessionStore()
    request.htmx = HtmxDetails(request)
    html = LISTING.render(request, groups).content.decode()
    assert "<html" not in html
    assert html.count("<tr") == 4


def test_exports_hold_all_pages_and_no_formula(rf: RequestFactory, groups: QuerySet[Group]) -> None:
    Group.objects.create(name="=HYPERLINK(1)")
    text = b"".join(LISTING.export(asked(rf), groups, kind="csv", name="groups")).decode()  # type: ignore[arg-type]
    assert text.startswith("\ufeffName,Number")
    names = [row[0] for row in csv.reader(io.StringIO(text))]
    assert len(names) == 12
    assert "'=HYPERLINK(1)" in names
    book = load_workbook(io.BytesIO(LISTING.export(asked(rf), groups, kind="xlsx", name="groups").content))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert {type(cell.value) for cell in book.active["B"][1:]} == {int}
