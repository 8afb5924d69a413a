"""Reasons and offers in words, in the active language: what a cashier tells, what a list shows.

For the till's answers, the till screen and the pages of this room. Codes come from the rules; every one has a sentence here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from regulars import criteria
from regulars.criteria.tree import All, Node
from regulars.loyalty import vocabulary
from regulars.loyalty.offers.rules import bodies
from regulars.loyalty.offers.rules.deals import Refusal
from regulars.loyalty.offers.rules.terms import Phase, Terms, Window
from regulars.ui import formatting

UNUSABLE = "coupon.unusable"  # one answer for every code with which nothing can be done (T-3)


def refusal(found: Refusal, *, currency: str) -> str:  # noqa: PLR0911 - one return a reason
    """Return why an offer was not used, as one sentence for the cashier."""
    params = found.params
    match found.code:
        case "not_with":
            return _not_with(params, currency)
        case "no_gain":
            worse = _amount(params, "worse_amount", currency)
            if not params.get("worse_amount"):
                return _("It takes nothing more off this basket.")
            return _("Other offers save more: with it the basket would cost %s more.") % worse
        case "below_amount":
            return _("%(missing)s are missing to reach %(from)s.") % {
                "missing": _amount(params, "missing_amount", currency),
                "from": _amount(params, "from_amount", currency),
            }
        case "below_quantity":
            missing = int(str(params["missing_quantity"]))
            return ngettext("%d more piece is needed.", "%d more pieces are needed.", missing) % missing
        case "not_started":
            return _("It holds from %s on.") % _day(params["from"])
        case "ended":
            return _("It ended on %s.") % _day(params["until"])
        case "not_now":
            return _("It holds only %s.") % _windows(params["windows"])
        case _:
            return _plain(found.code)


def _plain(code: str) -> str:
    return {
        "no_article": _("No article of it is in the basket."),
        "incomplete": _("Not all articles that belong to it are in the basket."),
        "currency": _("It is for another currency."),
        "not_here": _("It does not hold in this store."),
        "not_this_channel": _("It does not hold in this sales channel."),
        "not_this_tier": _("It is for members of another tier."),
        "members_only": _("It is for members: scan the member card or code."),
        "condition": _("Its condition is not met."),
        "unknown": _("Its condition cannot be checked: something about the customer is not known."),
        "used_up": _("It has been used as often as it may be."),
        "used_up_person": _("This customer has used it as often as one person may."),
        "budget_spent": _("Its budget is spent."),
        UNUSABLE: _("This code cannot be used."),
    }.get(code, _("It cannot be used here."))


def _not_with(params: Mapping[str, object], currency: str) -> str:
    titles = params["titles"]
    others = formatting.listed([_("“%s”") % title for title in titles]) if isinstance(titles, list) else ""
    if not params.get("worse_amount"):
        return _("It does not go together with %s, which saves as much.") % others
    return _("It does not go together with %(others)s; the basket would cost %(worse)s more.") % {
        "others": others, "worse": _amount(params, "worse_amount", currency),
    }  # fmt: skip


def body(terms: Terms) -> str:
    """Return what an offer takes off, in a few words."""
    return _Sentences(terms.currency).of(terms.body)


class _Sentences:
    """Says bodies with the amounts of one currency."""

    def __init__(self, currency: str) -> None:
        self._currency = currency

    def of(self, found: bodies.AnyBody) -> str:  # noqa: C901, PLR0911 - one return a kind
        match found:
            case bodies.AmountOff():
                text = _("%s off each piece") if found.each else _("%s off")
                return self._on(text % self._money(found.off_amount), found.items)
            case bodies.PercentOff():
                text = _("%s off") % _share(found.off_bp)
                most = _("%(off)s, at most %(most)s") % {"off": text, "most": self._money(found.off_max_amount or 0)}
                return self._on(most if found.off_max_amount else text, found.items)
            case bodies.ProductOff():
                return self._product(found)
            case bodies.Bundle():
                count = sum(part.quantity for part in found.parts)
                pieces = ngettext("%d piece", "%d pieces", count) % count
                return _("%(pieces)s together for %(price)s") % {"pieces": pieces, "price": self._money(found.price_amount)}
            case bodies.NForM():
                text = _("Take %(take)d, pay for %(pay)d") % {"take": found.take, "pay": found.pay}
                if found.off_bp != bodies.WHOLE:
                    text = _("Of %(take)d pieces the cheapest %(count)d at %(share)s off") % {
                        "take": found.take, "count": found.take - found.pay, "share": _share(found.off_bp),
                    }  # fmt: skip
                return self._on(text, found.items)
            case bodies.Threshold():
                return self._threshold(found)
            case bodies.Steps():
                steps = [
                    _("%(reward)s from %(from)s on") % {"reward": self._reward(step), "from": self._money(step.from_amount)}
                    for step in found.steps
                ]
                return self._on(pgettext("joins steps", "; ").join(steps), found.items)
            case bodies.MemberPrice():
                return ngettext(
                    "Member price for %d article", "Member prices for %d articles", len(found.prices)
                ) % len(found.prices)  # fmt: skip
            case bodies.Recorded():
                return ngettext("From older records, for %d article", "From older records, for %d articles", found.articles) % (
                    found.articles
                )
            case bodies.Shipping():
                return _("Free delivery") if found.off_bp == bodies.WHOLE else _("%s off the delivery") % _share(found.off_bp)

    def _product(self, found: bodies.ProductOff) -> str:
        got = ngettext("%d piece", "%d pieces", found.quantity) % found.quantity
        text = _("%s free") % got if found.off_bp == bodies.WHOLE else _("%(share)s off %(pieces)s") % {
            "share": _share(found.off_bp), "pieces": got,
        }  # fmt: skip
        if found.buy is None:
            return self._on(text, found.items)
        bought = ngettext("%d piece", "%d pieces", found.buy_quantity) % found.buy_quantity
        return self._on(_("Buy %(bought)s, get %(got)s") % {"bought": bought, "got": text}, found.items)

    def _threshold(self, found: bodies.Threshold) -> str:
        if found.from_amount is not None:
            start = self._money(found.from_amount)
            text = _("%(reward)s for every %(from)s") if found.every else _("%(reward)s from %(from)s on")
        else:
            start = ngettext("%d piece", "%d pieces", found.from_quantity or 0) % (found.from_quantity or 0)
            text = _("%(reward)s from %(from)s on")
        return self._on(text % {"reward": self._reward(found), "from": start}, found.items)

    def _reward(self, reward: bodies.Reward) -> str:
        return _("%s off") % (_share(reward.off_bp) if reward.off_bp else self._money(reward.off_amount or 0))

    def _on(self, text: str, items: Node) -> str:
        """Add which articles it is about, unless it is all of them."""
        if isinstance(items, All) and not items.parts:
            return text
        about = criteria.read_aloud(
            items, get_language() or "en", vocabulary=vocabulary.LINE, currency=self._currency
        )  # fmt: skip
        return _("%(text)s (%(about)s)") % {"text": text, "about": about}

    def _money(self, amount: int) -> str:
        return formatting.money(amount, self._currency)


def windows(terms: Terms) -> str:
    """Return the hours in which an offer holds."""
    return _windows([window.model_dump() for window in terms.windows])


def phase(found: Phase) -> str:
    """Return when an offer is taken off."""
    return {
        Phase.ITEM: _("1. On single articles"),
        Phase.BASKET: _("2. On the basket"),
        Phase.COUPON: _("3. Coupons"),
    }[found]


def _windows(raw: Any) -> str:
    said = []
    for each in raw:
        window = Window.model_validate(each)
        hours = _("%(from)s to %(to)s") % {"from": window.from_time, "to": window.to_time}
        names = [str(vocabulary.SALE.terms["time.weekday"].choices[day]) for day in window.weekdays]
        days = formatting.listed(names)
        said.append(_("%(days)s %(hours)s") % {"days": days, "hours": hours} if days else hours)
    return formatting.listed(said)


def _share(bp: int) -> str:
    return formatting.percent(bp / bodies.WHOLE, decimals=0 if bp % 100 == 0 else 2)


def _amount(params: Mapping[str, object], name: str, currency: str) -> str:
    return formatting.money(int(str(params.get(name, 0))), currency)


def _day(value: object) -> str:
    return formatting.date(value if isinstance(value, date) else date.fromisoformat(str(value)))
