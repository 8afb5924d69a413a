"""Rights, places and entries of the trail in words, for the pages of this room.

Every action of `rights.yaml` has a sentence here (a test compares them); an entry of the trail is shown with the words
of `DEEDS`. Other rooms bring their own words in a `deeds.py`, which is read at start and calls `tell`.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regulars.organization.models import ApiKey, AuditEntry, Grant, Role

Text = str | Promise

# Group → its actions in the order of the page.
GROUPS: dict[Text, dict[str, Text]] = {
    _("Customers"): {
        "customer.lookup": _("Look up a customer by phone or card"),
        "customer.list": _("Search and list customers"),
        "customer.read": _("Open a customer"),
        "customer.edit": _("Add and change customers"),
        "customer.annotate": _("Write notes, tags and files"),
        "customer.design": _("Choose custom fields and tags"),
        "customer.merge": _("Merge customers"),
        "customer.export": _("Export customers"),
        "erasure.open": _("Open requests for access and erasure"),
        "erasure.approve": _("Carry out an erasure"),
        "consent.edit": _("Change consents"),
    },
    pgettext_lazy("rights", "Sales"): {
        "receipt.list": _("Search and list receipts"),
        "receipt.read": _("Open a receipt"),
        "receipt.record": _("Record receipts and returns"),
        "receipt.attach": _("Give a member a receipt afterwards"),
        "receipt.export": _("Export receipts"),
    },
    _("Products"): {
        "product.read": _("See products"),
        "product.read_cost": _("See what products cost"),
        "product.edit": _("Add and change products"),
        "product.export": _("Export products"),
    },
    _("Points, cards and coupons"): {
        "wallet.read": _("See points and balances"),
        "wallet.check_out": _("Earn and redeem at checkout"),
        "wallet.refund": _("Refund and void"),
        "wallet.report": _("See and export what is owed to members"),
        "wallet.adjust": _("Adjust a balance"),
        "wallet.adjust_above_limit": _("Adjust a balance above the limit"),
        "gift_card.issue": _("Issue gift cards"),
        "gift_card.print": _("Print gift cards in bulk"),
        "gift_card.read": _("See a gift card’s balance"),
        "card.edit": _("Set up card types, numbers and top-up bonuses"),
        "card.stock": _("Send, receive and count cards"),
        "card.correct": _("Correct card stock"),
        "card.block": _("Freeze, replace and pass on cards"),
        "settlement.read": _("See the settlement between stores"),
        "settlement.make": _("Settle between stores"),
        "coupon.read": _("See coupons"),
        "coupon.edit": _("Make and change coupons"),
    },
    _("Program and benefits"): {
        "program.read": _("See the rules of the program"),
        "program.edit": _("Draft the rules of the program"),
        "program.publish": _("Publish the rules of the program"),
        "benefit.use": _("Give benefits"),
        "gift.hand_out": _("Hand out gifts"),
        "gift.stock": _("Count gifts"),
    },
    _("Marketing"): {
        "segment.edit": _("Make and preview segments"),
        "campaign.edit": _("Draft campaigns"),
        "campaign.launch": _("Launch campaigns"),
        "template.edit": _("Write message templates"),
        "journey.edit": _("Draft journeys"),
        "journey.publish": _("Publish journeys"),
    },
    _("Insight"): {
        "dashboard.view": _("See dashboards"),
        "query.run": _("Ask questions of one’s own"),
        "insight.design": _("Set the cut points of RFM"),
    },
    _("Data in and out"): {
        "import.run": _("Import files"),
        "balance.open": _("Bring balances of an older system"),
        "webhook.manage": _("Manage webhooks"),
        "key.manage": _("Manage API keys"),
    },
    _("Company"): {
        "store.read": _("See stores"),
        "store.edit": _("Change stores"),
        "organization.edit": _("Change the company and its regions"),
        "staff.read": _("See staff"),
        "staff.manage": _("Manage staff and roles"),
        "role.read": _("See what roles may do"),
        "audit.read": _("Read the audit trail"),
        "system.view": _("See system health"),
        "system.operate": _("Operate the system"),
        "design.view": _("See the design system"),
    },
}

DEEDS: dict[str, Text] = {
    "person.created": _("added a person"),
    "person.changed": _("changed a profile"),
    "person.deactivated": _("switched a person off"),
    "person.reactivated": _("switched a person on"),
    "role.given": _("gave a role"),
    "role.taken": _("took a role"),
    "sign_in_link.created": _("made a sign-in link"),
    "sign_in_link.used": _("signed in by a link"),
    "key.created": _("made an API key"),
    "key.revoked": _("revoked an API key"),
    "approval.asked": _("asked for a second person"),
    "approval.given": _("approved a request"),
    "approval.declined": _("declined a request"),
    "company.created": _("set up the company"),
    "company.changed": _("changed the company"),
    "regions.saved": _("saved regions"),
    "stores.saved": _("saved stores"),
    "audit.exported": _("exported the audit trail"),
}

KINDS: dict[str, Text] = {
    "role.give": _("Give a role"),
    "role.take": _("Take a role back"),
    "person.switch": _("Switch a person on or off"),
    "key.create": _("Make an API key"),
    "customer.export": _("Export customers"),
}

OBJECTS: dict[str, Text] = {
    "person": _("Person"),
    "key": _("API key"),
    "approval": _("Request"),
    "company": _("Company"),
    "region": _("Region"),
    "store": _("Store"),
    "audit": _("Audit trail"),
}


# Those who act without being a person or a key, by the label of their viewer.
_ACTORS: dict[str, Text] = {
    "system": _("the system"),
    "command line": _("the command line"),
    "program": _("the loyalty program"),
    "offers": _("the offers"),
    "demo": _("the demo"),
}


def actor(label: str) -> Text:
    """Return who acted, as people read it: names stay, the system's own labels are said in words."""
    return _ACTORS.get(label, label)


def tell(
    *,
    deeds: Mapping[str, Text],
    objects: Mapping[str, Text] | None = None,
    kinds: Mapping[str, Text] | None = None,
) -> None:
    """Add the words of another room: for what its entries tell, for what they are about, for what needs a second person."""
    DEEDS.update(deeds)
    OBJECTS.update(objects or {})
    KINDS.update(kinds or {})


def role_label(code: str) -> Text:
    """Return what people call a role."""
    return Role(code).label if code in Role.values else code


def place_label(held: Grant | ApiKey) -> Text:
    """Return where a grant or key sits."""
    if held.store:
        return held.store.name
    return held.region.name if held.region else _("Head office")


def deed(action: str) -> Text:
    """Return what an entry of the trail tells that somebody did."""
    return DEEDS.get(action, action)


def object_told(entry: AuditEntry) -> str:
    """Return which object an entry of the trail is about."""
    return f"{OBJECTS.get(entry.object_type, entry.object_type)} {entry.object_id}".strip()
