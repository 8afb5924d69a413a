"""Keep the kinds of cards: types, number ranges, partners, top-up rules. What sold cards rest on does not change under them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from regulars.core.errors import DomainError, InvalidInputError
from regulars.loyalty.cards import wording
from regulars.loyalty.cards.models import Card, CardType, NumberRange, Partner, TopUpRule
from regulars.loyalty.cards.rules import law
from regulars.loyalty.cards.services import units
from regulars.organization import audit
from regulars.organization.access import Viewer

# What a sold card rests on: after the first card these stay as they are.
_FIXED = ("kind", "is_named", "currency", "uses", "price_amount", "rule_pack")


class CardTypeError(InvalidInputError):
    """A card type cannot be like this; `place["field"]` names what is wrong."""

    code: ClassVar[str] = "card_type.invalid"


class CardTypeFixedError(DomainError):
    """Cards of this type exist: what they are cannot change under them."""

    code: ClassVar[str] = "card_type.fixed"


class NumberRangeError(InvalidInputError):
    """The numbers are taken, overlap, or are too few."""

    code: ClassVar[str] = "number_range.invalid"


@transaction.atomic
def save_type(card_type: CardType, *, viewer: Viewer, now: datetime) -> CardType:
    """Add a card type or change one; what the law forbids, and what sold cards rest on, is refused."""
    viewer.require("card.edit")
    _refuse_unlawful(card_type, now)
    before = CardType.objects.select_for_update().filter(pk=card_type.pk).first() if card_type.pk else None
    changed = [] if before is None else [name for name in _FIXED if getattr(before, name) != getattr(card_type, name)]
    if changed and Card.objects.filter(type=card_type).exists():
        raise CardTypeFixedError(_("Cards of this type exist already. Make a new type instead."), field=changed[0])
    card_type.save()
    units.define(card_type)
    audit.record(viewer, "card_type.saved", "card_type", card_type.pk, now=now, after=_told(card_type))
    return card_type


@transaction.atomic
def save_range(number_range: NumberRange, *, viewer: Viewer, now: datetime) -> NumberRange:
    """Reserve numbers for a type; ranges never overlap, because a number names one card for ever."""
    viewer.require("card.edit")
    if number_range.last >= 10**number_range.serial_digits:
        raise NumberRangeError(_("The last serial does not fit into so many digits."), field="last")
    digits = len(number_range.prefix) + number_range.serial_digits + 1
    if not number_range.prefix.isdigit() or not 8 <= digits <= 30:
        raise NumberRangeError(_("Write a prefix of digits, so that a number has 8 to 30 digits."), field="prefix")
    if NumberRange.objects.filter(prefix=number_range.prefix, serial_digits=number_range.serial_digits).exists():
        raise NumberRangeError(_("These numbers are reserved already."), field="prefix")
    number_range.next = number_range.first
    number_range.save(force_insert=True)
    audit.record(
        viewer, "number_range.added", "card_type", number_range.type_id, now=now,
        after={"prefix": number_range.prefix, "first": number_range.first, "last": number_range.last},
    )  # fmt: skip
    return number_range


@transaction.atomic
def save_partner(partner: Partner, *, viewer: Viewer, now: datetime) -> Partner:
    """Add a partner or change the share it bears."""
    viewer.require("card.edit")
    if max(partner.share_bp, partner.purchase_share_bp) > 10_000:
        raise InvalidInputError(_("A share is at most 100%."), field="share_bp")
    partner.save()
    after = {
        "code": partner.code, "share_bp": partner.share_bp, "purchase_share_bp": partner.purchase_share_bp,
        "is_active": partner.is_active,
    }  # fmt: skip
    audit.record(viewer, "partner.saved", "partner", partner.pk, now=now, after=after)
    return partner


@transaction.atomic
def add_top_up_rule(rule: TopUpRule, *, viewer: Viewer, now: datetime) -> TopUpRule:
    """Offer a bonus on top-ups from `valid_from` on; a rule is never changed, only ended and replaced."""
    viewer.require("card.edit")
    rule.valid_from = max(rule.valid_from, now)  # what was paid before keeps the bonus it got
    rule.made_by = viewer.label[:160]
    rule.save(force_insert=True)
    after = {"name": rule.name, "pay": rule.pay_amount, "bonus": rule.bonus_amount, "repeats": rule.repeats}
    audit.record(viewer, "top_up_rule.added", "top_up_rule", rule.pk, now=now, after=after)
    return rule


@transaction.atomic
def end_top_up_rule(rule_id: int, *, viewer: Viewer, now: datetime) -> None:
    """End a rule now; ending it twice changes nothing."""
    viewer.require("card.edit")
    running = TopUpRule.objects.filter(Q(valid_to=None) | Q(valid_to__gt=now), pk=rule_id)
    if running.update(valid_to=_later(now)):
        audit.record(viewer, "top_up_rule.ended", "top_up_rule", rule_id, now=now)


def _later(now: datetime) -> Greatest:
    """Return the end of a rule that may not have begun: it ends where it begins."""
    return Greatest(Value(now), F("valid_from"))


def _refuse_unlawful(card_type: CardType, now: datetime) -> None:
    if card_type.rule_pack not in law.CODES:
        raise CardTypeError(_("Choose a rule pack."), field="rule_pack")
    pack = law.in_force(card_type.rule_pack, now.date())
    reasons = law.objections_to_term(pack, is_named=card_type.is_named, lasts_months=card_type.lasts_months)
    if reasons:
        raise CardTypeError(wording.sentence(reasons[0]), field="lasts_months")
    limit = pack.named_balance_max if card_type.is_named else pack.bearer_balance_max
    if card_type.face_amount and limit is not None and card_type.face_amount > limit and pack.currency == card_type.currency:
        over = law.Reason("balance_limit", {"limit": limit, "balance": 0, "currency": card_type.currency})
        raise CardTypeError(wording.sentence(over), field="face_amount")


def _told(card_type: CardType) -> dict[str, Any]:
    names = ("code", "kind", "is_named", "currency", "rule_pack", "spend_order", "takes_top_ups", "lasts_months", "is_active")
    return {name: getattr(card_type, name) for name in names}
