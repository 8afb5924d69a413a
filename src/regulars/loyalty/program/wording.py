"""The program's rules and reasons as sentences, for whoever has to explain them: pages, receipts, tills."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from regulars import criteria
from regulars.criteria.tree import EVERYTHING, Node
from regulars.loyalty import vocabulary
from regulars.loyalty.program.rules.body import (
    Body,
    Bonus,
    Inactivity,
    LotExpiry,
    Multiply,
    Never,
    PerAmount,
    PerItem,
    Rule,
    When,
    YearEnd,
)
from regulars.loyalty.program.rules.earning import Reason
from regulars.ui import formatting


@dataclass(frozen=True, slots=True)
class Said:
    """A part of the rules in words; `key` tells the same part of two versions."""

    key: str
    title: str
    text: str


def rules_of(body: Body, currency: str) -> list[Said]:
    """Return what a version says, rule by rule."""
    earning = [Said(f"rule.{rule.code}", rule.name or rule.code, rule_text(rule, currency)) for rule in body.earning]
    return [*earning, *_policies(body, currency), *_tiers(body, currency)]


def rule_text(rule: Rule, currency: str) -> str:
    """Return one earning rule as a sentence."""
    text = _core(rule, currency)
    conditions = when_text(rule.when, currency)
    caps = [
        _("at most %(points)s points a receipt") % {"points": formatting.number(rule.caps.per_receipt)}
        if rule.caps.per_receipt
        else "",
        _("at most %(points)s points a day") % {"points": formatting.number(rule.caps.per_day)} if rule.caps.per_day else "",
        _("at most %(points)s points for each member") % {"points": formatting.number(rule.caps.per_member)}
        if rule.caps.per_member
        else "",
    ]
    return " · ".join(part for part in (text, conditions, *caps) if part)


def when_text(when: When, currency: str) -> str:
    """Return the conditions of a rule; nothing where it always holds."""
    listed = formatting.listed
    days = [str(WEEKDAYS_ABBR[day]) for day in when.weekdays]
    found = [
        _("for %(names)s") % {"names": listed([*when.categories, *when.brands, *when.suppliers, *when.skus])}
        if when.categories or when.brands or when.suppliers or when.skus
        else "",
        _("in %(names)s") % {"names": listed([*when.stores, *when.regions, *when.formats])}
        if when.stores or when.regions or when.formats
        else "",
        _("through %(names)s") % {"names": listed(when.channels)} if when.channels else "",
        _("for members of %(names)s") % {"names": listed([*when.tiers, *when.plans])} if when.tiers or when.plans else "",
        _("on %(days)s") % {"days": listed(days)} if days else "",
        _("from %(day)s") % {"day": formatting.date(when.from_date)} if when.from_date else "",
        _("until %(day)s, that day included") % {"day": formatting.date(when.until_date)} if when.until_date else "",
        _("between %(start)s and %(end)s")
        % {
            "start": when.from_time.strftime("%H:%M") if when.from_time else "00:00",
            "end": when.until_time.strftime("%H:%M") if when.until_time else "24:00",
        }
        if when.from_time or when.until_time
        else "",
        _("paid with %(names)s") % {"names": listed(when.tenders)} if when.tenders else "",
        _("baskets from %(amount)s") % {"amount": formatting.money(when.basket_from_amount, currency)}
        if when.basket_from_amount
        else "",
        _("at full price only") if when.full_price_only else "",
        _("if %(condition)s") % {"condition": _condition(when.condition, currency)} if when.condition != EVERYTHING else "",
    ]
    return " · ".join(part for part in found if part)


def _condition(condition: Node, currency: str) -> str:
    return criteria.read_aloud(condition, get_language() or "en", vocabulary=vocabulary.SALE, currency=currency)


def reason_text(reason: Reason, names: Mapping[str, str]) -> str:
    """Return why somebody earns less than the rules alone would give."""
    params = dict(reason.params)
    if "rule" in params:
        params["rule"] = names.get(str(params["rule"]), params["rule"])
    sentences = {
        "earn.no_member": _("Points are for members: nobody was recognized."),
        "earn.receipts_per_day": _("Only %(limit)s receipts a day earn points."),
        "earn.points_per_day": _("A member earns at most %(limit)s points a day; %(lost)s were cut."),
        "earn.unknown": _("“%(rule)s” asks for something that is not known of this customer or sale."),
        "earn.cap_per_receipt": _("“%(rule)s” gives at most %(limit)s points a receipt."),
        "earn.cap_per_day": _("“%(rule)s” gives at most %(limit)s points a day."),
        "earn.cap_per_member": _("“%(rule)s” gives each member at most %(limit)s points."),
    }
    return sentences[reason.code] % params if reason.code in sentences else reason.code


def cause_text(cause: str, why: Mapping[str, Any], *, measure: str, currency: str) -> str:
    """Return why somebody has a tier; what was spent reads as money."""
    numbers = {"value": "–", "needed": "–"} | {
        name: formatting.money(value, currency) if measure == "spend" else formatting.number(value)
        for name, value in why.items()
        if isinstance(value, int)
    }
    sentences = {
        "joined": _("Joined the program."),
        "reached": _("Reached %(value)s; %(needed)s were needed."),
        "not_kept": _("The period ended with %(value)s; %(needed)s would have kept the tier."),
        "returned": _("Goods came back: %(value)s are left of the %(needed)s that were needed."),
        "ladder": _("The rules changed."),
        "by_hand": _("Changed by hand."),
        "merged": _("Two customers became one."),
    }
    return sentences[cause] % numbers if cause in sentences else cause


def _core(rule: Rule, currency: str) -> str:
    match rule:
        case PerAmount(points=points, amount=amount):
            words = {"points": formatting.number(points), "amount": formatting.money(amount, currency)}
            return ngettext("%(points)s point for every %(amount)s", "%(points)s points for every %(amount)s", points) % words
        case PerItem(points=points):
            words = {"points": formatting.number(points)}
            return ngettext("%(points)s point a piece", "%(points)s points a piece", points) % words
        case Multiply(factor_milli=factor):
            return _("Points times %(factor)s") % {"factor": f"{factor / 1000:g}"}
        case Bonus(points=points, from_amount=amount, each=each):
            words = {"points": formatting.number(points), "amount": formatting.money(amount, currency)}
            text = _("%(points)s points for every full %(amount)s") if each else _("%(points)s points from %(amount)s on")
            return text % words
    return rule.code


def _policies(body: Body, currency: str) -> list[Said]:
    found = [Said("expiry", _("Points last"), _expiry(body)), Said("pending", _("Points can be used"), _pending(body))]
    if body.redemption is not None:
        redemption = body.redemption
        words = {
            "points": formatting.number(redemption.points),
            "amount": formatting.money(redemption.amount, currency),
            "share": redemption.max_share_percent,
            "least": formatting.number(redemption.min_points),
        }
        text = _("%(points)s points pay %(amount)s, up to %(share)s%% of a bill") % words
        if redemption.min_points:
            text += " · " + _("from %(least)s points on") % words
        found.append(Said("redemption", _("Points pay"), text))
    if body.growth is not None:
        words = {"growth": body.growth.growth, "amount": formatting.money(body.growth.amount, currency)}
        found.append(Said("growth", _("Growth value"), _("%(growth)s for every %(amount)s") % words))
    missing = {
        "debt": _("become a debt that the next purchases fill"), "refund": _("are taken off the refund"),
        "forgive": _("are let go"),
    }[body.returns.missing]  # fmt: skip
    found.append(Said("returns", _("Points of returned goods that are spent already"), missing))
    found += _playing(body, currency)
    limits = body.limits
    if limits.points_per_day or limits.receipts_per_day:
        parts = [
            _("%(points)s points a day") % {"points": formatting.number(limits.points_per_day)}
            if limits.points_per_day
            else "",
            _("%(receipts)s receipts a day") % {"receipts": limits.receipts_per_day} if limits.receipts_per_day else "",
        ]
        found.append(Said("limits", _("A member earns at most"), formatting.listed(part for part in parts if part)))
    return found


def _playing(body: Body, currency: str) -> list[Said]:
    """Return what bringing friends and signing in give."""
    found = []
    if (referral := body.referral) is not None:
        words = {
            "referrer": formatting.number(referral.referrer_points), "referred": formatting.number(referral.referred_points),
            "days": formatting.number(referral.keep_days), "amount": formatting.money(referral.from_amount, currency),
            "most": formatting.number(referral.per_month),
        }  # fmt: skip
        text = _("%(referrer)s points, %(referred)s for the friend, once a purchase from %(amount)s is kept for %(days)s days")
        text += " · " + _("at most %(most)s friends a month")
        found.append(Said("referral", _("Bringing a friend"), text % words))
    if (sign_in := body.sign_in) is not None:
        words = {name: formatting.number(value) for name, value in sign_in.model_dump().items()}
        text = _("%(points)s points each day")
        if sign_in.row_points:
            text += " · " + _("%(row_points)s more after each %(row_days)s days in a row")
        found.append(Said("sign_in", _("Sign-in reward"), text % words))
    return found


def sign_text(sign: str) -> str:
    """Return what speaks against a referral."""
    sentences = {
        "too_many": _("brought more friends this month than the rules allow"),
        "same_till": _("both bought at the same till within ten minutes"),
        "same_payment": _("both paid with the same card or account"),
    }
    return sentences.get(sign, sign)


def _expiry(body: Body) -> str:
    match body.expiry:
        case LotExpiry(months=months, end=end):
            until = {"day": "", "month": _(", to the end of the month"), "year": _(", to the end of the year")}[end]
            return ngettext("%(months)s month", "%(months)s months", months) % {"months": months} + until
        case YearEnd(years=years):
            return _("to the end of the year") if not years else _("to the end of the next year")
        case Inactivity(months=months):
            return _("until nothing was bought for %(months)s months") % {"months": months}
        case Never():
            return _("for ever")


def _pending(body: Body) -> str:
    if not body.pending_days:
        return _("at once")
    return ngettext("after %(days)s day", "after %(days)s days", body.pending_days) % {"days": body.pending_days}


def _tiers(body: Body, currency: str) -> list[Said]:
    return [
        Said(
            f"tier.{tier.code}",
            tier.name or tier.code,
            (
                _("from %(value)s, kept with %(keep)s")
                % {
                    "value": _measured(tier.from_value, body.ladder.measure, currency),
                    "keep": _measured(tier.keep, body.ladder.measure, currency),
                }
                if tier.from_value
                else _("where everybody begins")
            )
            + (
                " · " + _("points times %(factor)s") % {"factor": f"{tier.factor_milli / 1000:g}"}
                if tier.factor_milli > 1000
                else ""
            ),
        )
        for tier in body.ladder.tiers
    ]


def _measured(value: int, measure: str, currency: str) -> str:
    match measure:
        case "spend":
            return formatting.money(value, currency)
        case "visits":
            return ngettext("%(number)s visit", "%(number)s visits", value) % {"number": formatting.number(value)}
        case "points":
            return _("%(number)s points") % {"number": formatting.number(value)}
    return _("%(number)s growth value") % {"number": formatting.number(value)}
