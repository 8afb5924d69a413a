"""The list of imports: its columns, filters and search."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regulars.gateway.files import wording
from regulars.gateway.models import ImportBatch
from regulars.ui import formatting, lists


def _state(batch: ImportBatch) -> object:
    if batch.step:
        return lists.status(str(wording.STEPS.get("checking" if batch.step == "checking" else "loading")), tone="accent")
    label, tone = wording.STATES[batch.state]
    return lists.status(str(label), tone=tone)


BATCHES = lists.Listing(
    id="imports",
    sort="-created_at",
    search=lambda rows, words: rows.filter(file_name__icontains=words),
    search_label=_("Search by file name"),
    columns=[
        lists.Column(
            key="file", label=_("File"), value=lambda row: row.file_name, lead=True, href=lambda row: f"/imports/{row.pk}/",
        ),
        lists.Column(
            key="kind", label=_("Kind"), value=lambda row: row.kind, sort="kind",
            show=lambda row: str(wording.kind_label(row.kind)),
        ),
        lists.Column(key="state", label=_("State"), value=lambda row: row.state, show=_state, sort="state"),
        lists.Column(
            key="rows", label=_("Rows"), value=lambda row: row.rows_total, numeric=True, sort="rows_total",
            show=lambda row: None if row.rows_total is None else formatting.number(row.rows_total),
        ),
        lists.Column(
            key="created", label=_("Added"), value=lambda row: row.created, numeric=True, sort="created",
            show=lambda row: formatting.number(row.created),
        ),
        lists.Column(
            key="updated", label=_("Changed"), value=lambda row: row.updated, numeric=True, sort="updated",
            show=lambda row: formatting.number(row.updated),
        ),
        lists.Column(
            key="unchanged", label=_("Unchanged"), value=lambda row: row.unchanged, numeric=True, shown=False,
            show=lambda row: formatting.number(row.unchanged),
        ),
        lists.Column(
            key="rejected", label=_("Refused rows"), value=lambda row: row.rejected, numeric=True, sort="rejected",
            show=lambda row: formatting.number(row.rejected),
        ),
        lists.Column(key="by", label=_("By"), value=lambda row: row.by, sort="by"),
        lists.Column(
            key="at", label=_("When"), value=lambda row: row.created_at, sort="created_at",
            show=lambda row: formatting.ago(row.created_at, now=timezone.now()),
        ),
        lists.Column(key="source", label=_("Source"), value=lambda row: row.source, shown=False),
    ],
    filters=[
        lists.Filter(
            key="kind", label=_("Kind"), options=[(key, label) for key, (label, *_rest) in wording.KINDS.items()],
            apply=lambda rows, value: rows.filter(kind=value),
        ),
        lists.Filter(
            key="state", label=_("State"), options=[(key, label) for key, (label, _tone) in wording.STATES.items()],
            apply=lambda rows, value: rows.filter(state=value),
        ),
    ],
)  # fmt: skip
