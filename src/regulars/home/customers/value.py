"""What a customer is worth and how they buy, in figures and sentences (F58–F60, D11).

Whoever sees the whole company gets insight's figures with their reasons. A viewer of stores gets stage and value tier, which
say nothing of where and when, and figures from the own stores' receipts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from babel import dates
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.home.business import names
from regulars.home.customers import drawing, words
from regulars.home.customers.purchases import Purchases
from regulars.home.customers.words import Text
from regulars.insight.customers import explain
from regulars.insight.models import CustomerFigures
from regulars.organization.models import Store
from regulars.ui import charts, formatting


@dataclass(frozen=True, slots=True)
class Like:
    """One preference: what, and how sure it is."""

    label: str
    value: Text
    note: str = ""
    definition: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """The figures part of the page."""

    stage: str
    stage_name: Text
    stage_tone: str
    place_name: Text
    rfm_name: Text
    year_amount: int | None
    receipts: int | None
    average_amount: int | None
    last: date | None
    currency: str
    as_of: date
    in_own_stores: bool
    reasons: Sequence[str]
    likes: Sequence[Like]
    spending: charts.Chart | None
    rhythm: charts.Chart | None
    rhythm_words: str


def read(figures: CustomerFigures | None, bought: Purchases, *, sees_all: bool) -> Value:
    """Return the figures with their reasons; those of the whole company only where the viewer sees it all."""
    full = figures if sees_all else None
    usual = full.usual_days if full else bought.usual_days
    silent = full.recency_days if full else bought.silent_days
    due = full.due_date if full else _due(bought)
    rhythm_words = rhythm_in_words(usual, silent)
    return Value(
        stage=figures.stage if figures else "",
        stage_name=words.stage(figures.stage) if figures else "",
        stage_tone=words.stage_tone(figures.stage) if figures else "neutral",
        place_name=words.place(figures.pyramid) if figures else "",
        rfm_name=words.rfm(full.rfm_class) if full and full.rfm_class else "",
        year_amount=full.net_amount_12m if full else bought.year_amount,
        receipts=full.receipts if full else bought.receipts,
        average_amount=full.average_basket_amount if full else _average(bought),
        last=full.last_purchase_date if full else bought.last,
        currency=bought.currency,
        as_of=bought.as_of,
        in_own_stores=not sees_all,
        reasons=explain.explain(full) if full else [],
        likes=likes(full) if full else [],
        spending=drawing.spending(bought, in_own_stores=not sees_all),
        rhythm=drawing.rhythm(bought, title=rhythm_words, due=due),
        rhythm_words=rhythm_words,
    )


def rhythm_in_words(usual: float | None, silent: int | None) -> str:
    """Return "Usually comes every 21 days, last seen 48 days ago"."""
    if silent is None:
        return _("Has not bought yet")
    seen = ngettext("last seen %(days)s day ago", "last seen %(days)s days ago", silent) % {"days": formatting.number(silent)}
    if silent == 0:
        seen = _("last seen on the last day on record")
    if not usual:
        return _("Too few visits for a rhythm, %(seen)s") % {"seen": seen}
    every = max(round(usual), 1)
    if every == 1:  # Chinese has one form for all numbers, and nobody says «every 1 day»
        return _("Usually comes every day, %(seen)s") % {"seen": seen}
    return _("Usually comes every %(days)s days, %(seen)s") % {"days": formatting.number(every), "seen": seen}


def likes(figures: CustomerFigures) -> list[Like]:
    """Return what the customer prefers, each with the share of purchases that says so."""
    found = []
    if figures.category:
        found.append(Like(_("Category"), figures.category.rsplit(" / ", 1)[-1], _share(figures.category_share)))
    store = Store.objects.filter(pk=figures.store_id).first() if figures.store_id else None
    if store is not None:
        found.append(Like(_("Store"), store.name, _share(figures.store_share)))
    if figures.weekday is not None or figures.hour is not None:
        found.append(Like(_("Time"), _time(figures.weekday, figures.hour)))
    if figures.channel:
        found.append(Like(_("Channel"), names.CHANNELS.get(figures.channel, figures.channel)))
    if figures.discount_share is not None:
        found.append(_price(figures))
    return found


def _price(figures: CustomerFigures) -> Like:
    share = figures.discount_share or 0.0
    return Like(
        _("Price sensitivity"),
        _("%(share)s bought on discount") % {"share": formatting.percent(share, decimals=0)},
        _("between %(low)s and %(high)s")
        % {
            "low": formatting.percent(figures.discount_share_low or 0.0, decimals=0),
            "high": formatting.percent(figures.discount_share_high or 0.0, decimals=0),
        },
        _("Share of the value bought at a reduced price, with the range that holds it in 95 of 100 cases."),
    )


def _time(weekday: int | None, hour: int | None) -> str:
    locale = formatting.locale()
    day = dates.get_day_names("wide", "stand-alone", locale=locale)[(weekday - 1) % 7] if weekday is not None else ""
    return " ".join(part for part in (day, f"{hour}:00" if hour is not None else "") if part)


def _share(share: float | None) -> str:
    return _("%(share)s of purchases") % {"share": formatting.percent(share, decimals=0)} if share else ""


def _average(bought: Purchases) -> int | None:
    return sum(day.net_amount for day in bought.days) // bought.receipts if bought.receipts else None


def _due(bought: Purchases) -> date | None:
    return bought.last + timedelta(days=round(bought.usual_days)) if bought.last and bought.usual_days else None
