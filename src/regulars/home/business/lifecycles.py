"""How customers moved through the lifecycle during the period: new → active → declining → dormant → lost (F59).

For Today (tile and flow) and the lifecycle page (every move). Stages are decided by each customer's own rhythm in `insight`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from regulars.home.business import kept
from regulars.home.business.choices import Choice
from regulars.home.business.figures import Tile
from regulars.insight.customers.explain import STAGE_NAMES
from regulars.insight.customers.lifecycle import lifecycle_flow
from regulars.insight.customers.rules import Stage
from regulars.organization.access import Viewer
from regulars.ui import formatting

NEWCOMERS = "none"  # bought for the first time within the period
STAGES = tuple(Stage)
MEANINGS: Mapping[Stage, Promise] = {
    Stage.NEW: gettext_lazy("First bought in the last 60 days."),
    Stage.ACTIVE: gettext_lazy("Comes as often as usual."),
    Stage.DECLINING: gettext_lazy(
        "Silent for longer than nine in ten of the customer’s own pauses, or comes at most half as often as three months ago."
    ),
    Stage.DORMANT: gettext_lazy("Silent for more than twice the longest usual pause."),
    Stage.LOST: gettext_lazy("Silent for more than four times the longest usual pause."),
}
TONES: Mapping[Stage, str] = {
    Stage.NEW: "accent", Stage.ACTIVE: "good", Stage.DECLINING: "warn", Stage.DORMANT: "neutral", Stage.LOST: "bad",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One stage: how many customers stand there at the end of the period, and how many did before it."""

    stage: Stage
    label: str
    meaning: str
    tone: str
    now: int
    before: int
    share: float
    href: str

    @property
    def change(self) -> str:
        return _signed(self.now - self.before)

    @property
    def direction(self) -> str:
        if self.now == self.before or self.stage is Stage.NEW:
            return ""
        return "good" if (self.now > self.before) == (self.stage is Stage.ACTIVE) else "bad"


@dataclass(frozen=True, slots=True)
class Flow:
    """Every move of the period: (stage before, stage after) → customers."""

    moves: Mapping[tuple[str, str], int]

    def after(self, stage: str) -> int:
        return sum(count for (_, after), count in self.moves.items() if after == stage)

    def before(self, stage: str) -> int:
        return sum(count for (before, _), count in self.moves.items() if before == stage)

    def between(self, before: Sequence[str], after: Sequence[str]) -> int:
        return sum(count for (source, target), count in self.moves.items() if source in before and target in after)


def flow(choice: Choice) -> Flow:
    """Compute the moves of the chosen period and place."""
    return kept.once(("lifecycle", choice.period, choice.narrowed), lambda: _computed(choice))


def context(choice: Choice, *, viewer: Viewer) -> dict[str, Any]:
    """Return what the flow on Today shows."""
    moved = flow(choice)
    made = steps(moved, viewer=viewer, links=choice.narrowed.stores is None)
    return {"steps": made, "title": title(moved), "came_back": came_back(moved)}


def steps(moved: Flow, *, viewer: Viewer, links: bool = True) -> list[Step]:
    """Return the stages in order, each with its link to the customers who stand there."""
    total = sum(moved.moves.values()) or 1
    return [
        Step(
            stage, str(STAGE_NAMES[stage]), str(MEANINGS[stage]), TONES[stage], moved.after(stage), moved.before(stage),
            moved.after(stage) / total, customers_in(stage, viewer) if links else "",
        )
        for stage in STAGES
    ]  # fmt: skip


def customers_in(stage: Stage, viewer: Viewer) -> str:
    """Return the list of the customers in a stage, for whoever may open it."""
    if not viewer.may("customer.list"):
        return ""
    return f"/customers/?stage={stage.value}"


def title(moved: Flow) -> str:
    """Return the sentence that says how many slid."""
    slid = moved.between([Stage.NEW, Stage.ACTIVE], [Stage.DECLINING, Stage.DORMANT, Stage.LOST])
    text = ngettext("%(count)s customer has begun to slip away", "%(count)s customers have begun to slip away", slid)
    return text % {"count": formatting.number(slid)}


def came_back(moved: Flow) -> str:
    """Return the sentence that says how many came back."""
    back = moved.between([Stage.DECLINING, Stage.DORMANT, Stage.LOST], [Stage.ACTIVE])
    text = ngettext("%(count)s came back to their usual rhythm.", "%(count)s came back to their usual rhythm.", back)
    return text % {"count": formatting.number(back)}


def tile(choice: Choice, *, viewer: Viewer) -> Tile:
    """Return the tile of who is slipping away now."""
    moved = flow(choice)
    now, before = moved.after(Stage.DECLINING), moved.before(Stage.DECLINING)
    return Tile(
        id="tile-at-risk",
        label=gettext_lazy("At risk"),
        figure=formatting.number(now),
        definition=MEANINGS[Stage.DECLINING],
        href=customers_in(Stage.DECLINING, viewer) if choice.narrowed.stores is None else choice.link("/insight/lifecycle/"),
        change=_signed(now - before),
        direction="" if now == before else "bad" if now > before else "good",
        words=_("since the period began"),
    )


def table(moved: Flow) -> list[tuple[str, list[tuple[int, float, bool]], int]]:
    """Return the matrix of moves: for each stage before, where its customers stand now (count, share, is it the same)."""
    rows = []
    for before in (NEWCOMERS, *STAGES):
        total = moved.before(before)
        cells = [
            (count := moved.moves.get((before, after), 0), count / total if total else 0.0, before == after) for after in STAGES
        ]
        rows.append((str(STAGE_NAMES[before]) if isinstance(before, Stage) else _("First purchase"), cells, total))
    return rows


def _computed(choice: Choice) -> Flow:
    rows = lifecycle_flow(choice.period, scope=choice.narrowed).to_pylist()
    return Flow({(row["before"], row["after"]): row["customers"] for row in rows})


def _signed(difference: int) -> str:
    if difference == 0:
        return "±0"
    text = formatting.number(difference)
    return f"+{text}" if difference > 0 else text
