"""Write down benefits and gifts: what there is to have."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from regulars.loyalty.program.models import Benefit, Gift, Program
from regulars.organization import audit
from regulars.organization.access import Viewer


@transaction.atomic
def save_benefit(program: Program, values: Mapping[str, Any], *, viewer: Viewer, now: datetime) -> Benefit:
    """Keep a benefit under its code."""
    viewer.require("program.edit")
    fields = dict(values) | {"cost_amount": values.get("cost_amount") or 0}
    benefit, _made = Benefit.objects.update_or_create(program=program, code=fields.pop("code"), defaults=fields)
    audit.record(viewer, "benefit.saved", "benefit", benefit.pk, now=now, after={"name": benefit.name})
    return benefit


@transaction.atomic
def save_gift(program: Program, values: Mapping[str, Any], *, viewer: Viewer, now: datetime) -> Gift:
    """Keep a gift under its code."""
    viewer.require("program.edit")
    fields = dict(values) | {"cost_amount": values.get("cost_amount") or 0}
    gift, _made = Gift.objects.update_or_create(program=program, code=fields.pop("code"), defaults=fields)
    audit.record(viewer, "gift.saved", "gift", gift.pk, now=now, after={"name": gift.name})
    return gift
