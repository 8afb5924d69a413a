"""What somebody asks the explorer, read from the address: metrics, breakdown and filters beside dates and place."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from regulars.home.business.choices import Choice
from regulars.home.business.names import CHANNELS, KEYS, TIME_KEYS
from regulars.insight.metrics.registry import METRICS, Metric
from regulars.insight.metrics.slices import Slice

USUAL_METRIC = "net_sales"
DAYS_BY_DAY = 45  # a longer period is read by the week
METRICS_MAX = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question to the registry."""

    choice: Choice
    metrics: tuple[Metric, ...]
    by: str
    category: str
    channel: str
    member: str

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(metric.key for metric in self.metrics)

    @property
    def is_over_time(self) -> bool:
        return self.by in TIME_KEYS

    @property
    def slice(self) -> Slice:
        return self.choice.slice.about(
            category=self.category or None,
            channel=self.channel or None,
            member={"yes": True, "no": False}.get(self.member),
        )


def read(request: HttpRequest, *, choice: Choice) -> Question:
    """Return the question of the address; what is unknown there is left out."""
    asked = request.GET
    metrics = tuple(dict.fromkeys(METRICS[key] for key in asked.getlist("metric") if key in METRICS))
    usual = "day" if choice.period.days <= DAYS_BY_DAY else "week"
    by = asked.get("by", usual)
    channel, member = asked.get("channel", ""), asked.get("member", "")
    return Question(
        choice=choice,
        metrics=metrics[:METRICS_MAX] or (METRICS[USUAL_METRIC],),
        by=by if by in KEYS or not by else usual,
        category=asked.get("category", "").strip(),
        channel=channel if channel in CHANNELS else "",
        member=member if member in ("yes", "no") else "",
    )
