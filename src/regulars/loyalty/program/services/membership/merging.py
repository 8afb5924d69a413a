"""Give a merged customer's place in the program to whom they became: membership, tier, plans, gifts, badges, friends (P28).

What receipts earned stays with the record that bought: it is a fact, and `grading` counts it for whom that record became. Of
two tiers the higher one is kept until the period's end decides.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from regulars.core import bulk
from regulars.loyalty.program import selectors
from regulars.loyalty.program.models import Membership, TierSpell

# Each in the order of the keys; what the other one has already, such as the same badge, stays where it is.
_MOVES = (
    "UPDATE program_giftorder SET customer_id = %(into)s WHERE customer_id = %(gone)s",
    """UPDATE program_paidperiod p SET customer_id = %(into)s WHERE customer_id = %(gone)s AND NOT EXISTS (
        SELECT FROM program_paidperiod o WHERE o.customer_id = %(into)s AND o.plan_id = p.plan_id
            AND o.starts_on = p.starts_on)""",
    """UPDATE program_badgeheld b SET customer_id = %(into)s WHERE customer_id = %(gone)s AND NOT EXISTS (
        SELECT FROM program_badgeheld o WHERE o.customer_id = %(into)s AND o.badge_id = b.badge_id)""",
    """UPDATE program_challengemet m SET customer_id = %(into)s WHERE customer_id = %(gone)s AND NOT EXISTS (
        SELECT FROM program_challengemet o WHERE o.customer_id = %(into)s AND o.challenge_id = m.challenge_id
            AND o.period_from = m.period_from)""",
    # Uses are numbered within a period: those that come along go on behind the others.
    """UPDATE program_benefituse u SET customer_id = %(into)s, number = u.number + coalesce((
        SELECT max(o.number) FROM program_benefituse o
        WHERE o.customer_id = %(into)s AND o.benefit_id = u.benefit_id AND o.period = u.period), 0)
    WHERE customer_id = %(gone)s""",
    "UPDATE program_referral SET referrer_id = %(into)s WHERE referrer_id = %(gone)s AND referred_id <> %(into)s",
    """UPDATE program_referral r SET referred_id = %(into)s
    WHERE referred_id = %(gone)s AND referrer_id <> %(into)s AND NOT EXISTS (
        SELECT FROM program_referral o WHERE o.referred_id = %(into)s AND o.program_id = r.program_id)""",
)


@transaction.atomic
def move_customer(gone: int, into: int, *, now: datetime) -> None:
    """Move what the program keeps of `gone` to `into`; done again, there is nothing left to move."""
    rows = Membership.objects.select_for_update().select_related("program").filter(customer__in=[gone, into])
    both = {(one.program_id, one.customer_id): one for one in rows.order_by("pk")}
    for (program_id, customer_id), membership in both.items():
        if customer_id == gone and membership.left_at is None:
            heir = both.get((program_id, into))
            if heir is None:
                Membership.objects.filter(pk=membership.pk).update(customer_id=into)
                TierSpell.objects.filter(program=program_id, customer=gone).update(customer_id=into)
            else:
                _join(membership, heir, now)
    for statement in _MOVES:
        bulk.execute(statement, {"gone": gone, "into": into})


def _join(gone: Membership, heir: Membership, now: datetime) -> None:
    """Let one membership end in the other, which keeps the earlier beginning and the higher tier."""
    book = selectors.book_at(now, program=gone.program.code)
    ladder = book.body.ladder if book else None
    fields: dict[str, Any] = {
        "joined_on": min(gone.joined_on, heir.joined_on),
        "joined_at": min(gone.joined_at, heir.joined_at),
    }
    if heir.left_at is not None:
        fields |= {"left_at": None}
    if ladder is not None and ladder.rank(gone.tier) > ladder.rank(heir.tier):
        fields |= {"tier": gone.tier, "fall_on": None, "fall_to": ""}
        TierSpell.objects.filter(program=heir.program_id, customer=heir.customer_id, until=None).update(until=now)
        TierSpell.objects.create(
            program_id=heir.program_id, customer_id=heir.customer_id, tier=gone.tier, before=heir.tier, since=now,
            cause=TierSpell.Cause.MERGED, why={"customer": gone.customer_id},
        )  # fmt: skip
    Membership.objects.filter(pk=heir.pk).update(**fields)
    Membership.objects.filter(pk=gone.pk).update(left_at=now)
    TierSpell.objects.filter(program=gone.program_id, customer=gone.customer_id, until=None).update(until=now)
