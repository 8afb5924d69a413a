"""A member's referral code: what friends name when they join, in place of a phone or card number (F36).

For the member's own page, which shares it, and for the desk, which notes who brought whom (`referring`).
"""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import IntegrityError, transaction

from regulars.loyalty.program.models import ReferralCode
from regulars.loyalty.program.rules import invitations


def referral_code_of(customer_id: int, *, now: datetime) -> str:
    """Return the code of a member as it is shown, made at the first time."""
    held = ReferralCode.objects.filter(customer=customer_id).first()
    return invitations.spelled(held.code if held else _make(customer_id, now).code)


def find_referrer(text: str) -> int | None:
    """Return the living customer behind a referral code as somebody wrote it, if there is one."""
    code = invitations.normalize(text)
    held = ReferralCode.objects.select_related("customer").filter(code=code).first() if code else None
    return (held.customer.merged_into_id or held.customer_id) if held else None


def _make(customer_id: int, now: datetime) -> ReferralCode:
    code = invitations.new(secrets.randbelow)
    try:
        with transaction.atomic():
            return ReferralCode.objects.create(customer_id=customer_id, code=code, created_at=now)
    except IntegrityError:  # made at the same moment, or one of a trillion codes is taken: which of them, the next try tells
        held = ReferralCode.objects.filter(customer=customer_id).first()
        return held or _make(customer_id, now)
