"""What this room's entries of the audit trail tell, in words; read at start by the room of the trail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from regulars.organization import wording

wording.tell(
    deeds={
        "program.created": _("opened a program"),
        "program.drafted": _("drafted the rules of the program"),
        "program.published": _("published the rules of the program"),
        "benefit.saved": _("saved a benefit"),
        "badge.saved": _("saved a badge"),
        "challenge.saved": _("saved a challenge"),
        "draw.saved": _("saved a draw"),
        "partner.saved": _("saved a partner"),
        "partner.paid": _("booked points that a partner paid for"),
        "referral.decided": _("decided on a referral"),
        "gift.saved": _("saved a gift"),
        "gift.counted": _("counted gifts"),
        "receipt.attached": _("attached a receipt afterwards"),
        "paid_plan.saved": _("saved a paid plan"),
        "paid_plan.renewal": _("chose whether a paid membership goes on"),
        "paid_plan.given_back": _("paid a membership back"),
    },
    objects={
        "program": _("Program"),
        "rule_version": _("Version of the rules"),
        "benefit": _("Benefit"),
        "gift": _("Gift"),
        "paid_plan": _("Paid plan"),
        "badge": _("Badge"),
        "challenge": _("Challenge"),
        "draw": _("Draw"),
        "partner": _("Partner"),
        "referral": _("Referral"),
    },
    kinds={
        "program.publish": _("Publish the rules of the program"),
    },
)
