"""Where this room stands in the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from regulars.ui import navigation
from regulars.ui.navigation import Item

navigation.register(
    Item(navigation.PROGRAM, _("Rules"), "program:overview", "award", "program", "read", order=10),
    Item(navigation.PROGRAM, _("Tiers"), "program:tiers", "chevrons-up", "program", "read", order=20),
    Item(navigation.PROGRAM, _("Benefits"), "program:benefits", "sparkles", "program", "read", order=30),
    Item(navigation.PROGRAM, _("Paid membership"), "program:plans", "badge-check", "program", "read", order=35),
    Item(navigation.PROGRAM, _("Points mall"), "program:rewards", "gift", "program", "read", order=40),
    Item(navigation.PROGRAM, _("Challenges"), "program:challenges", "target", "program", "read", order=45),
    Item(navigation.PROGRAM, _("Badges"), "program:badges", "medal", "program", "read", order=46),
    Item(navigation.PROGRAM, _("Draws"), "program:draws", "dices", "program", "read", order=47),
    Item(navigation.PROGRAM, _("Referrals"), "program:referrals", "users", "customer", "list", order=48),
    Item(navigation.PROGRAM, _("Partners"), "program:partners", "handshake", "program", "read", order=49),
)
