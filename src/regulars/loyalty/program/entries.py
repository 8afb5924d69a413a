"""Why the program gave or took, as the ledger tells it: which rules a purchase earned by, and what else brings points.

Read at start by `apps`; it says what `why` of this room's transfers holds, and the ledger adds amount and dates.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core.errors import NotFoundError
from regulars.loyalty.program import selectors
from regulars.loyalty.wallet import wording
from regulars.loyalty.wallet.models import Unit
from regulars.loyalty.wallet.statement import Line
from regulars.ui import formatting


@wording.tell("earn")
def _earned(line: Line, why: Mapping[str, Any]) -> str:
    """Name the rules with what each gave, for the whole receipt; growth value comes with the price alone."""
    given: Mapping[str, int] = why.get("rules") or {}
    if not given or line.unit_kind != Unit.Kind.POINTS:
        return wording.own(line)
    names = _rule_names(line.rule_version or 0)
    if len(given) == 1:
        told = _("“%(rule)s”") % {"rule": names.get(*given, *given)}
    else:
        told = formatting.listed(
            _("“%(rule)s” %(points)s") % {"rule": names.get(code, code), "points": formatting.number(points)}
            for code, points in given.items()
        )
    return _joined(told, line)


@wording.tell("claw_back")
def _taken_back(line: Line, why: Mapping[str, Any]) -> str:
    if "referral" in why:
        return _joined(_("The invited friend’s purchase came back"), line)
    if "earned_on" not in why:
        return wording.own(line)
    day = formatting.date(date.fromisoformat(why["earned_on"]))
    return _joined(_("Return of a purchase of %(day)s") % {"day": day}, line)


@wording.tell("undo")
def _undone(line: Line, why: Mapping[str, Any]) -> str:
    day = formatting.date(date.fromisoformat(why["earned_on"]))
    return _joined(_("The import of a purchase of %(day)s was undone") % {"day": day}, line)


@wording.tell("sign_in")
def _signed_in(line: Line, why: Mapping[str, Any]) -> str:
    days = int(why.get("streak", 1))
    told = ngettext("Signed in %(days)s day", "Signed in %(days)s days in a row", days) % {"days": formatting.number(days)}
    return _joined(told, line)


@wording.tell("badge")
def _badge(line: Line, why: Mapping[str, Any]) -> str:
    return _joined(_("Badge “%(name)s”") % {"name": why.get("badge", "")}, line)


@wording.tell("challenge")
def _challenge(line: Line, why: Mapping[str, Any]) -> str:
    return _joined(_("Challenge “%(name)s”") % {"name": why.get("challenge", "")}, line)


@wording.tell("draw")
def _draw(line: Line, why: Mapping[str, Any]) -> str:
    return _joined(_("Draw “%(name)s”") % {"name": why.get("draw", "")}, line)


@wording.tell("referral")
def _referral(line: Line, _why: Mapping[str, Any]) -> str:
    return _joined(_("A friend who was invited has bought"), line)


@wording.tell("exchange")
def _exchange(line: Line, why: Mapping[str, Any]) -> str:
    return _joined(_("Exchange with “%(name)s”") % {"name": why.get("partner", "")}, line)


@wording.tell("redeem")
def _redeemed(line: Line, why: Mapping[str, Any]) -> str:
    """Name the gift; what pays for a purchase speaks for itself."""
    return _joined(_("Gift “%(name)s”") % {"name": why["gift"]}, line) if "gift" in why else wording.own(line)


@wording.tell("expire")
def _expired(line: Line, why: Mapping[str, Any]) -> str:
    if "idle_months" not in why:
        return wording.own(line)
    months = formatting.number(why["idle_months"])
    return _joined(_("Nothing was bought for %(months)s months") % {"months": months}, line)


def _joined(told: str, line: Line) -> str:
    return _("%(reason)s: %(entry)s") % {"reason": told, "entry": wording.own(line)}


@lru_cache(maxsize=256)
def _rule_names(version_id: int) -> dict[str, str]:
    """Return the names of a version's rules and tiers by code; a version in force never changes."""
    try:
        book = selectors.book_of_version(version_id)
    except NotFoundError:
        return {}
    rules = {rule.code: rule.name or rule.code for rule in book.body.earning}
    return rules | {f"tier.{tier.code}": tier.name or tier.code for tier in book.body.ladder.tiers}
