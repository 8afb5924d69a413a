"""Members bring members: both are rewarded once the first purchase is kept; what looks like a ring is held back (F36)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import bulk
from regulars.core.errors import DomainError, NotFoundError
from regulars.loyalty.program import selectors
from regulars.loyalty.program.models import Membership, Program, Referral
from regulars.loyalty.program.rules.book import Book
from regulars.loyalty.program.services.rewards.giving import give_points
from regulars.loyalty.program.services.rewards.playing import give_badges
from regulars.organization import audit
from regulars.organization.access import Viewer


class ReferralError(DomainError):
    """Somebody who is a member already, or who brought the other, cannot be brought."""

    code: ClassVar[str] = "referral.refused"


class ReferralDecidedError(DomainError):
    """Only what is held back waits for a decision."""

    code: ClassVar[str] = "referral.decided"


# The first sale of whoever was brought that is large enough, old enough, and of which nothing has come back.
_KEPT = """
SELECT f.id, e.receipt_id
FROM program_referral f
JOIN LATERAL (
    SELECT e.* FROM program_earning e
    WHERE e.customer_id = f.referred_id AND e.program_id = f.program_id AND e.spend_amount >= %(amount)s
        AND NOT EXISTS (SELECT FROM program_takenback t WHERE t.earning_id = e.id)
    ORDER BY e.business_date, e.id LIMIT 1
) e ON e.business_date <= %(until)s
WHERE f.program_id = %(program)s AND f.state = 'waiting'
ORDER BY f.id LIMIT 1000 FOR UPDATE OF f SKIP LOCKED
"""
# What speaks for a ring: both buy at one till within minutes, or the referrer was brought by whom they now bring others like.
_SIGNS = """
SELECT
    (SELECT count(*) FROM program_referral
        WHERE program_id = %(program)s AND referrer_id = %(referrer)s AND referred_at >= %(month)s),
    EXISTS (SELECT FROM sales_receipt a JOIN sales_receipt b ON b.store_id = a.store_id AND b.till = a.till
        AND b.sold_at BETWEEN a.sold_at - interval '10 minutes' AND a.sold_at + interval '10 minutes'
        WHERE a.id = %(receipt)s AND b.customer_id = %(referrer)s AND a.till <> ''),
    EXISTS (SELECT FROM sales_receipt a JOIN sales_tender t ON t.receipt_id = a.id AND t.reference <> ''
        JOIN sales_tender u ON u.reference = t.reference AND u.kind = t.kind
        JOIN sales_receipt b ON b.id = u.receipt_id AND b.customer_id = %(referrer)s
        WHERE a.id = %(receipt)s)
"""


@transaction.atomic
def refer(referrer_id: int, referred_id: int, *, program: Program, viewer: Viewer, now: datetime) -> Referral:
    """Note that one customer brought the other; only whoever has not bought anything yet can be brought, and once."""
    viewer.require("customer.edit")
    inside = Membership.objects.filter(program=program, customer_id=referred_id, joined_at__lt=now).exists()
    back = Referral.objects.filter(program=program, referrer_id=referred_id, referred_id=referrer_id).exists()
    known = Referral.objects.filter(program=program, referred_id=referred_id).first()
    if known is not None and known.referrer_id == referrer_id:
        return known
    if known is not None or inside or back or referrer_id == referred_id:
        raise ReferralError(_("This customer is a member already or was brought by somebody else."))
    return Referral.objects.create(program=program, referrer_id=referrer_id, referred_id=referred_id, referred_at=now)


@transaction.atomic
def decide_referral(referral_id: int, *, rewards: bool, viewer: Viewer, now: datetime) -> Referral:
    """Reward a referral that was held back, or refuse it for good; asked twice, the first answer stands."""
    viewer.require("program.edit")
    rows = Referral.objects.select_for_update(of=("self",)).select_related("program")
    referral = rows.filter(pk=referral_id).first()
    if referral is None:
        raise NotFoundError
    if referral.state != Referral.State.HELD_BACK:
        raise ReferralDecidedError(_("This is decided already."))
    referral.state = Referral.State.REWARDED if rewards else Referral.State.REFUSED
    referral.decided_at = now
    referral.save(update_fields=["state", "decided_at"])
    book = selectors.book_at(now, program=referral.program.code)
    if rewards and book is not None and book.body.referral is not None:
        _reward(referral, book=book, viewer=viewer, now=now)
    after = {"state": referral.state, "signs": referral.signs}
    audit.record(viewer, "referral.decided", "referral", referral.pk, now=now, after=after)
    return referral


def reward_referrals(program: Program, *, now: datetime, viewer: Viewer) -> int:
    """Reward those whose first purchase is kept; return how many. What looks like a ring is held back with its signs."""
    book = selectors.book_at(now, program=program.code)
    reward = book.body.referral if book else None
    if book is None or reward is None:
        return 0
    until = book.zone.date_of(now) - timedelta(days=reward.keep_days)
    rewarded = 0
    with transaction.atomic():
        kept = bulk.fetch(_KEPT, {"program": program.pk, "amount": reward.from_amount, "until": until})
        receipts = dict(kept)
        for referral in Referral.objects.filter(pk__in=receipts).order_by("pk"):
            receipt_id = receipts[referral.pk]
            signs = _signs(program, referral.referrer_id, receipt_id, book, now)
            state = Referral.State.HELD_BACK if signs else Referral.State.REWARDED
            Referral.objects.filter(pk=referral.pk).update(state=state, signs=signs, receipt_id=receipt_id, decided_at=now)
            if not signs:
                _reward(referral, book=book, viewer=viewer, now=now)
                rewarded += 1
    return rewarded


def reward_key(referral: Referral, customer_id: int) -> str:
    """Return the key under which one of the two is rewarded, anew in each round."""
    key = f"referral/{referral.pk}/{customer_id}"
    return key if referral.rounds == 1 else f"{key}/{referral.rounds}"


def _reward(referral: Referral, *, book: Book, viewer: Viewer, now: datetime) -> None:
    reward = book.body.referral
    assert reward is not None, "looked at before"
    both = ((referral.referrer_id, reward.referrer_points), (referral.referred_id, reward.referred_points))
    for customer, points in both:
        if points:
            give_points(
                customer, points, book=book, kind="referral", key=reward_key(referral, customer),
                why={"referral": referral.pk}, viewer=viewer, now=now,
            )  # fmt: skip
    give_badges(referral.referrer_id, program=book.program, viewer=viewer, now=now)


def _signs(program: Program, referrer_id: int, receipt_id: int, book: Book, now: datetime) -> list[str]:
    asked = {"program": program.pk, "referrer": referrer_id, "receipt": receipt_id, "month": now - timedelta(days=30)}
    ((many, together, same_payment),) = bulk.fetch(_SIGNS, asked)
    limit = book.body.referral.per_month if book.body.referral else 0
    found = {"too_many": many > limit, "same_till": together, "same_payment": same_payment}
    return [sign for sign, speaks in found.items() if speaks]
