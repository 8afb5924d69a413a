"""Entries of the timeline in words: what happened, where, how much. For the templates; one line each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from regulars.customers.models import CustomField
from regulars.home.business import names
from regulars.home.customers import words
from regulars.home.customers.timeline import Entry
from regulars.home.customers.words import Text
from regulars.organization import wording as staff
from regulars.organization.models import AuditEntry
from regulars.sales.models import Receipt
from regulars.ui import formatting

_DEEDS: Mapping[str, Text] = {
    "customer.created": gettext_lazy("Record opened"),
    "customer.changed": gettext_lazy("Profile changed"),
    "customer.named": gettext_lazy("Card named"),
    "customer.attached": gettext_lazy("Card attached"),
    "customer.identifier_added": gettext_lazy("Known by one more"),
    "customer.identifier_ended": gettext_lazy("No longer known by"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One entry as the page shows it; `opens` says whether there is more to see."""

    kind: str
    icon: str
    title: str
    meta: str
    when: str
    tone: str = ""
    row: Any = None
    changes: Sequence[tuple[Text, object, object]] = ()

    @property
    def opens(self) -> str:
        return "yes" if self.kind == "receipt" or self.changes or (self.kind == "note" and self.row.text != self.title) else ""


def tell(entries: Sequence[Entry]) -> list[Told]:
    """Return entries in words; the company's own fields are looked up once for all of them."""
    keys = {key for each in entries if each.kind == "change" for key in {**(each.row.before or {}), **(each.row.after or {})}}
    own = {key.removeprefix("custom.") for key in keys if key.startswith("custom.")}
    labels = dict(CustomField.objects.filter(key__in=own).values_list("key", "label")) if own else {}
    return [_told(each, labels) for each in entries]


def _told(entry: Entry, labels: Mapping[str, str]) -> Told:
    match entry.kind:
        case "receipt":
            return _receipt(entry.row)
        case "note":
            return _note(entry)
        case "tag_on":
            return _tag_on(entry)
        case "tag_off":
            by = _("ran out") if entry.row.removed_by == "expiry" else entry.row.removed_by
            return Told("tag", "tag", _("Tag off: %(tag)s") % {"tag": entry.row.tag.name}, by, _when(entry))
        case "file":
            return Told("file", "paperclip", entry.row.name, entry.row.added_by, _when(entry))
    return _change(entry, labels)


def _receipt(receipt: Receipt) -> Told:
    amount = formatting.money(receipt.net_amount, receipt.currency)
    facts = {"count": formatting.number(receipt.line_count)}
    if receipt.kind == Receipt.Kind.RETURN:
        title = ngettext("Returned %(count)s item", "Returned %(count)s items", receipt.line_count) % facts
    else:
        title = ngettext("Bought %(count)s item", "Bought %(count)s items", receipt.line_count) % facts
    channel = "" if receipt.channel == Receipt.Channel.STORE else str(names.CHANNELS.get(receipt.channel, receipt.channel))
    meta = " · ".join(part for part in (amount, receipt.store.name, channel) if part)
    when = formatting.moment(receipt.sold_at, zone=ZoneInfo(receipt.store.timezone))
    is_return = receipt.kind == Receipt.Kind.RETURN
    return Told("receipt", "undo-2" if is_return else "receipt", title, meta, when, "warn" if is_return else "accent", receipt)


def _note(entry: Entry) -> Told:
    first = entry.row.text.splitlines()[0]
    title = first if len(first) <= 90 else first[:88].rstrip() + "…"
    place = entry.row.store.name if entry.row.store else _("Head office")
    return Told("note", "sticky-note", title, f"{entry.row.author} · {place}", _when(entry), "warn", entry.row)


def _tag_on(entry: Entry) -> Told:
    title = _("Tag on: %(tag)s") % {"tag": entry.row.tag.name}
    return Told("tag", "tag", title, f"{entry.row.reason} · {entry.row.added_by}", _when(entry), "good")


def _change(entry: Entry, labels: Mapping[str, str]) -> Told:
    row: AuditEntry = entry.row
    before, after = row.before or {}, row.after or {}
    by = str(staff.actor(row.actor))
    if row.action.startswith("customer.identifier"):
        kind = words.IDENTIFIERS.get(after.get("kind", ""), "")
        return Told("change", "id-card", f"{_DEEDS[row.action]}: {kind} {after.get('hint', '')}", by, _when(entry))
    if row.action == "customer.attached":
        return Told("change", "link", str(_DEEDS[row.action]), by, _when(entry))
    changes = [(_field(key, labels), _plain(before.get(key)), _plain(after.get(key))) for key in {**before, **after}]
    changes = [(name, was, became) for name, was, became in changes if was != became]
    return Told("change", "pencil", str(_DEEDS[row.action]), by, _when(entry), changes=changes)


def _field(key: str, labels: Mapping[str, str]) -> Text:
    """Return what a field of the record is called; one of the company's own by its label."""
    if key.startswith("custom."):
        own = key.removeprefix("custom.")
        return labels.get(own, own)
    return words.FIELDS.get(key, key)


def _plain(value: object) -> object:
    return "–" if value in (None, "") else value


def _when(entry: Entry) -> str:
    return formatting.moment(entry.at)
