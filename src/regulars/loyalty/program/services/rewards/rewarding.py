"""Write down benefits, gifts, badges and draws: what there is to have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core.errors import InvalidInputError
from regulars.loyalty.program.models import Badge, Benefit, Draw, Gift, Prize, Program
from regulars.organization import audit
from regulars.organization.access import Viewer


class DrawBudgetError(InvalidInputError):
    """A budget cannot be less than what was given away already."""

    code: ClassVar[str] = "draw.budget"


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


@transaction.atomic
def save_badge(program: Program, values: Mapping[str, Any], *, viewer: Viewer, now: datetime) -> Badge:
    """Keep a badge under its code; who has it keeps it."""
    viewer.require("program.edit")
    fields = dict(values) | {"points": values.get("points") or 0}
    badge, _made = Badge.objects.update_or_create(program=program, code=fields.pop("code"), defaults=fields)
    audit.record(viewer, "badge.saved", "badge", badge.pk, now=now, after={"name": badge.name, "from_value": badge.from_value})
    return badge


@transaction.atomic
def save_draw(
    program: Program, values: Mapping[str, Any], prizes: Sequence[Mapping[str, Any]], *, viewer: Viewer, now: datetime
) -> Draw:
    """Keep a draw under its code with its prizes; one that was drawn already stays in the log, without a chance."""
    viewer.require("program.edit")
    fields = dict(values)
    code = fields.pop("code")
    known = Draw.objects.select_for_update().filter(program=program, code=code).first()
    if known is not None and fields["budget_amount"] < known.spent_amount:
        raise DrawBudgetError(_("More than this has been given away already."), field="budget_amount")
    draw, _made = Draw.objects.update_or_create(program=program, code=code, defaults=fields)
    kept = []
    for prize in prizes:
        said = dict(prize)
        found = Prize.objects.filter(draw=draw, pk=said.pop("id", None) or 0).first() or Prize(draw=draw)
        for name, value in said.items():
            setattr(found, name, value)
        found.save()
        kept.append(found.pk)
    gone = Prize.objects.filter(draw=draw).exclude(pk__in=kept)
    gone.filter(drawturn=None).delete()
    gone.update(weight=0)
    after = {
        "name": draw.name,
        "budget_amount": draw.budget_amount,
        "prizes": {one.name: one.weight for one in draw.prizes.all()},
    }
    audit.record(viewer, "draw.saved", "draw", draw.pk, now=now, after=after)
    return draw
