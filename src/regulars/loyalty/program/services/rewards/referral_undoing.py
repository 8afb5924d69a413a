"""Take a referral's reward back when the purchase that it rested on comes back, or its import is undone (F36).

For the worker, before it rewards anybody. Nothing of the ledger goes: what was given is taken in entries of its own, and owed
where it is spent already. The referral waits again: another purchase of the friend that is kept rewards it anew.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from regulars.core import bulk
from regulars.loyalty.program import selectors
from regulars.loyalty.program.models import Program, Referral
from regulars.loyalty.program.rules.book import Book
from regulars.loyalty.program.services.rewards.giving import SOURCE, take_back_points
from regulars.loyalty.program.services.rewards.referring import reward_key
from regulars.organization.access import Viewer

# Rewarded for a purchase of which less is left than the rules ask for.
_CAME_BACK = """
SELECT f.id FROM program_referral f
JOIN program_earning e ON e.receipt_id = f.receipt_id AND e.program_id = f.program_id
JOIN LATERAL (SELECT sum(t.spend_amount) AS amount FROM program_takenback t WHERE t.earning_id = e.id) back
    ON back.amount IS NOT NULL
WHERE f.program_id = %(program)s AND f.state = 'rewarded' AND e.spend_amount - back.amount < greatest(%(amount)s, 1)
ORDER BY f.id LIMIT 1000 FOR UPDATE OF f SKIP LOCKED
"""
# What one of the two got, under the number that they had then, and who they are by now.
_GIVEN = """
SELECT t.key, t.id, e.amount FROM wallet_transfer t
JOIN wallet_entry e ON e.transfer_id = t.id JOIN wallet_account a ON a.id = e.account_id AND a.owner_kind = 'customer'
WHERE t.source = %(source)s AND t.key = ANY (%(keys)s) AND e.amount > 0
"""
_WHO_WAS = "SELECT id FROM customers_customer WHERE id = %(customer)s OR merged_into_id = %(customer)s ORDER BY id"


@transaction.atomic
def take_back_referrals(program: Program, *, now: datetime, viewer: Viewer) -> int:
    """Take back what rested on purchases that came back; return how many referrals wait again."""
    book = selectors.book_at(now, program=program.code)
    if book is None:
        return 0
    amount = book.body.referral.from_amount if book.body.referral else 0
    undone = [row[0] for row in bulk.fetch(_CAME_BACK, {"program": program.pk, "amount": amount})]
    for referral in Referral.objects.filter(pk__in=undone).order_by("pk"):
        for customer_id in (referral.referrer_id, referral.referred_id):
            _take_back(referral, customer_id, book=book, now=now, viewer=viewer)
        Referral.objects.filter(pk=referral.pk).update(
            state=Referral.State.WAITING, receipt=None, decided_at=None, rounds=referral.rounds + 1
        )
    return len(undone)


def _take_back(referral: Referral, customer_id: int, *, book: Book, now: datetime, viewer: Viewer) -> None:
    known = [row[0] for row in bulk.fetch(_WHO_WAS, {"customer": customer_id})]
    keys = {f"{book.program}/{reward_key(referral, one)}": reward_key(referral, one) for one in known}
    for key, transfer_id, points in bulk.fetch(_GIVEN, {"source": SOURCE, "keys": list(keys)}):
        take_back_points(
            customer_id, points, of_transfer=transfer_id, book=book, kind="claw_back", key=f"{keys[key]}/back",
            why={"referral": referral.pk}, viewer=viewer, now=now,
        )  # fmt: skip
