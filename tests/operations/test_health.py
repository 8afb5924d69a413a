"""Health, metrics and the system page: who sees them, and that they tell the truth."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from regulars.core import sending
from regulars.core.errors import NotFoundError
from regulars.core.models import OutboxDelivery, OutboxEvent
from regulars.operations import services
from regulars.operations.models import Backup
from regulars.organization.access import system
from regulars.organization.models import AuditEntry
from tests.organization import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.fixture
def heartbeat() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")


@pytest.mark.usefixtures("heartbeat")
def test_a_whole_installation_is_ok(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"


def test_without_a_worker_it_is_degraded_but_serves(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["checks"]["worker"]) == ("degraded", "silent")


@pytest.mark.usefixtures("heartbeat")
@pytest.mark.parametrize("setting", ["synchronous_commit = off"])
def test_an_unsafe_database_makes_it_unhealthy_while_it_runs(client: Client, setting: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL {setting}")
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "database.unsafe"


def test_a_full_disk_makes_it_unhealthy(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regulars.operations.state.disk_free", lambda: 1_000)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["checks"]["disk"]) == (503, "full")


def test_health_tells_strangers_nothing_of_the_installation(client: Client) -> None:
    told = client.get("/healthz").content.decode()
    assert set(json.loads(told)["checks"].values()) <= {"ok", "low", "silent", "paused"}


def test_metrics_are_for_this_machine_a_token_or_an_administrator(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "s3cret-token"
    stranger = {"REMOTE_ADDR": "203.0.113.5"}
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", **stranger).status_code == 404
    assert client.get("/metrics", HTTP_X_FORWARDED_FOR="203.0.113.5").status_code == 404
    assert client.get("/metrics", **stranger, HTTP_AUTHORIZATION="Bearer wrong").status_code == 404
    assert client.get("/metrics", **stranger, HTTP_AUTHORIZATION="Bearer s3cret-token").status_code == 200
    client.force_login(factories.person("marketer"))
    assert client.get("/metrics", **stranger).status_code == 404
    client.force_login(factories.person("admin"))
    assert client.get("/metrics", **stranger).status_code == 200


@pytest.mark.usefixtures("heartbeat")
def test_metrics_count_what_is_there(client: Client) -> None:
    _failed_job()
    told = client.get("/metrics").content.decode()
    assert 'regulars_jobs{state="failed"} 1.0' in told
    assert "regulars_workers 1.0" in told
    assert "regulars_sending_paused 0.0" in told
    assert 'regulars_lake_rows_behind{table="receipt"} 0.0' in told


@pytest.mark.parametrize("role", ["marketer", "analyst", "store_manager", "finance"])
def test_the_system_page_is_for_administrators(client: Client, role: str) -> None:
    place = {"store": factories.store()} if role == "store_manager" else {}
    client.force_login(factories.person(role, **place))
    assert client.get("/system/").status_code == 403
    job = _failed_job()
    assert client.post(f"/system/jobs/{job}/retries/").status_code == 403
    assert _status(job) == "failed"
    sending.pause("Restored", now=NOW)
    assert client.post("/system/release/").status_code == 403
    assert sending.is_paused()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_system_page_shows_everything_within_thirty_queries(
    client: Client, language: str, django_assert_max_num_queries: Any
) -> None:
    job, delivery = _failed_job(), _given_up_event()
    sending.pause("Restored from the backup of 2026-11-01", now=NOW)
    Backup.objects.create(folder="/backups/one", made_at=NOW, files=3, total_bytes=2**20, version="0.1.0")
    client.force_login(factories.person("admin"))
    with django_assert_max_num_queries(30):
        page = client.get("/system/", HTTP_ACCEPT_LANGUAGE=language).content.decode()
    assert "Restored from the backup of 2026-11-01" in page
    assert f"/system/jobs/{job}/retries/" in page
    assert f"/system/events/{delivery}/retries/" in page
    assert "/backups/one" in page
    assert ("System" if language == "en" else "对外发送已暂停") in page


def test_an_administrator_can_try_again_and_release(client: Client) -> None:
    job, delivery = _failed_job(), _given_up_event()
    sending.pause("Restored", now=NOW)
    client.force_login(factories.person("admin"))
    assert client.post(f"/system/jobs/{job}/retries/").status_code == 302
    assert client.post(f"/system/events/{delivery}/retries/").status_code == 302
    assert client.post("/system/release/").status_code == 302
    assert _status(job) == "todo"
    assert OutboxDelivery.objects.get(pk=delivery).attempts == 0
    assert not sending.is_paused()
    done = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"job.retried", "event.retried", "sending.released"} <= done


def test_only_a_failed_job_can_be_tried_again() -> None:
    job = _failed_job()
    services.retry_job(job, viewer=system(), now=NOW)
    with pytest.raises(NotFoundError):
        services.retry_job(job, viewer=system(), now=NOW)
    assert AuditEntry.objects.filter(action="job.retried").count() == 1


def test_the_log_keeps_no_personal_data(tmp_path: Path) -> None:
    from regulars.core import logs

    trace = ["Application raised", "Traceback (most recent call last):", '  File "a.py", line 3, in f', "    g(x)"]
    told = logs.struck("\n".join([*trace, "ValueError: 张敏 Ana Lopez"]))
    assert "Ana" not in told
    assert "张敏" not in told
    assert 'File "a.py", line 3' in told
    assert told.endswith("ValueError")


def _failed_job() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, status, attempts)"
            " VALUES ('default', 'tests.fail', 0, '{}', 'failed', 3) RETURNING id"
        )
        return int(cursor.fetchone()[0])


def _status(job: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM procrastinate_jobs WHERE id = %s", [job])
        return str(cursor.fetchone()[0])


def _given_up_event() -> int:
    event = OutboxEvent.objects.create(name="receipts.recorded", payload={}, occurred_at=NOW - timedelta(hours=3))
    return OutboxDelivery.objects.create(event=event, subscriber="tests.broken", attempts=8, last_error="ValueError").pk
