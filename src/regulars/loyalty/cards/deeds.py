"""What this room's entries of the audit trail tell, in words; read at start by the room of the trail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regulars.organization import wording

wording.tell(
    deeds={
        "card_type.saved": _("saved a card type"),
        "number_range.added": _("reserved card numbers"),
        "partner.saved": _("saved a card partner"),
        "bank_range.added": _("took in a partner’s bank cards"),
        "bank_range.removed": _("removed a partner’s bank cards"),
        "top_up_rule.added": _("offered a top-up bonus"),
        "top_up_rule.ended": _("ended a top-up bonus"),
        "batch.ordered": _("ordered cards"),
        "batch.made": _("made the codes of a card batch"),
        "batch.received": _("took cards in from the maker"),
        "shipment.sent": _("sent cards"),
        "cards_wanted.asked": _("asked for cards"),
        "cards_wanted.withdrawn": _("wants cards no more"),
        "shipment.received": _("took in a shipment of cards"),
        "shipment.given_up": _("gave up cards lost on the way"),
        "stock_count.begun": _("began a card count"),
        "stock_count.closed": _("closed a card count"),
        "card.activated": _("activated a card"),
        "card.claimed": _("gave a card its holder"),
        "card.passed_on": _("passed a card on"),
        "card.replaced": _("replaced a card"),
        "card.renewed": _("renewed a card"),
        "card.voided": _("voided cards"),
        "card.freeze": _("froze a card"),
        "card.thaw": _("released a card"),
        "card.lose": _("reported a card lost"),
        "card.find": _("released a card that was found"),
        "top_up.refunded": _("paid a top-up back"),
        "pass.ended": _("ended a member’s code"),
        "settlement.made": _("settled between stores"),
        "settlement.exported": _("exported the settlement"),
    },
    objects={
        "card": pgettext_lazy("card", "Card"),
        "card_type": _("Card type"),
        "batch": _("Order to the maker"),
        "shipment": _("Shipment"),
        "cards_wanted": _("Cards wanted"),
        "stock_count": pgettext_lazy("card", "Count"),
        "partner": _("Card partner"),
        "top_up_rule": _("Top-up bonus"),
        "settlement": pgettext_lazy("card", "Settlement"),
    },
    kinds={
        "card.count": _("Correct card stock after a count"),
        "card.make": _("Make the codes of a card batch"),
        "card.void": _("Void unsold cards"),
        "card.give_up": _("Give up what a shipment lost"),
    },
)
