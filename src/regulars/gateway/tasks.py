"""Imports in the background: the page starts them, the worker does them, and one that was killed goes on by itself."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from regulars.core.errors import DomainError
from regulars.gateway.api import idempotency
from regulars.gateway.files import folders, second, services
from regulars.gateway.models import ImportBatch
from regulars.organization import access, selectors
from regulars.organization.models import Approval, Person
from regulars.organization.services import approvals

_EVERY_SECONDS = 0.3
_UNTOUCHED = timedelta(days=7)  # a file that nobody imported is not kept for ever
_SILENT_SECONDS = 180  # a worker that has told nothing for so long is gone


def start(batch: ImportBatch, *, step: str) -> None:
    """Put the batch into the queue, for a check (`checking`) or for good (`loading`)."""
    task = check_import if step == "checking" else run_import
    folders.write_json(batch.pk, "progress.json", {"step": "", "part": 0})
    with transaction.atomic():
        ImportBatch.objects.filter(pk=batch.pk).update(step=step, error_code="", error_message="")
        task.configure(lock=f"import-{batch.pk}").defer(batch_id=batch.pk)


@app.task(name="gateway.check_import")
def check_import(batch_id: int) -> None:
    """Try a batch and take it back."""
    _work(batch_id, "checking")


@app.task(name="gateway.run_import")
def run_import(batch_id: int) -> None:
    """Import a batch, or what is left of it."""
    _work(batch_id, "loading")


@app.periodic(cron="*/5 * * * *")
@app.task(name="gateway.tend_imports", queueing_lock="gateway.tend_imports", pass_context=False)
def tend_imports(timestamp: int) -> None:  # noqa: ARG001 (the scheduler's word)
    """Take up imports whose worker died, and throw away files that were never imported."""
    for batch in ImportBatch.objects.exclude(step=""):
        if time.time() - folders.progress_told_at(batch.pk) > _SILENT_SECONDS:
            start(batch, step=batch.step)
    old = timezone.now() - _UNTOUCHED
    waiting = Q(state__in=[ImportBatch.State.UPLOADED, ImportBatch.State.CHECKED], step="", created_at__lt=old)
    for batch in ImportBatch.objects.filter(waiting):
        services.discard(batch, viewer=access.system())


@app.periodic(cron="20 3 * * *")
@app.task(name="gateway.forget_answers", queueing_lock="gateway.forget_answers", pass_context=False)
def forget_answers(timestamp: int) -> None:  # noqa: ARG001 (the scheduler's word)
    """Throw away the kept answers of the API that no till can ask for any more."""
    idempotency.forget_old(now=timezone.now())


@approvals.carries_out(second.KIND)
def _import_approved(approval: Approval, asker: access.Viewer, now: datetime) -> None:  # noqa: ARG001 (as all that carry out)
    """Import a file of balances as soon as a second person has approved it."""
    batch = ImportBatch.objects.filter(pk=approval.payload["import"]).first()
    if batch is None or batch.state != ImportBatch.State.CHECKED or batch.step:
        raise services.WrongStateError(_("This file was thrown away or changed meanwhile. Decline the request."))
    start(batch, step="loading")


def _work(batch_id: int, step: str) -> None:
    batch = ImportBatch.objects.select_related("person").filter(pk=batch_id).first()
    if batch is None or batch.step != step:
        return  # discarded or done meanwhile
    do = services.dry_run if step == "checking" else services.run_import
    fault = "import.failed"
    try:
        do(batch, viewer=_requester(batch.person), now=timezone.now(), progress=_Telling(batch_id))
        fault = ""
    except DomainError:
        fault = ""  # kept with the batch; its page shows it
    finally:
        left = ImportBatch.objects.filter(pk=batch_id).exclude(step="")
        left.update(step="", **({"error_code": fault} if fault else {}))


def _requester(person: Person | None) -> access.Viewer:
    """Return who started the import, with the rights of now: whoever lost them meanwhile imports nothing (T-8)."""
    return selectors.viewer_of_person(person) if person is not None else access.NOBODY


class _Telling:
    """Writes how far an import is for its page to read, a few times a second."""

    def __init__(self, batch_id: int) -> None:
        self.batch_id = batch_id
        self.told_at = 0.0

    def __call__(self, step: str, part: float) -> None:
        now = time.monotonic()
        if now - self.told_at >= _EVERY_SECONDS or part >= 1:
            self.told_at = now
            folders.write_json(self.batch_id, "progress.json", {"step": step, "part": round(part, 3)})
