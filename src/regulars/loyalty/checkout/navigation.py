"""Where this room stands in the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from regulars.ui import navigation
from regulars.ui.navigation import Item

navigation.register(
    Item(navigation.STORES, _("Till"), "checkout:till", "scan-barcode", "wallet", "check_out", order=5),
    Item(navigation.STORES, _("Waiting messages of tills"), "checkout:parked", "clock-alert", "wallet", "check_out", order=60),
)
