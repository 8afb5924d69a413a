"""List pages: search, filters as chips, sorting, cursor pages, column choice and export, told once per list.

A room declares a `Listing`, hands it a QuerySet the viewer may see, and renders the page it gets back with
`ui/list.html` (or `{% include "ui/_listing.html" %}`); htmx gets `ui/_table.html`, the same part alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString

from regulars.core import spreadsheets
from regulars.ui import cursors
from regulars.ui.requests import is_fragment

Text = str | Promise
Rows = QuerySet[Any]
COUNT_MAX = 10_000  # counting further costs more than knowing it is worth
_OWN_PARAMS = frozenset({"cursor", "sort", "q", "columns", "export"})
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. `value` is what is exported; `show` what the page shows if that differs (text, or safe HTML)."""

    key: str
    label: Text
    value: Callable[[Any], object]
    show: Callable[[Any], object] | None = None
    href: Callable[[Any], str] | None = None
    sort: str = ""
    numeric: bool = False
    shown: bool = True
    lead: bool = False
    wraps: bool = False  # a sentence, which may take several lines

    def cell(self, row: Any) -> object:
        content = self.show(row) if self.show else self.value(row)
        content = "–" if content is None or content == "" else content
        address = self.href(row) if self.href else ""
        return format_html('<a href="{}">{}</a>', address, content) if address else content


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One question to the list. With `options` it is a choice, else a text, number or date box (`kind`)."""

    key: str
    label: Text
    apply: Callable[[Rows, str], Rows]
    options: Sequence[tuple[str, Text]] | Callable[[], Sequence[tuple[str, Text]]] = ()
    kind: str = "text"

    def choices(self) -> Sequence[tuple[str, Text]]:
        return self.options() if callable(self.options) else self.options

    def words(self, value: str) -> Text:
        return dict(self.choices()).get(value, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list as its room declares it. `sort` is the order before anybody chose one, over a column's `sort` field."""

    id: str
    columns: Sequence[Column]
    sort: str
    filters: Sequence[Filter] = ()
    search: Callable[[Rows, str], Rows] | None = None
    search_label: Text = ""
    page_size: int = 50
    selectable: bool = False

    @property
    def searchable(self) -> bool:
        return self.search is not None

    def narrowed(self, request: HttpRequest, rows: Rows) -> Rows:
        """Return the rows that search and filters of the address leave."""
        words = _said(request, "q").strip()
        if words and self.search:
            rows = self.search(rows, words)
        for each in self.filters:
            if value := _said(request, each.key):
                rows = each.apply(rows, value)
        return rows

    def page(self, request: HttpRequest, rows: Rows) -> Page:
        """Return the page of the list that the address asks for."""
        narrowed = self.narrowed(request, rows)
        sort = self._sort(request)
        cursor = cursors.decode(text) if (text := request.GET.get("cursor", "")) else None
        found = cursors.take(narrowed, sort=sort, size=self.page_size, cursor=cursor)
        return Page(
            listing=self,
            params=request.GET,
            path=request.path,
            columns=self.chosen(request),
            sort=sort,
            rows=found.rows,
            previous=found.previous,
            next=found.next,
            total=narrowed.order_by().values("pk")[: COUNT_MAX + 1].count(),
        )

    def chosen(self, request: HttpRequest) -> list[Column]:
        """Return the columns to show: those of the address, else those the person chose last, else the usual ones."""
        remembered: dict[str, list[str]] = {}
        if (session := getattr(request, "session", None)) is not None:
            remembered = session.get("columns", {})
            if "columns" in request.GET:
                remembered[self.id] = request.GET.getlist("columns")
                session["columns"] = remembered
        keys = request.GET.getlist("columns") or remembered.get(self.id, [])
        known = [column for column in self.columns if column.key in keys or (column.lead and keys)]
        return known or [column for column in self.columns if column.shown]

    def export(self, request: HttpRequest, rows: Rows, *, kind: str, name: str) -> HttpResponseBase:
        """Return what the list shows, all pages of it, as `csv` or `xlsx`; the view decides who may have it."""
        columns = self.chosen(request)
        head = [str(column.label) for column in columns]
        ordered = self.narrowed(request, rows).order_by(self._sort(request), "pk")
        lines = _lines(ordered, columns=columns)
        headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
        if kind == "xlsx":
            return HttpResponse(spreadsheets.write_xlsx(lines, head=head), content_type=_XLSX, headers=headers)
        body = spreadsheets.write_csv(lines, head=head)
        return StreamingHttpResponse(body, content_type="text/csv; charset=utf-8", headers=headers)

    def render(
        self,
        request: HttpRequest,
        rows: Rows,
        *,
        template: str = "ui/list.html",
        context: Mapping[str, Any] | None = None,
    ) -> HttpResponse:
        """Answer with the whole page, or with the table alone where htmx asked for it."""
        part = "ui/_table.html" if is_fragment(request) else template
        return render(request, part, {**(context or {}), "list": self.page(request, rows)})

    def _sort(self, request: HttpRequest) -> str:
        asked = request.GET.get("sort", "")
        allowed = {column.sort for column in self.columns if column.sort}
        return asked if asked.lstrip("-") in allowed else self.sort


@dataclass(frozen=True, kw_only=True)
class Head:
    """A column's head: where a click sorts to, and how it is sorted now."""

    column: Column
    href: str
    state: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """What the templates draw."""

    listing: Listing
    params: QueryDict
    path: str
    columns: Sequence[Column]
    sort: str
    rows: Sequence[Any]
    previous: str
    next: str
    total: int
    selected: Sequence[str] = field(default_factory=tuple)

    @property
    def total_max(self) -> int:
        return COUNT_MAX

    @property
    def heads(self) -> list[Head]:
        return [self._head(column) for column in self.columns]

    @property
    def lines(self) -> Iterator[tuple[Any, list[tuple[Column, object]]]]:
        """Yield each row's key with its cells."""
        for row in self.rows:
            yield row.pk, [(column, column.cell(row)) for column in self.columns]

    @property
    def chips(self) -> list[tuple[Text, Text, str]]:
        """Return (label, value, address without it) for each filter in force."""
        return [
            (each.label, each.words(value), self.address(**{each.key: None}))
            for each in self.listing.filters
            if (value := self.params.get(each.key, ""))
        ]

    @property
    def questions(self) -> list[tuple[Filter, Sequence[tuple[str, Text]], str]]:
        """Return (filter, its choices, its present value)."""
        return [(each, each.choices(), self.params.get(each.key, "")) for each in self.listing.filters]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Return the parameters that a form of the list carries along."""
        own = {each.key for each in self.listing.filters} | {"cursor", "q", "columns", "export"}
        return [(key, value) for key, values in self.params.lists() if key not in own for value in values]

    @property
    def column_choices(self) -> list[tuple[Column, bool]]:
        shown = {column.key for column in self.columns}
        return [(column, column.key in shown) for column in self.listing.columns]

    @property
    def is_narrowed(self) -> bool:
        return bool(self.chips or self.params.get("q"))

    @property
    def previous_href(self) -> str:
        return self.address(cursor=self.previous) if self.previous else ""

    @property
    def next_href(self) -> str:
        return self.address(cursor=self.next) if self.next else ""

    @property
    def cleared_href(self) -> str:
        return self.address(q=None, **{each.key: None for each in self.listing.filters})

    def address(self, **changes: str | None) -> str:
        """Return the list's address with these parameters changed; any change but of the cursor begins at page one."""
        params = self.params.copy()
        for key in ("cursor", "export"):
            params.pop(key, None)
        for key, value in changes.items():
            params.pop(key, None)
            if value is not None:
                params[key] = value
        return f"{self.path}?{params.urlencode()}"

    def _head(self, column: Column) -> Head:
        if not column.sort:
            return Head(column=column, href="", state="")
        state = {column.sort: "ascending", f"-{column.sort}": "descending"}.get(self.sort, "")
        first = f"-{column.sort}" if column.numeric else column.sort
        other = column.sort if self.sort.startswith("-") else f"-{column.sort}"
        return Head(column=column, href=self.address(sort=other if state else first), state=state)


def status(words: Text, *, tone: str = "neutral") -> SafeString:
    """Return a status as `<c-status>` draws it; a component per cell would cost more than the query."""
    return format_html(
        '<span class="status" data-tone="{}"><span class="status__dot" aria-hidden="true"></span><span>{}</span></span>',
        tone,
        words,
    )


def _said(request: HttpRequest, key: str) -> str:
    """Return a parameter of the address without zero bytes, which no text of the database holds."""
    return request.GET.get(key, "").replace("\0", "")


def _lines(rows: Rows, *, columns: Sequence[Column]) -> Iterator[list[object]]:
    for row in rows.iterator(chunk_size=2_000):
        yield [column.value(row) for column in columns]
