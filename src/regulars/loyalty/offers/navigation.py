"""Where this room stands in the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regulars.ui import navigation
from regulars.ui.navigation import Item

navigation.register(
    Item(
        navigation.OFFERS,
        pgettext_lazy("navigation", "Coupons and promotions"),
        "offers:offers",
        "ticket-percent",
        "coupon",
        "read",
        order=10,
    ),
    Item(navigation.OFFERS, _("Claims on suppliers"), "offers:claims", "receipt", "settlement", "make", order=40),
)
