"""The audit trail: sealed behind the writers, and every changed byte shows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from regulars.organization import access, audit
from regulars.organization.models import AuditEntry, AuditSeal
from tests.organization.factories import NOW


def write(count: int = 3) -> None:
    for number in range(count):
        audit.record(access.system(), "store.changed", "store", number, now=NOW, before={"name": "A"}, after={"name": "B"})


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def sealed(transactional_db):
    write()
    audit.seal(now=NOW)
    write()
    audit.seal(now=NOW + timedelta(minutes=1))
    assert AuditSeal.objects.count() == 2
    assert audit.check_chain() == []


@pytest.mark.django_db
def test_what_is_still_being_written_is_not_sealed() -> None:
    write()
    assert audit.seal(now=NOW) is None


@pytest.mark.django_db(transaction=True)
def test_nothing_new_makes_no_seal() -> None:
    write()
    assert audit.seal(now=NOW)
    assert audit.seal(now=NOW) is None
    assert AuditSeal.objects.get().entries == 3


CHANGES = {
    "actor": "actor || '.'",
    "action": "'store.viewed'",
    "object_type": "'region'",
    "object_id": "object_id || '0'",
    "person_id": "1",
    "key_id": "1",
    "store_id": "1",
    "at": "at + interval '1 microsecond'",
    "before": '\'{"name": "a"}\'',
    "after": "NULL",
    "note": "'-'",
    "id": "id + 100000",
}


@pytest.mark.parametrize("column", CHANGES)
def test_a_changed_column_breaks_its_seal(sealed, column: str) -> None:
    first = AuditEntry.objects.order_by("id").values_list("id", flat=True)[0]
    sql(f"UPDATE organization_auditentry SET {column} = {CHANGES[column]} WHERE id = {first}")
    assert [broken.seal_id for broken in audit.check_chain()] == [AuditSeal.objects.order_by("from_xid").first().pk]


def test_every_column_of_an_entry_is_under_the_seal() -> None:
    assert {field.column for field in AuditEntry._meta.fields} == {*CHANGES, "written_xid"}


def test_a_removed_entry_breaks_its_seal(sealed) -> None:
    sql("DELETE FROM organization_auditentry WHERE id = (SELECT max(id) FROM organization_auditentry)")
    assert len(audit.check_chain()) == 1


def test_a_moved_entry_breaks_the_seals(sealed) -> None:
    sql("UPDATE organization_auditentry SET written_xid = (SELECT max(written_xid) FROM organization_auditentry)")
    assert audit.check_chain()


def test_an_added_entry_breaks_its_seal(sealed) -> None:
    entry = AuditEntry.objects.order_by("id").first()
    AuditEntry.objects.create(at=NOW, actor="x", action="x", written_xid=entry.written_xid)
    assert len(audit.check_chain()) == 1


@pytest.mark.parametrize("column", ["digest = '\\x00'", "entries = entries + 1", "sealed_at = now()", "to_xid = to_xid + 1"])
def test_a_changed_seal_breaks_the_chain(sealed, column: str) -> None:
    sql(f"UPDATE organization_auditseal SET {column} WHERE from_xid = 0")
    assert audit.check_chain()


def test_a_removed_seal_breaks_the_chain(sealed) -> None:
    sql("DELETE FROM organization_auditseal WHERE from_xid = 0")
    assert audit.check_chain()
