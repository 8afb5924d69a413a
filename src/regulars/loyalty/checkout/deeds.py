"""What this room's entries of the audit trail tell, in words; read at start by the room of the trail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from regulars.organization import wording

wording.tell(deeds={"key.second_till": _("spoke as two tills at once with one key")})
