"""What this room's entries of the audit trail tell, in words; read at start by the room of the trail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from regulars.organization import wording

wording.tell(
    deeds={
        "job.retried": _("tried a job again"),
        "event.retried": _("tried an event again"),
        "sending.released": _("let this installation send"),
    },
    objects={"job": _("Job"), "event_delivery": _("Event"), "installation": _("Installation")},
)
