"""Why a customer stands where they stand, in sentences of the reader's language (D11).

For the customer page and the API. Every number in a sentence is one of the customer's own figures.
"""

from __future__ import annotations

from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from regulars.insight.customers import rules
from regulars.insight.customers.rules import Place, RfmClass, Rhythm, Stage
from regulars.insight.models import CustomerFigures

STAGE_NAMES: dict[Stage, Promise] = {
    Stage.NEW: pgettext_lazy("lifecycle", "New"),
    Stage.ACTIVE: pgettext_lazy("lifecycle", "Active"),
    Stage.DECLINING: pgettext_lazy("lifecycle", "Declining"),
    Stage.DORMANT: pgettext_lazy("lifecycle", "Dormant"),
    Stage.LOST: pgettext_lazy("lifecycle", "Lost"),
}
PLACE_NAMES: dict[Place, Promise] = {
    Place.TOP: gettext_lazy("Top customer"),
    Place.LARGE: gettext_lazy("Large customer"),
    Place.MEDIUM: gettext_lazy("Medium customer"),
    Place.SMALL: gettext_lazy("Small customer"),
}
RFM_NAMES: dict[RfmClass, Promise] = {
    RfmClass.KEY_VALUE: gettext_lazy("Key customer: keep delighted"),
    RfmClass.KEY_DEVELOP: gettext_lazy("Key customer: invite more often"),
    RfmClass.KEY_KEEP: gettext_lazy("Key customer: hold on to"),
    RfmClass.KEY_WIN_BACK: gettext_lazy("Key customer: win back"),
    RfmClass.VALUE: gettext_lazy("Frequent customer: grow the basket"),
    RfmClass.DEVELOP: gettext_lazy("Recent customer: develop"),
    RfmClass.KEEP: gettext_lazy("Frequent customer: remind"),
    RfmClass.WIN_BACK: gettext_lazy("Occasional customer"),
}


def explain(figures: CustomerFigures) -> list[str]:
    """Return the sentences behind the stage, the place in the pyramid, the RFM class and the price sensitivity."""
    sentences = [_stage_reason(figures), _rhythm_reason(figures), _value_reason(figures)]
    if figures.recency_score:
        sentences.append(_rfm_reason(figures))
    if figures.discount_share is not None:
        sentences.append(_discount_reason(figures))
    return sentences


def rhythm_of(figures: CustomerFigures) -> Rhythm:
    """Return the figures that the stage was decided by."""
    return Rhythm(
        recency_days=figures.recency_days,
        known_days=(figures.as_of - figures.first_purchase_date).days,
        usual_days=figures.usual_days,
        long_days=figures.long_days,
        recent_days=figures.recent_days,
        earlier_days=figures.earlier_days,
    )


def _stage_reason(figures: CustomerFigures) -> str:
    rhythm = rhythm_of(figures)
    facts = {
        "stage": STAGE_NAMES[Stage(figures.stage)],
        "silence": _days(figures.recency_days),
        "first": date_format(figures.first_purchase_date),
        "long": _days(round(figures.long_days)),
        "recent": figures.recent_days,
        "earlier": figures.earlier_days,
    }
    match Stage(figures.stage):
        case Stage.NEW:
            return _("%(stage)s: first bought on %(first)s, less than two months ago.") % facts
        case Stage.ACTIVE:
            return _("%(stage)s: last bought %(silence)s ago, and pauses of up to %(long)s are normal here.") % facts
        case Stage.DECLINING if rules.is_late(rhythm):
            return _("%(stage)s: last bought %(silence)s ago; nine in ten pauses are no longer than %(long)s.") % facts
        case Stage.DECLINING:
            return (
                _("%(stage)s: %(recent)s purchase days in the last 90 days, after %(earlier)s in the 90 days before.") % facts
            )
        case Stage.DORMANT:
            return _("%(stage)s: silent for %(silence)s, more than twice the longest usual pause of %(long)s.") % facts
        case Stage.LOST:
            return _("%(stage)s: silent for %(silence)s, more than four times the longest usual pause of %(long)s.") % facts


def _rhythm_reason(figures: CustomerFigures) -> str:
    if figures.interval_days is None:
        return _("Bought on one day so far; the rhythm of other customers, %(usual)s, is assumed.") % {
            "usual": _days(round(figures.usual_days))
        }
    told = _("Bought on %(count)s days, usually every %(usual)s; the next purchase was or is due on %(due)s.")
    if round(figures.usual_days) <= 1:
        told = _("Bought on %(count)s days, usually every day; the next purchase was or is due on %(due)s.")
    return told % {
        "count": number_format(figures.purchase_days, force_grouping=True),
        "usual": _days(round(figures.usual_days)),
        "due": date_format(figures.due_date) if figures.due_date else "—",
    }


def _value_reason(figures: CustomerFigures) -> str:
    return _("%(place)s: brought more in 12 months than %(share)s of all customers.") % {
        "place": PLACE_NAMES[Place(figures.pyramid)],
        "share": _percent(figures.value_percentile or 0.0),
    }


def _rfm_reason(figures: CustomerFigures) -> str:
    return _("%(name)s: recency %(recency)s, frequency %(frequency)s, value %(monetary)s of 5.") % {
        "name": RFM_NAMES[RfmClass(figures.rfm_class)],
        "recency": figures.recency_score,
        "frequency": figures.frequency_score,
        "monetary": figures.monetary_score,
    }


def _discount_reason(figures: CustomerFigures) -> str:
    return _("%(share)s of what was bought was on discount (95%% sure: between %(low)s and %(high)s).") % {
        "share": _percent(figures.discount_share or 0.0),
        "low": _percent(figures.discount_share_low or 0.0),
        "high": _percent(figures.discount_share_high or 0.0),
    }


def _days(count: int) -> str:
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": number_format(count, force_grouping=True)}


def _percent(share: float) -> str:
    return f"{number_format(round(100 * share))}%"
