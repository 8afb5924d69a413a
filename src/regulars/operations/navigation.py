"""Where this room stands in the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from regulars.ui import navigation
from regulars.ui.navigation import Item

navigation.register(
    Item(navigation.SETTINGS, _("System"), "operations:system", "activity", "system", "view", order=90),
)
