"""Give a card without a name to a customer who is known already; its purchases stay where they are and count as theirs (F3).

A card whose holder is new is named by `profile.edit_profile`. Joining two named people is merging (identity), not this.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import bulk, outbox
from regulars.core.errors import DomainError, NotFoundError
from regulars.customers import selectors
from regulars.customers.events import CustomersMerged
from regulars.customers.models import Customer
from regulars.organization import audit
from regulars.organization.access import Viewer


class NotNamelessError(DomainError):
    """Only a card whose holder has no name can be attached."""

    code: ClassVar[str] = "customer.not_nameless"


@transaction.atomic
def attach_card(card_id: int, customer_id: int, *, viewer: Viewer, now: datetime) -> Customer:
    """Make the nameless card part of a known customer; both have to be the viewer's to change."""
    rows = selectors.list_customers(viewer, "customer.edit").filter(pk__in=[card_id, customer_id])
    locked = {row.pk: row for row in rows.select_for_update(of=("self",)).order_by("pk")}
    card, holder = locked.get(card_id), locked.get(customer_id)
    if card is None or holder is None:
        raise NotFoundError
    if card.kind != Customer.Kind.NAMELESS or holder.kind == Customer.Kind.NAMELESS:
        raise NotNamelessError(_("Only a card without a name can be attached, and only to somebody with a name."))
    gone = selectors.same_person(card.pk)
    Customer.objects.filter(pk__in=gone).update(merged_into=holder, updated_at=now)
    bulk.execute(_KNOWN_WHERE_THE_CARD_WAS, {"gone": gone, "holder": holder.pk})
    outbox.publish(CustomersMerged(gone, holder.pk), now=now)
    audit.record(
        viewer, "customer.attached", "customer", holder.pk, now=now, after={"card": card.pk},
        store_id=selectors.store_of(viewer, holder, "customer.edit"),
    )  # fmt: skip
    return holder


_KNOWN_WHERE_THE_CARD_WAS = """
INSERT INTO customers_customerstore (customer_id, store_id, since)
SELECT %(holder)s, store_id, min(since) FROM customers_customerstore WHERE customer_id = ANY (%(gone)s)
GROUP BY store_id
ON CONFLICT (store_id, customer_id) DO NOTHING
"""
