"""What an operator can do from the system page: try again what failed, and release a restored copy."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from regulars.core import sending
from regulars.core.errors import NotFoundError
from regulars.core.models import OutboxDelivery
from regulars.organization import audit
from regulars.organization.access import Viewer


@transaction.atomic
def retry_job(job_id: int, *, viewer: Viewer, now: datetime) -> None:
    """Put a job that gave up back into the queue."""
    viewer.require("system.operate")
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name FROM procrastinate_jobs WHERE id = %s AND status = 'failed' FOR UPDATE", [job_id])
        found = cursor.fetchone()
        if found is None:
            raise NotFoundError
        cursor.execute("SELECT procrastinate_retry_job_v2(%s, %s, NULL, NULL, NULL)", [job_id, now])
    audit.record(viewer, "job.retried", "job", job_id, now=now, note=found[0])


@transaction.atomic
def retry_event(delivery_id: int, *, viewer: Viewer, now: datetime) -> None:
    """Let an event that a subscriber could not take be tried from the start."""
    viewer.require("system.operate")
    if not OutboxDelivery.objects.filter(pk=delivery_id, done_at=None).update(attempts=0):
        raise NotFoundError
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY regulars_outbox")
    audit.record(viewer, "event.retried", "event_delivery", delivery_id, now=now)


@transaction.atomic
def release(*, viewer: Viewer, now: datetime) -> bool:
    """Let a restored copy send again; False if it was not paused."""
    viewer.require("system.operate")
    released = sending.release()
    if released:
        audit.record(viewer, "sending.released", "installation", 1, now=now)
    return released
