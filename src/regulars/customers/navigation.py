"""Where this room stands in the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from regulars.ui import navigation
from regulars.ui.navigation import Item

navigation.register(
    Item(navigation.CUSTOMERS, _("Tags"), "customers:tags", "tags", "customer", "design", order=30),
    Item(navigation.CUSTOMERS, _("Profile fields"), "customers:profile_fields", "list-plus", "customer", "design", order=40),
)
