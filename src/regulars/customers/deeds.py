"""What this room's entries of the audit trail tell, in words; read at start by the room of the trail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from regulars.organization import wording

wording.tell(
    deeds={
        "customer.created": _("added a customer"),
        "customer.changed": _("changed a customer"),
        "customer.named": _("named a card"),
        "customer.attached": _("attached a card to a customer"),
        "customer.identifier_added": _("added a phone, card or id"),
        "customer.identifier_ended": _("ended a phone, card or id"),
        "customer.contact_shown": _("looked at contact data"),
        "customer.tagged": _("put a tag on"),
        "customer.untagged": _("took a tag off"),
        "customer.noted": _("wrote a note"),
        "customer.note_removed": _("removed a note"),
        "customer.file_added": _("added a file"),
        "customer.file_opened": _("opened a file"),
        "customer.file_removed": _("removed a file"),
        "tag.saved": _("saved a tag"),
        "tag.deleted": _("deleted a tag"),
        "custom_field.saved": _("saved a profile field"),
        "custom_field.deleted": _("deleted a profile field"),
    },
    objects={"customer": _("Customer"), "tag": _("Tag"), "custom_field": _("Profile field")},
)
