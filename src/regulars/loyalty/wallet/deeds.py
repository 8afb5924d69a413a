"""What this room's entries of the audit trail tell, in words; read at start by the room of the trail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from regulars.organization import wording

wording.tell(
    deeds={
        "wallet.adjusted": _("adjusted a balance"),
        "wallet.frozen": _("froze accounts"),
        "wallet.unfrozen": _("released accounts"),
        "ledger.exported": _("exported the ledger"),
        "journal.exported": _("exported the journal"),
    },
    kinds={"wallet.adjust": _("Adjust a balance")},
)
