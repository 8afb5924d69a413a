"""What this room's entries of the audit trail tell, in words; read at start by the room of the trail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from regulars.organization import wording

wording.tell(
    deeds={
        "customers.exported": _("exported customers"),
        "receipts.exported": _("exported receipts"),
        "products.exported": _("exported products"),
        "stores.exported": _("exported stores"),
        "report.exported": _("exported a report"),
        "rfm.changed": _("changed the cut points of RFM"),
    },
    objects={
        "customers": _("Customer list"),
        "receipts": _("List of receipts"),
        "products": _("List of products"),
        "stores": _("List of stores"),
        "report": _("Report"),
        "rfm": _("RFM"),
    },
    kinds={
        "customer.export": _("Export customers"),
        "receipt.export": _("Export receipts"),
        "product.export": _("Export products"),
    },
)
