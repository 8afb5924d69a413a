"""Where this room stands in the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regulars.ui import navigation
from regulars.ui.navigation import Item

navigation.register(
    Item(navigation.CARDS, _("Cards"), "cards:cards", "credit-card", "gift_card", "read", order=10),
    Item(
        navigation.CARDS,
        _("Card stock"),
        "cards:stock",
        "boxes",
        "gift_card",
        "read",
        order=20,
        also=("/cards/shipments/", "/cards/movements/"),
    ),
    Item(navigation.CARDS, _("Stock counts"), "cards:counts", "clipboard-check", "card", "stock", order=30),
    Item(navigation.CARDS, _("Orders to the maker"), "cards:batches", "factory", "gift_card", "print", order=40),
    Item(navigation.CARDS, _("Card types"), "cards:types", "layers", "card", "edit", order=50, also=("/cards/partners/",)),
    Item(navigation.CARDS, _("Top-up bonuses"), "cards:top_up_rules", "gift", "card", "edit", order=60),
    Item(
        navigation.CARDS,
        pgettext_lazy("card", "Settlement"),
        "cards:settlement",
        "arrow-left-right",
        "settlement",
        "read",
        order=70,
    ),
)
