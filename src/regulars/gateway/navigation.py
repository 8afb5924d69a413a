"""Where this room stands in the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from regulars.ui import navigation
from regulars.ui.navigation import Item

navigation.register(
    Item(navigation.SETTINGS, _("Imports"), "gateway:imports", "file-up", "import", "run", order=45),
    Item(navigation.SETTINGS, _("API reference"), "gateway:api_reference", "file-braces", "key", "manage", order=55),
)
