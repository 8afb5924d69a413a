"""The customer list as one viewer gets it: columns, filters, search and order.

For `list_view`. Who sees the whole company sorts and filters by what was bought anywhere. A viewer of stores gets stage and
value tier of the whole company, but amounts and dates from the own stores alone: another store's purchases do not show in a
sum, an order or a filter either.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum, Value
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.core import money, pii
from regulars.customers import selectors
from regulars.customers.models import Customer, CustomerTag, Identifier, Tag
from regulars.home.customers import words
from regulars.insight.customers import explain, rules
from regulars.insight.customers.rules import Place
from regulars.insight.models import CustomerFigures
from regulars.organization import selectors as organization
from regulars.organization.access import Viewer
from regulars.organization.company import get_company
from regulars.sales.models import Receipt
from regulars.ui import formatting, lists
from regulars.ui.templatetags.ui import hue

RECENT = {
    "30": gettext_lazy("in the last 30 days"),
    "90": gettext_lazy("31 to 90 days ago"),
    "180": gettext_lazy("91 to 180 days ago"),
    "older": gettext_lazy("more than 180 days ago"),
    "never": gettext_lazy("nothing bought yet"),
}
_BANDS = {"30": (0, 30), "90": (31, 90), "180": (91, 180), "older": (181, 100_000)}
YES_NO = [("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))]
Rows = QuerySet[Any]


@dataclass(frozen=True, slots=True)
class CustomerList:
    """Builds the list for one viewer; `opened` writes contact data whole, for an export of who may have it."""

    viewer: Viewer
    action: str = "customer.list"
    opened: bool = False
    currency: str = field(default_factory=lambda: get_company().currency)

    @property
    def sees_all(self) -> bool:
        return self.viewer.scope(self.action).is_everything

    def rows(self) -> Rows:
        """Return the customers with all that the columns show."""
        held = Identifier.objects.filter(valid_to=None).order_by("-kind", "pk")
        tags = CustomerTag.objects.filter(removed_at=None).select_related("tag").order_by("tag__name")
        rows = selectors.list_customers(self.viewer, self.action).select_related("home_store", "figures")
        rows = rows.select_related("key") if self.opened else rows
        rows = rows.prefetch_related(Prefetch("identifiers", held, to_attr="held"), Prefetch("tags", tags, to_attr="tagged"))
        return rows if self.sees_all else self._with_own_figures(rows)

    def listing(self) -> lists.Listing:
        """Return the list with its columns and filters."""
        masked = self.viewer.scope(self.action).masked
        return lists.Listing(
            id="customers",
            sort="-figures__net_amount_12m" if self.sees_all else "name",
            search=lambda rows, text: selectors.search(rows, text, masked=masked),
            search_label=_("Name, phone, e-mail, card or id"),
            columns=self._columns(),
            filters=self._filters(),
        )

    def _with_own_figures(self, rows: Rows) -> Rows:
        """Add what each customer bought in the viewer's stores; worked out for the rows of the page only."""
        own = Customer.objects.filter(Q(pk=OuterRef(OuterRef("pk"))) | Q(merged_into=OuterRef(OuterRef("pk"))))
        stores = self.viewer.scope(self.action).stores or frozenset()
        receipts = Receipt.objects.filter(customer__in=own.values("pk"), store__in=stores).order_by()
        year = receipts.filter(business_date__gt=figures_date() - timedelta(days=365))
        found: Rows = rows.annotate(
            here_amount=Subquery(_one(year, Sum("net_amount"))),
            here_last=Subquery(_one(receipts, Max("business_date"))),
            here_receipts=Subquery(_one(receipts, Count("pk"))),
        )
        return found

    def _columns(self) -> Sequence[lists.Column]:
        return [
            lists.Column(
                key="name", label=_("Customer"), value=name_of, show=_name_cell, sort="name", lead=True,
                href=lambda row: f"/customers/{row.pk}/",
            ),
            lists.Column(
                key="stage", label=_("Stage"), value=lambda row: words.stage(figure(row, "stage", "")),
                show=lambda row: words.stage_cell(figure(row, "stage", "")),
            ),
            lists.Column(
                key="value", label=_("Value tier"), value=lambda row: words.place(figure(row, "pyramid", "")),
            ),
            *(self._company_columns() if self.sees_all else self._store_columns()),
            lists.Column(
                key="store", label=_("Home store"), value=lambda row: row.home_store.name if row.home_store else ""
            ),
            self._contact("phone", _("Phone"), shown=True),
            self._contact("email", _("E-mail")),
            self._contact("card", _("Card")),
            lists.Column(key="tags", label=_("Tags"), value=lambda row: formatting.listed(it.tag.name for it in row.tagged)),
            lists.Column(
                key="kind", label=_("Kind"), value=lambda row: words.KINDS.get(row.kind, row.kind), shown=False
            ),
            lists.Column(key="city", label=_("City"), value=lambda row: row.city, shown=False),
            lists.Column(
                key="joined", label=_("Joined on"), value=lambda row: row.joined_on, sort="joined_on", shown=False,
                show=lambda row: row.joined_on and formatting.date(row.joined_on),
            ),
            lists.Column(
                key="complete", label=_("Profile complete"), value=lambda row: row.completeness, numeric=True,
                show=lambda row: formatting.percent(row.completeness / 100, decimals=0), shown=False,
            ),
        ]  # fmt: skip

    def _company_columns(self) -> Sequence[lists.Column]:
        return [
            self._money("year", _("12 months"), lambda row: figure(row, "net_amount_12m"), "figures__net_amount_12m"),
            lists.Column(
                key="last", label=_("Last purchase"), value=lambda row: figure(row, "last_purchase_date"),
                show=lambda row: _day(figure(row, "last_purchase_date")), sort="figures__last_purchase_date",
            ),
            lists.Column(
                key="receipts", label=_("Receipts"), value=lambda row: figure(row, "receipts"), numeric=True,
                show=lambda row: _count(figure(row, "receipts")), shown=False,
            ),
            self._money("basket", _("Average basket"), lambda row: figure(row, "average_basket_amount"), shown=False),
            lists.Column(
                key="rhythm", label=_("Usual rhythm"), value=lambda row: figure(row, "usual_days"), shown=False,
                show=lambda row: _rhythm(figure(row, "usual_days")),
            ),
            lists.Column(
                key="rfm", label=_("RFM class"), value=lambda row: words.rfm(figure(row, "rfm_class", "")), shown=False
            ),
        ]  # fmt: skip

    def _store_columns(self) -> Sequence[lists.Column]:
        return [
            self._money("year", _("12 months in your stores"), lambda row: row.here_amount),
            lists.Column(
                key="last", label=_("Last purchase in your stores"), value=lambda row: row.here_last,
                show=lambda row: _day(row.here_last),
            ),
            lists.Column(
                key="receipts", label=_("Receipts in your stores"), value=lambda row: row.here_receipts, numeric=True,
                show=lambda row: _count(row.here_receipts), shown=False,
            ),
        ]  # fmt: skip

    def _money(
        self, key: str, label: str, value: Callable[[Any], int | None], sort: str = "", *, shown: bool = True
    ) -> lists.Column:
        def plain(row: Any) -> object:
            amount = value(row)
            return None if amount is None else money.to_decimal(amount, self.currency)

        def show(row: Any) -> object:
            amount = value(row)
            return None if amount is None else formatting.money(amount, self.currency)

        return lists.Column(key=key, label=label, value=plain, show=show, sort=sort, numeric=True, shown=shown)

    def _contact(self, kind: str, label: str, *, shown: bool = False) -> lists.Column:
        """Return a column of identifiers: masked on every screen, whole in the file of who may have it."""

        def masked(row: Any) -> str:
            return next((it.hint for it in row.held if it.kind == kind), "")

        def whole(row: Any) -> str:
            keys = {row.pk: pii.unwrap(bytes(row.key.wrapped))} if getattr(row, "key", None) else {}
            return next((selectors.open_identifier(it, keys) for it in row.held if it.kind == kind), "")

        return lists.Column(key=kind, label=label, value=whole if self.opened else masked, show=masked, shown=shown)

    def _filters(self) -> Sequence[lists.Filter]:
        always = [
            _choice("stage", _("Stage"), "figures__stage", explain.STAGE_NAMES),
            lists.Filter(key="value", label=_("Value tier"), options=_VALUES, apply=_of_value),
        ]
        bought = [
            _choice("rfm", _("RFM class"), "figures__rfm_class", explain.RFM_NAMES),
            _choice("recency", _("Recency score"), "figures__recency_score", _SCORES),
            _choice("frequency", _("Frequency score"), "figures__frequency_score", _SCORES),
            lists.Filter(key="bought", label=_("Last purchase"), options=list(RECENT.items()), apply=_bought),
            lists.Filter(
                key="late", label=_("Later than usual"), options=YES_NO[:1],
                apply=lambda rows, _value: rows.filter(figures__due_date__lt=figures_date()),
            ),
        ]  # fmt: skip
        return [
            *always,
            *(bought if self.sees_all else []),
            lists.Filter(
                key="store", label=_("Home store"), options=self._stores,
                apply=lambda rows, value: rows.filter(home_store__code=value),
            ),
            lists.Filter(
                key="tag", label=_("Tag"), options=_tags,
                apply=lambda rows, value: rows.filter(
                    pk__in=CustomerTag.objects.filter(tag__name=value, removed_at=None).values("customer")
                ),
            ),
            _choice("kind", _("Kind"), "kind", words.KINDS),
            _has("phone", _("Has a phone")),
            _has("email", _("Has an e-mail")),
        ]  # fmt: skip

    def _stores(self) -> Sequence[tuple[str, lists.Text]]:
        return [(store.code, store.name) for store in organization.list_stores(self.viewer).order_by("name")[:1_000]]


def figure(row: Any, name: str, missing: Any = None) -> Any:
    """Return one of insight's figures of a customer, or `missing` where nothing was bought."""
    figures = getattr(row, "figures", None)
    return getattr(figures, name) if figures is not None else missing


def figures_date() -> date:
    """Return the day that the figures tell of: the last business day on record."""
    known = CustomerFigures.objects.values_list("as_of", flat=True).first()
    return known or timezone.localdate()


def name_of(row: Any) -> str:
    """Return what a customer is called: the name, or the card that has none."""
    if row.name:
        return str(row.name)
    held = next(iter(row.held), None)
    label = str(words.KINDS[Customer.Kind.NAMELESS])
    return f"{label} {held.hint}" if held is not None else f"{label} {row.pk}"


def _name_cell(row: Any) -> object:
    """Return the name beside its initials; drawn here, as a component for each row would cost more than the query."""
    name = name_of(row)
    if not row.name:
        mark = mark_safe('<span class="avatar avatar--small avatar--blank" aria-hidden="true"></span>')
        return format_html('<span class="table__person">{}<span class="muted">{}</span></span>', mark, name)
    return format_html(
        '<span class="table__person"><span class="avatar avatar--small" data-hue="{}" aria-hidden="true">{}</span>{}</span>',
        hue(name), formatting.initials(name), name,
    )  # fmt: skip


def _one(receipts: Rows, aggregate: Any) -> Rows:
    """Return a subquery of one row with the aggregate over all receipts."""
    found: Rows = receipts.annotate(everything=Value(1)).values("everything").annotate(found=aggregate).values("found")
    return found


def _choice(key: str, label: str, column: str, names: Any) -> lists.Filter:
    options = [(str(value), text) for value, text in names.items()]
    return lists.Filter(key=key, label=label, options=options, apply=lambda rows, value: rows.filter(**{column: value}))


def _of_value(rows: Rows, value: str) -> Rows:
    """Keep the customers of one place in the pyramid, or of its two upper ones (`best`), whom the dashboard tells of."""
    places = [Place.TOP.value, Place.LARGE.value] if value == _BEST else [value]
    return rows.filter(figures__pyramid__in=places)


_BEST = "best"
_VALUES = [
    (_BEST, gettext_lazy("Top and large customers")),
    *((place.value, name) for place, name in explain.PLACE_NAMES.items()),
]
_SCORES = {str(score): str(score) for score in range(1, rules.SCORES + 1)}


def _has(kind: str, label: str) -> lists.Filter:
    held = Identifier.objects.filter(customer=OuterRef("pk"), kind=kind, valid_to=None)
    return lists.Filter(
        key=f"has_{kind}", label=label, options=YES_NO,
        apply=lambda rows, value: rows.filter(Exists(held) if value == "yes" else ~Exists(held)),
    )  # fmt: skip


def _bought(rows: Rows, value: str) -> Rows:
    if value not in _BANDS:
        return rows.filter(figures__isnull=True)
    first, last = _BANDS[value]
    return rows.filter(figures__recency_days__range=(first, last))


def _tags() -> Sequence[tuple[str, lists.Text]]:
    return [(name, name) for name in Tag.objects.order_by("name").values_list("name", flat=True)[:500]]


def _day(value: date | None) -> str:
    return formatting.date(value) if value else ""


def _count(value: int | None) -> str:
    return formatting.number(value) if value is not None else ""


def _rhythm(days: float | None) -> str:
    if not days:
        return ""
    return _("every %(days)s days") % {"days": formatting.number(round(days))} if round(days) > 1 else _("every day")
