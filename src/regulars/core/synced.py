"""Synced rows: each row carries the transaction that last wrote it, so that the lake copies it exactly once (D6).

For models that the lake holds. `written_xid` is set by the database on insert and, for tables given to
`touch_on_update`, on every update; no code can forget it. A restored copy lives in a cluster that counts transactions
anew: the function `regulars_xid_offset`, which `regulars restore` replaces, keeps the numbers growing.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.models import BigIntegerField, Func


class WrittenBy(Func):
    """The current transaction's number, never falling within one installation."""

    function = "regulars_xid"
    output_field = BigIntegerField()


class SyncedModel(models.Model):
    """A row that the lake copies."""

    written_xid = models.BigIntegerField(db_default=WrittenBy(), editable=False)

    class Meta:
        abstract = True


class Fact(SyncedModel):
    """A synced row that is only ever added: the application's database role may not change or delete it."""

    append_only: ClassVar[bool] = True

    class Meta:
        abstract = True


# Planned inline where a column default uses them, so that a bulk insert pays no call per row. The offset is a function
# and not a setting, because only a superuser may give a database a setting of its own.
CREATE_FUNCTIONS = """
DO $$ BEGIN
    IF to_regproc('regulars_xid_offset') IS NULL THEN
        CREATE FUNCTION regulars_xid_offset() RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT 0::bigint';
    END IF;
END $$;
CREATE OR REPLACE FUNCTION regulars_xid() RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT pg_current_xact_id()::text::bigint + regulars_xid_offset()
$$;
CREATE OR REPLACE FUNCTION regulars_xid_horizon() RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint + regulars_xid_offset()
$$;
CREATE OR REPLACE FUNCTION regulars_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.written_xid := regulars_xid(); RETURN NEW; END
$$;
"""


def set_offset(offset: int) -> str:
    """Return the statement with which a restored database counts on from beyond `offset`."""
    return (
        f"CREATE OR REPLACE FUNCTION regulars_xid_offset() RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT {offset:d}::bigint'"
    )


def touch_on_update(*tables: str) -> migrations.RunSQL:
    """Return the migration step that renews `written_xid` whenever a row of `tables` changes."""
    create = (
        f"CREATE TRIGGER {table}_touch BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION regulars_touch()"
        for table in tables
    )
    drop = (f"DROP TRIGGER {table}_touch ON {table}" for table in tables)
    return migrations.RunSQL("; ".join(create), "; ".join(drop))
