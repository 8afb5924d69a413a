"""What this room's entries of the audit trail tell, in words; read at start by the room of the trail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from regulars.organization import wording

wording.tell(
    deeds={"import.run": _("imported a file"), "import.undone": _("took an import back")},
    objects={"import": _("Import")},
    kinds={"balances.open": _("Bring money by file")},
)
