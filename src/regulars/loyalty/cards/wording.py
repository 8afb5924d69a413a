"""Reasons, states and kinds in words, for cashiers and for the pages of this room."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.loyalty.cards.models import State
from regulars.loyalty.cards.rules.law import Reason
from regulars.ui import formatting

Text = str | Promise

TONES: Mapping[str, str] = {
    State.ACTIVE: "good",
    State.FROZEN: "warn",
    State.LOST: "bad",
    State.IN_TRANSIT: "info",
    State.VOID: "bad",
}
PACKS: Mapping[str, Text] = {
    "none": gettext_lazy("No special law"),
    "cn-prepaid": gettext_lazy("China: single-purpose prepaid cards"),
    "us-gift-card": gettext_lazy("USA: gift cards (Regulation E)"),
}


def sentence(reason: Reason) -> str:
    """Return what the cashier reads."""
    return _SENTENCES[reason.code](reason.params)


def sentences(reasons: list[Reason]) -> str:
    """Return several reasons as one message."""
    return " ".join(sentence(reason) for reason in reasons)


def _balance_limit(params: Mapping[str, object]) -> str:
    currency = str(params["currency"])
    return _("This card may hold at most %(limit)s; it holds %(balance)s now.") % {
        "limit": _money(params["limit"], currency),
        "balance": _money(params["balance"], currency),
    }


def _identity_of_buyer(params: Mapping[str, object]) -> str:
    return _("From %(amount)s on the buyer has to show an identity document. Look at it, then confirm.") % {
        "amount": _money(params["from"], str(params["currency"]))
    }


def _not_in_cash(params: Mapping[str, object]) -> str:
    amount = {"amount": _money(params["from"], str(params["currency"]))}
    if params["company"]:
        return _("A company pays %(amount)s or more by bank transfer, not in cash.") % amount
    return _("From %(amount)s on this is paid by bank transfer, not in cash.") % amount


def _money(amount: object, currency: str) -> str:
    return formatting.money(int(str(amount)), currency)


_SENTENCES: Mapping[str, Callable[[Mapping[str, object]], str]] = {
    "balance_limit": _balance_limit,
    "identity_of_holder": lambda _params: _("A named card needs the holder’s identity document. Look at it, then confirm."),
    "identity_of_buyer": _identity_of_buyer,
    "not_in_cash": _not_in_cash,
    "named_never_expires": lambda _params: _("A named card may not expire."),
    "lasts_too_short": lambda params: _("A card without a name has to last at least %(months)s months.") % params,
    "bearer_loss": lambda _params: _("A card without a name cannot be reported lost."),
    "not_active": lambda params: _("This card is not active: %(state)s.") % {"state": State(str(params["state"])).label},
    "expired": lambda _params: _("This card has expired. Its balance is kept: renew it or exchange it for a new card."),
    "no_top_ups": lambda _params: _("Cards of this type cannot be topped up."),
    "no_uses": lambda _params: _("This card has no uses; it is not a count card."),
    "fixed_amount": lambda params: (
        _("Cards of this type are loaded with %(amount)s.") % {"amount": _money(params["amount"], str(params["currency"]))}
    ),
    "needs_holder": lambda _params: _("A named card needs its holder. Find or add the customer first."),
    "not_positive": lambda _params: _("The amount has to be more than zero."),
    "other_currency": lambda params: _("This card is kept in %(currency)s.") % params,
}
CODES = tuple(_SENTENCES)
