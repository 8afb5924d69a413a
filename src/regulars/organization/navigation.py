"""Where this room stands in the navigation and in the person menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from regulars.ui import navigation
from regulars.ui.navigation import Item

navigation.register(
    Item(navigation.SETTINGS, _("Company"), "organization:company", "building-2", "store", "read", order=10),
    Item(navigation.SETTINGS, _("Staff"), "organization:people", "user-cog", "staff", "read", order=20),
    Item(navigation.SETTINGS, _("Roles"), "organization:roles", "shield-check", "role", "read", order=30),
    Item(navigation.SETTINGS, _("Approvals"), "organization:approvals", "stamp", "role", "read", order=40),
    Item(navigation.SETTINGS, _("API keys"), "organization:keys", "key-round", "key", "manage", order=50),
    Item(navigation.SETTINGS, _("Audit trail"), "organization:audit", "scroll-text", "audit", "read", order=60),
)
navigation.register_account(
    Item(navigation.SETTINGS, _("Your account"), "organization:account", "circle-user"), sign_out="account_logout"
)
