"""Lists of cards and of what happened to them."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET

from regulars.loyalty.cards import selectors, wording
from regulars.loyalty.cards.models import Card, CardType, Movement, State
from regulars.loyalty.cards.rules import numbers
from regulars.loyalty.cards.views import places
from regulars.organization import wording as staff
from regulars.organization.access import Viewer
from regulars.organization.requests import requires, viewer_of
from regulars.ui import formatting, lists
from regulars.ui.lists import Column, Filter, Listing, Rows


@require_GET
@requires("gift_card.read")
def cards(request: HttpRequest) -> HttpResponse:
    """Show the cards of the viewer's stores; a whole number finds one, words find the holder."""
    viewer = viewer_of(request)
    context = {"keeps_stock": viewer.may("card.stock")}
    return _cards(viewer).render(request, selectors.list_cards(viewer), template="cards/cards.html", context=context)


@require_GET
@requires("gift_card.read")
def movements(request: HttpRequest) -> HttpResponse:
    """Show every step of every card of the viewer's stores, newest first."""
    viewer = viewer_of(request)
    return _MOVEMENTS.render(request, selectors.list_movements(viewer), template="cards/movements.html")


def _cards(viewer: Viewer) -> Listing:
    stores = [(str(store.pk), store.name) for store in selectors.places(viewer, "gift_card.read")]
    return Listing(
        id="cards",
        sort="-pk",
        search=_search,
        search_label=_("Find a card by its number or its holder"),
        columns=_CARD_COLUMNS,
        filters=[
            Filter(key="state", label=_("State"), options=State.choices, apply=lambda rows, value: rows.filter(state=value)),
            Filter(
                key="type",
                label=_("Card type"),
                options=lambda: [(str(pk), name) for pk, name in CardType.objects.order_by("name").values_list("pk", "name")],
                apply=lambda rows, value: rows.filter(type=value if value.isdigit() else 0),
            ),
            Filter(
                key="store",
                label=_("Store"),
                options=stores,
                apply=lambda rows, value: rows.filter(
                    Q(store=value if value.isdigit() else 0) | Q(sold_by=value if value.isdigit() else 0)
                ),
            ),
        ],
    )


def _search(rows: Rows, words: str) -> Rows:
    number = numbers.tidy(words)
    if number.isdigit():
        return rows.filter(Q(number=number) | Q(number__endswith=number)) if len(number) <= 6 else rows.filter(number=number)
    return rows.filter(customer__name__icontains=words)


_CARD_COLUMNS = [
    Column(
        key="number", label=pgettext_lazy("card", "Number"), value=lambda row: row.number, lead=True,
        href=lambda row: f"/cards/{row.pk}/",
    ),
    Column(key="type", label=_("Card type"), value=lambda row: row.type.name),
    Column(
        key="state", label=_("State"), value=lambda row: str(State(row.state).label),
        show=lambda row: lists.status(State(row.state).label, tone=wording.TONES.get(row.state, "neutral")),
    ),
    Column(
        key="holder", label=pgettext_lazy("card", "Holder"),
        value=lambda row: (row.customer.name or _("No name yet")) if row.customer else "",
        href=lambda row: f"/customers/{row.customer_id}/" if row.customer_id else "",
    ),
    Column(
        key="place", label=pgettext_lazy("card", "Place"),
        value=lambda row: str(places.of_card(row)) if row.activated_at is None else "",
    ),
    Column(key="sold_by", label=_("Sold by"), value=lambda row: row.sold_by.name if row.sold_by else ""),
    Column(
        key="activated_at", label=_("Active since"), value=lambda row: row.activated_at, sort="activated_at",
        show=lambda row: formatting.date(row.activated_at) if row.activated_at else "",
    ),
]  # fmt: skip


def _place(row: Movement, side: str) -> str:
    store = getattr(row, side)
    state = row.from_state if side == "from_store" else row.to_state
    if store is None and state != State.RECEIVED:
        return ""
    is_known = row.from_known if side == "from_store" else row.to_known  # type: ignore[attr-defined]  # annotated
    return str(places.name(store) if is_known else places.ANOTHER)


_MOVEMENTS = Listing(
    id="card-movements",
    sort="-id",
    search=lambda rows, words: rows.filter(card__in=Card.objects.filter(number=numbers.tidy(words))),
    search_label=_("Find a card’s movements by its number"),
    columns=[
        Column(key="at", label=_("When"), value=lambda row: row.at, show=lambda row: formatting.moment(row.at)),
        Column(
            key="number", label=pgettext_lazy("card", "Number"), value=lambda row: row.card.number, lead=True,
            href=lambda row: f"/cards/{row.card_id}/",
        ),
        Column(key="type", label=_("Card type"), value=lambda row: row.card.type.name, shown=False),
        Column(key="act", label=pgettext_lazy("card", "Step"), value=lambda row: str(Movement.Act(row.act).label)),
        Column(key="from", label=pgettext_lazy("card", "From"), value=lambda row: _place(row, "from_store")),
        Column(key="to", label=pgettext_lazy("card", "To"), value=lambda row: _place(row, "to_store")),
        Column(key="by", label=_("By"), value=lambda row: str(staff.actor(row.by))),
        Column(key="reason", label=_("Reason"), value=lambda row: row.reason),
    ],
    filters=[
        Filter(
            key="act", label=pgettext_lazy("card", "Step"), options=Movement.Act.choices,
            apply=lambda rows, value: rows.filter(act=value),
        ),
    ],
)  # fmt: skip
