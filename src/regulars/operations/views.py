"""Health, metrics and the system page."""

from __future__ import annotations

import ipaddress
import secrets
from datetime import UTC, datetime

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from prometheus_client import CONTENT_TYPE_LATEST

from regulars.core import sending
from regulars.core.errors import NotFoundError
from regulars.operations import health, metrics, services, state
from regulars.operations.models import Backup
from regulars.organization.requests import requires, viewer_of


@never_cache
@require_GET
def healthz(_: HttpRequest) -> HttpResponse:
    """Answer 200 while requests can be served, else 503."""
    found = health.examine(now=datetime.now(UTC))
    status = 503 if found.status == health.FAILED else 200
    return JsonResponse({"status": found.status, "checks": found.checks}, status=status)


@never_cache
@require_GET
def prometheus(request: HttpRequest) -> HttpResponse:
    """Answer a scraper on this machine, one with the token, or an administrator; to others the page does not exist."""
    if not _may_scrape(request):
        raise NotFoundError
    return HttpResponse(metrics.render(), content_type=CONTENT_TYPE_LATEST)


@require_GET
@requires("system.view")
def system(request: HttpRequest) -> HttpResponse:
    """Show how the installation is doing."""
    now = datetime.now(UTC)
    context = {
        "now": now,
        "workers": [(worker, worker.is_alive(now)) for worker in state.workers()],
        "queue": state.queue(),
        "failed_jobs": state.failed_jobs(),
        "outbox": state.outbox(),
        "given_up": state.given_up_events(),
        "lake": [(copy, copy.is_late(now)) for copy in state.lake()],
        "database": state.database(),
        "disk_free": state.disk_free(),
        "disk_is_low": state.disk_free() < state.DISK_LOW_BYTES,
        "backups": Backup.objects.order_by("-made_at")[:10],
        "backup_is_old": _backup_is_old(now),
        "pause": sending.find_pause(),
        "may_operate": viewer_of(request).may("system.operate"),
    }
    return render(request, "operations/system.html", context)


@require_POST
@requires("system.operate")
def retry_job(request: HttpRequest, job_id: int) -> HttpResponse:
    """Try a failed job again."""
    services.retry_job(job_id, viewer=viewer_of(request), now=datetime.now(UTC))
    messages.success(request, _("The job is in the queue again."))
    return redirect("operations:system")


@require_POST
@requires("system.operate")
def retry_event(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Try an event again."""
    services.retry_event(delivery_id, viewer=viewer_of(request), now=datetime.now(UTC))
    messages.success(request, _("The event is on its way again."))
    return redirect("operations:system")


@require_POST
@requires("system.operate")
def release(request: HttpRequest) -> HttpResponse:
    """Let a restored copy send."""
    services.release(viewer=viewer_of(request), now=datetime.now(UTC))
    messages.success(request, _("Released: this installation sends again."))
    return redirect("operations:system")


def _may_scrape(request: HttpRequest) -> bool:
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN and secrets.compare_digest(token.encode(), settings.METRICS_TOKEN.encode()):
        return True
    viewer = getattr(request, "viewer", None)
    if viewer is not None and viewer.may("system.view"):
        return True
    # Behind a proxy on this machine everybody comes from the loopback address.
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    return _is_loopback(request.META.get("REMOTE_ADDR", ""))


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _backup_is_old(now: datetime) -> bool:
    newest = state.last_backup()
    return newest is None or now - newest.made_at > state.BACKUP_OLD
