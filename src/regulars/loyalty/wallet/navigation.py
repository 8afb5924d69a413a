"""Where this room stands in the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from regulars.ui import navigation
from regulars.ui.navigation import Item

navigation.register(
    Item(navigation.PROGRAM, _("Points ledger"), "wallet:ledger", "book-open-text", "wallet", "read", order=60),
    Item(navigation.PROGRAM, _("Liability"), "wallet:liability", "scale", "wallet", "report", order=70),
)
