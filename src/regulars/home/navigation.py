"""Where this room stands in the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from regulars.ui import navigation
from regulars.ui.navigation import Item

navigation.register(
    Item(navigation.TODAY, _("Today"), "home:today", "house", "dashboard", "view", order=10),
    Item(navigation.CUSTOMERS, _("Customers"), "home:customers", "users", "customer", "list", order=10),
    Item(navigation.STORES, _("Stores"), "home:stores", "store", "store", "read", order=10),
    Item(navigation.STORES, _("Products"), "home:products", "package", "product", "read", order=20),
    Item(navigation.STORES, _("Categories"), "home:categories", "folder-tree", "product", "read", order=30),
    Item(navigation.STORES, _("Receipts"), "home:receipts", "receipt-text", "receipt", "list", order=40),
    Item(navigation.STORES, _("Waiting returns"), "home:parked", "undo-2", "receipt", "list", order=50),
    Item(navigation.INSIGHT, _("Explorer"), "home:explorer", "chart-line", "dashboard", "view", order=10),
    Item(navigation.INSIGHT, _("Retention"), "home:retention", "grid-3x3", "dashboard", "view", order=20),
    Item(navigation.INSIGHT, _("Lifecycle"), "home:lifecycle", "route", "dashboard", "view", order=30),
    Item(navigation.INSIGHT, _("RFM"), "home:rfm", "table-2", "dashboard", "view", order=40),
    Item(navigation.INSIGHT, _("Metrics"), "home:metrics", "book-open", "dashboard", "view", order=50),
)
navigation.register_search("home:search")
