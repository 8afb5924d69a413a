"""A changed row shows, row by row, whichever column was changed; and the application's role cannot change one at all (G7)."""

from __future__ import annotations

import random
from datetime import timedelta

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from regulars.core import database, embedded_postgres
from regulars.loyalty.wallet import seals
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.models import Entry, Lot, Seal, Transfer
from tests.loyalty.wallet.factories import ANA, BEN, DAY, NOW, POINTS, SYSTEM, command, give, post, take, units

pytestmark = pytest.mark.django_db(transaction=True)


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture(autouse=True)
def sealed(transactional_db) -> None:
    units()
    post(give(100, expires_at=NOW + DAY))
    seals.seal(now=NOW)
    post(take(30))
    post(give(5))
    seals.seal(now=NOW + timedelta(minutes=1))
    assert Seal.objects.count() == 6
    assert seals.find_broken() == []


def broken() -> set[tuple[str, int, str]]:
    return {(one.table, one.row_id, one.reason) for one in seals.find_broken()}


CHANGES = {
    "wallet_transfer": {
        "source": "'x'", "key": "'x'", "digest": "'\\x00'", "kind": "'x'", "at": "at + interval '1 microsecond'",
        "recorded_at": "recorded_at + interval '1 microsecond'", "business_date": "'2020-01-01'", "store_id": "9",
        "rule_version": "9", "reason": "'x'", "why": "'{\"a\": 1}'", "actor": "'x'",
    },
    "wallet_entry": {
        "transfer_id": "transfer_id + 9", "unit_id": "unit_id + 9", "account_id": "account_id + 9", "lot_id": "lot_id + 9",
        "house": "'cash'", "amount": "amount + 1", "undoes_id": "9", "balance_after": "balance_after + 1",
        "held_after": "held_after + 1", "debt_after": "debt_after + 1",
    },
    "wallet_lot": {
        "account_id": "account_id + 9", "transfer_id": "transfer_id + 9", "root_transfer_id": "9", "origin": "'x'",
        "parent_id": "9", "amount": "amount + 1", "earned_at": "earned_at + interval '1 microsecond'",
        "available_from": "available_from - interval '1 day'", "expires_at": "NULL",
    },
}  # fmt: skip
EVERY = [(table, column) for table, columns in CHANGES.items() for column in columns]


@pytest.mark.parametrize(("table", "column"), EVERY)
def test_a_changed_column_names_its_row(table: str, column: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {column} = {CHANGES[table][column]} WHERE id = (SELECT min(id) FROM {table}) RETURNING id"
        )
        (row,) = cursor.fetchone()
    assert broken() == {(table, row, "changed")}


def test_every_column_that_stays_is_under_the_seal() -> None:
    for model in (Transfer, Entry, Lot):
        columns = {field.column for field in model._meta.fields} - set(getattr(model, "changeable", ()))
        listed = set(seals.COLUMNS[model._meta.db_table].split(", "))
        assert listed == columns
        assert columns - {"id", "written_xid", "receipt_id"} == set(CHANGES[model._meta.db_table])


def test_using_a_lot_breaks_no_seal() -> None:
    post(take(40))
    wallet.expire_due(now=NOW + 2 * DAY)
    assert broken() == set()


def test_removed_added_and_moved_rows_are_named() -> None:
    first, last = Entry.objects.order_by("id").first(), Entry.objects.order_by("id").last()
    sql(f"DELETE FROM wallet_entry WHERE id = {first.pk}")
    sql(f"UPDATE wallet_entry SET written_xid = written_xid + 1000000 WHERE id = {last.pk}")
    assert broken() == {("wallet_entry", first.pk, "removed or moved"), ("wallet_entry", last.pk, "removed or moved")}


@pytest.mark.parametrize("change", ["digest = '\\x00'", "rows = rows + 1", "sealed_at = sealed_at + interval '1 second'"])
def test_a_changed_seal_shows(change: str) -> None:
    sql(f"UPDATE wallet_seal SET {change} WHERE \"table\" = 'wallet_entry' AND from_xid = 0")
    assert [one for one in seals.find_broken() if one.row_id == 0]


def test_a_removed_seal_shows() -> None:
    sql("DELETE FROM wallet_seal WHERE \"table\" = 'wallet_entry' AND from_xid = 0")
    assert [one for one in seals.find_broken() if "missing" in one.reason]


def test_what_is_still_being_written_is_not_sealed() -> None:
    with transaction.atomic():
        post(give(1))
        assert seals.seal(now=NOW) == 0


def test_one_flipped_digit_in_a_thousand_random_rows_is_found_a_thousand_times() -> None:
    wallet.post([command(give(number + 1)) for number in range(1500)], now=NOW, viewer=SYSTEM)
    seals.seal(now=NOW)
    rows = random.Random(7).sample(sorted(Entry.objects.values_list("pk", flat=True)), 1000)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE wallet_entry SET amount = amount # 1 WHERE id = ANY(%s)", [rows])
    assert {one.row_id for one in seals.find_broken()} == set(rows)


def test_the_newest_seals_are_at_hand_for_a_backup_and_recognized_after_a_restore() -> None:
    with connection.cursor() as cursor:
        cursor.execute(seals.NEWEST_SEALS)
        (told,) = cursor.fetchone()
    assert [one.split(":")[0] for one in told.split()] == sorted(seals.COLUMNS)
    assert seals.holds_seals(told)
    assert seals.holds_seals("")
    Seal.objects.all().delete()
    assert not seals.holds_seals(told)


FORBIDDEN = [
    *(f"UPDATE {table} SET id = id" for table in ("wallet_transfer", "wallet_entry", "wallet_seal")),
    *(f"DELETE FROM {table}" for table in ("wallet_transfer", "wallet_entry", "wallet_lot", "wallet_account", "wallet_hold")),
    "TRUNCATE wallet_entry",
    "UPDATE wallet_lot SET expires_at = NULL",
    "UPDATE wallet_lot SET amount = amount",
    "UPDATE wallet_account SET owner_id = owner_id",
    "UPDATE wallet_hold SET amount = amount",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_application_may_not_change_what_is_written(statement: str) -> None:
    database.grant_rights(embedded_postgres.APP)
    with pytest.raises(ProgrammingError) as refused, transaction.atomic():
        sql(f"SET LOCAL ROLE {embedded_postgres.APP}; {statement}")
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)  # 42501


def test_the_application_may_post_hold_expire_and_merge() -> None:
    database.grant_rights(embedded_postgres.APP)
    with transaction.atomic():
        sql(f"SET LOCAL ROLE {embedded_postgres.APP}")
        post(give(10))
        post(take(3))
        wallet.hold(ANA, POINTS, 2, key="h", until=NOW + 9 * DAY, at=NOW, now=NOW, viewer=SYSTEM)
        wallet.merge_owner(ANA, BEN, source="t", key="m", at=NOW, now=NOW, viewer=SYSTEM)
        post(take(2, BEN, hold="h"))
        wallet.expire_due(now=NOW + 2 * DAY)
        wallet.freeze(BEN, reason="lost", now=NOW, viewer=SYSTEM)
        sql("RESET ROLE")
