"""What the law says of prepaid cards, as dated packs (P10, G37): limits, terms, names, and cash.

A card is judged by the version in force when it was sold. Amounts are minor units of the pack's currency; for another currency
a pack has nothing to say. Sources: the notice of seven Chinese authorities on commercial prepaid cards (General Office of the
State Council, document 25 of 2011) and the Ministry of Commerce's measures for single-purpose commercial prepaid cards (order 9
of 2012, in force 1 November 2012), articles 15 to 19; for the USA Regulation E, 12 CFR 1005.20(e).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Pack:
    """One version of one country's rules. None means: no such rule."""

    code: str
    since: date
    currency: str = ""
    named_balance_max: int | None = None  # principal on a card, also after a top-up
    bearer_balance_max: int | None = None
    named_may_expire: bool = True
    bearer_lasts_months_min: int | None = None
    named_needs_identity: bool = False
    identity_from: int | None = None  # one purchase of this much or more
    person_cash_below: int | None = None  # one purchase of this much or more is not paid in cash
    company_cash_below: int | None = None
    bearer_may_report_loss: bool = True

    @property
    def version(self) -> str:
        return f"{self.code}@{self.since.isoformat()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """Money that somebody wants to put on a card."""

    amount: int
    currency: str
    balance_before: int = 0  # principal
    is_named: bool
    in_cash: bool
    by_company: bool = False
    buyer_identified: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the till refuses: a stable code and the figures that `wording` puts into a sentence."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)


_NONE = Pack("none", date(1900, 1, 1))
_CHINA_2011 = Pack(
    "cn-prepaid",
    date(2011, 5, 23),
    currency="CNY",
    named_balance_max=5_000_00,
    bearer_balance_max=1_000_00,
    named_may_expire=False,
    bearer_lasts_months_min=36,
    named_needs_identity=True,
    identity_from=10_000_00,
    person_cash_below=50_000_00,
    company_cash_below=5_000_00,
)
# The measures of 2012 keep the figures and add that only named cards are reported lost.
_CHINA_2012 = Pack(
    **{name: getattr(_CHINA_2011, name) for name in Pack.__slots__}
    | {"since": date(2012, 11, 1), "bearer_may_report_loss": False}
)
_USA_2010 = Pack("us-gift-card", date(2010, 8, 22), currency="USD", bearer_lasts_months_min=60)
PACKS = (_NONE, _CHINA_2011, _CHINA_2012, _USA_2010)
CODES = tuple(dict.fromkeys(pack.code for pack in PACKS))


def in_force(code: str, on: date) -> Pack:
    """Return the version of a pack that holds on a day; before its first version there was no such law.

    >>> in_force("cn-prepaid", date(2026, 1, 1)).version, in_force("cn-prepaid", date(2010, 1, 1)).version
    ('cn-prepaid@2012-11-01', 'none@1900-01-01')
    """
    if code not in CODES:
        raise LookupError(f"{code!r} is no rule pack; choose one of {', '.join(CODES)}.")
    return max((pack for pack in PACKS if pack.code == code and pack.since <= on), key=lambda pack: pack.since, default=_NONE)


def of_version(version: str) -> Pack:
    """Return the pack under which a card was sold."""
    return next(pack for pack in PACKS if pack.version == version)


def objections(pack: Pack, payment: Payment) -> list[Reason]:
    """Return everything the law has against this payment; nothing, if it may be taken.

    >>> china = in_force("cn-prepaid", date(2026, 1, 1))
    >>> objections(china, Payment(amount=100001, currency="CNY", is_named=False, in_cash=True))
    [Reason(code='balance_limit', params={'limit': 100000, 'balance': 0, 'currency': 'CNY'})]
    """
    if pack.currency != payment.currency:
        return []
    found = [_balance(pack, payment), _identity(pack, payment), _cash(pack, payment)]
    return [reason for reason in found if reason is not None]


def objections_to_term(pack: Pack, *, is_named: bool, lasts_months: int | None) -> list[Reason]:
    """Return what the law has against a card type's term.

    >>> china = in_force("cn-prepaid", date(2026, 1, 1))
    >>> [reason.code for reason in objections_to_term(china, is_named=True, lasts_months=60)]
    ['named_never_expires']
    >>> objections_to_term(china, is_named=False, lasts_months=36)
    []
    """
    if lasts_months is None:
        return []
    if is_named and not pack.named_may_expire:
        return [Reason("named_never_expires")]
    least = pack.bearer_lasts_months_min
    if least is not None and lasts_months < least:
        return [Reason("lasts_too_short", {"months": least})]
    return []


def _balance(pack: Pack, payment: Payment) -> Reason | None:
    limit = pack.named_balance_max if payment.is_named else pack.bearer_balance_max
    if limit is None or payment.balance_before + payment.amount <= limit:
        return None
    return Reason("balance_limit", {"limit": limit, "balance": payment.balance_before, "currency": payment.currency})


def _identity(pack: Pack, payment: Payment) -> Reason | None:
    if payment.buyer_identified:
        return None
    if payment.is_named and pack.named_needs_identity:
        return Reason("identity_of_holder")
    if pack.identity_from is not None and payment.amount >= pack.identity_from:
        return Reason("identity_of_buyer", {"from": pack.identity_from, "currency": payment.currency})
    return None


def _cash(pack: Pack, payment: Payment) -> Reason | None:
    limit = pack.company_cash_below if payment.by_company else pack.person_cash_below
    if not payment.in_cash or limit is None or payment.amount < limit:
        return None
    return Reason("not_in_cash", {"from": limit, "currency": payment.currency, "company": payment.by_company})
