"""What this room's entries of the audit trail tell, in words; read at start by the room of the trail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from regulars.organization import wording

wording.tell(
    deeds={
        "offer.created": _("drafted an offer"),
        "offer.published": _("published an offer"),
        "offer.stopped": _("stopped an offer"),
        "offer.started": _("let an offer hold again"),
        "offer.archived": _("archived an offer"),
        "offer.imported": _("brought older offers over"),
        "coupon.batch_made": _("made coupons"),
        "coupon.codes_taken": _("downloaded coupon codes"),
        "coupon.public_code_made": _("made a coupon code for everybody"),
        "coupon.voided": _("voided a coupon"),
        "coupon.owed_dropped": _("gave up on coupons that were owed"),
        "claim.made": _("claimed discounts from a supplier or partner"),
        "claim.exported": _("downloaded the file of a claim"),
    },
    objects={
        "offer": _("Offer"),
        "coupon": _("Coupon"),
        "claim": _("Claim on a supplier"),
    },
)
