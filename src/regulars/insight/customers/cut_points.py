"""The company's own cut points of RFM: read, set, and taken back to the quintiles (F58).

For the RFM page and for the refresh of figures, which scores every customer by them. Setting them asks for new scores; until
a job has computed these, the page says that they are on their way.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction

from regulars.core import outbox
from regulars.insight.customers.rfm import CutPoints
from regulars.insight.events import CutPointsChanged
from regulars.organization import audit
from regulars.organization.access import Viewer
from regulars.organization.models import Company

# Of this room's settings of the company: the cut points that hold, and those by which customers were scored last.
_ROOM, _SET, _SCORED_BY = "insight", "rfm_cut_points", "rfm_scored_by"


def find_cut_points() -> CutPoints | None:
    """Return the company's own cut points; None where the quintiles of the customers decide."""
    company = Company.objects.first()
    given: Any = _settings(company).get(_SET)
    return CutPoints.parse(given) if given else None


@transaction.atomic
def set_cut_points(cut_points: CutPoints | None, *, viewer: Viewer, now: datetime) -> bool:
    """Score by these from now on (None: by quintiles) and ask for new scores; return whether anything changed."""
    viewer.require("insight.design")
    company = Company.objects.select_for_update().get()
    before, after = _settings(company).get(_SET), _kept(cut_points)
    if before == after:
        return False
    _write(company, _SET, after)
    audit.record(viewer, "rfm.changed", "rfm", "", now=now, before=before or {}, after=after or {})
    outbox.publish(CutPointsChanged(), now=now)
    return True


def awaits_scores() -> bool:
    """Return whether customers still carry the scores of other cut points."""
    known = _settings(Company.objects.first())
    return bool(known.get(_SET) != known.get(_SCORED_BY))


def note_scored_by(cut_points: CutPoints | None) -> None:
    """Keep by what every customer has just been scored, in the transaction that stores the scores."""
    company = Company.objects.select_for_update().first()
    if company is not None and _settings(company).get(_SCORED_BY) != _kept(cut_points):
        _write(company, _SCORED_BY, _kept(cut_points))


def _settings(company: Company | None) -> dict[str, Any]:
    found: dict[str, Any] = company.settings.get(_ROOM, {}) if company else {}
    return found


def _write(company: Company, key: str, value: dict[str, list[float]] | None) -> None:
    """Keep the value, or drop the key where there is none."""
    kept = {name: old for name, old in _settings(company).items() if name != key} | ({key: value} if value else {})
    company.settings = company.settings | {_ROOM: kept}
    company.save(update_fields=["settings"])


def _kept(cut_points: CutPoints | None) -> dict[str, list[float]] | None:
    """Return the cut points as the settings keep them."""
    return {name: list(cuts) for name, cuts in asdict(cut_points).items()} if cut_points else None
