"""The tiles of Today: how much, from how many, how often again, how large, and who is slipping away.

Each tile is one metric of the registry over the chosen dates and place, beside the dates compared with, and opens to what it is
made of. Repurchase always looks at 90 days, because fewer say nothing about coming back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.home.business import asking, figures, lifecycles
from regulars.home.business.choices import Choice
from regulars.home.business.figures import Tile
from regulars.insight.metrics import periods
from regulars.insight.metrics.registry import get_metric
from regulars.organization.access import Viewer

LINE_WEEKS = 13
REPURCHASE_DAYS = 90
STORE_KEYS = ("net_sales", "customers", "new_customers", "average_basket", "repurchase_rate", "member_share")
_KEYS = ("net_sales", "customers", "average_basket", "member_share")
_ORDER = ("net_sales", "customers", "repurchase_rate", "average_basket", "at_risk", "member_share")


def tiles(choice: Choice, *, viewer: Viewer) -> list[Tile]:
    """Return the tiles in the order of the page."""
    compared = asking.compared(_KEYS, choice=choice)
    lines = _weekly(choice)
    words = choice.against_words
    made = {
        key: figures.tile(
            get_metric(key), now=compared.now.get(key), then=asking.then(compared, choice, key), currency=choice.currency,
            words=words, href=_source(choice, key), values=lines.get(key, ()),
        )
        for key in _KEYS
    }  # fmt: skip
    made["repurchase_rate"], made["at_risk"] = _repurchase(choice), lifecycles.tile(choice, viewer=viewer)
    return [made[key] for key in _ORDER]


def store_tiles(choice: Choice) -> list[Tile]:
    """Return the tiles of one store."""
    compared = asking.compared(STORE_KEYS, choice=choice)
    return [
        figures.tile(
            get_metric(key), now=compared.now.get(key), then=asking.then(compared, choice, key),
            currency=choice.currency, words=choice.against_words, href=choice.link("/insight/", metric=key, by="week"),
        )
        for key in STORE_KEYS
    ]  # fmt: skip


def _repurchase(choice: Choice) -> Tile:
    metric = get_metric("repurchase_rate")
    window = choice.slice.during(periods.last_days(REPURCHASE_DAYS, until=choice.period.last))
    compared = asking.compared([metric.key], choice=choice, chosen=window)
    words = (
        _("on the year before")
        if choice.against == "year_before"
        else _("on the %(days)s days before") % {"days": REPURCHASE_DAYS}
    )
    return figures.tile(
        metric, now=compared.now.get(metric.key), then=asking.then(compared, choice, metric.key), currency=choice.currency,
        words=words, label=gettext_lazy("Repurchase rate, 90 days"), href=choice.link("/insight/retention/"),
    )  # fmt: skip


def _weekly(choice: Choice) -> Mapping[str, Sequence[float]]:
    """Return the last whole weeks of each metric, for the line below the figure."""
    last = choice.period.last
    sunday = last - timedelta(days=(last.weekday() + 1) % 7)
    window = periods.last_days(7 * LINE_WEEKS, until=sunday)
    rows = asking.rows(_KEYS, choice=choice, chosen=choice.slice.during(window), by=["week"])
    return {key: [row[key] for row in rows if row[key] is not None] for key in _KEYS if len(rows) > 1}


def _source(choice: Choice, key: str) -> str:
    """Return the page that shows what a figure is made of."""
    match key:
        case "average_basket":
            first, last = choice.period.first.isoformat(), choice.period.last.isoformat()
            return f"/sales/?from={first}&to={last}" + (
                f"&store={choice.place.id}" if choice.place and choice.place.kind == "store" else ""
            )
        case "customers":
            return choice.link("/insight/", metric=key, by="store")
        case "member_share":
            return choice.link("/insight/", metric="net_sales", by="member")
        case _:
            return choice.link("/insight/", metric=key, by="week")
