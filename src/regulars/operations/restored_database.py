"""The database's part of a restore: emptied, filled in one transaction, counted on, compared with the manifest."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils.dateparse import parse_datetime

from regulars.core import database, sending
from regulars.core.synced import set_offset
from regulars.loyalty.wallet import seals
from regulars.operations import backups, pg_programs, totals
from regulars.operations.manifest import Manifest
from regulars.operations.refusals import RestoreRefusedError
from regulars.organization import audit

# The schema itself stays: its owner and its extensions are the server's affair.
_EMPTY = """
DO $$ DECLARE statement text; BEGIN
    FOREACH statement IN ARRAY ARRAY(
        SELECT format('DROP TABLE IF EXISTS %s CASCADE', oid::regclass) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        UNION ALL
        SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', p.oid::regprocedure) FROM pg_proc p
        WHERE pronamespace = 'public'::regnamespace
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
        UNION ALL
        SELECT format('DROP TYPE IF EXISTS %s CASCADE', t.oid::regtype) FROM pg_type t
        WHERE typnamespace = 'public'::regnamespace
            AND (typtype IN ('d', 'e') OR (SELECT relkind FROM pg_class WHERE pg_class.oid = typrelid) = 'c')
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e'))
    LOOP EXECUTE statement; END LOOP;
END $$"""


def refuse_foreign_key(manifest: Manifest) -> None:
    """Refuse to restore under another master key: nobody's contact data could be read."""
    if backups.key_check() != manifest.key_check:
        raise RestoreRefusedError(
            "The backup was made under another master key. Set REGULARS_MASTER_KEY to the key of that installation."
        )


def refuse_newer(manifest: Manifest) -> None:
    """Refuse a backup of a newer release: this one does not know all of its tables."""
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    ours = {name.split(".")[0] for name in known}
    unknown = [name for name in manifest.migrations if name not in known and name.split(".")[0] in ours]
    if unknown:
        raise RestoreRefusedError(
            f"The backup was made by release {manifest.version}, which is newer than this one: {unknown[0]} is unknown."
            " Restore it with that release."
        )


def fill(manifest: Manifest, *, force: bool) -> None:
    """Restore the dump into an empty database; one that holds tables is emptied only by force."""
    with database.as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        if cursor.fetchone()[0] and not force:
            raise RestoreRefusedError("The database holds tables already. Replace them with --force.")
        cursor.execute(_EMPTY)
    pg_programs.run(
        "pg_restore", "--no-owner", "--no-privileges", "--no-comments", "--single-transaction", "--exit-on-error",
        "--dbname", "", str(manifest.folder / backups.DATABASE),
    )  # fmt: skip


def settle(manifest: Manifest, *, now: datetime) -> None:
    """Count transactions on, pause sending, give the roles their rights, and compare every total."""
    with database.as_owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(set_offset(manifest.counted_to))
        made_at = parse_datetime(manifest.made_at)
        sending.pause(f"Restored from the backup of {made_at:%Y-%m-%d %H:%M} UTC", now=now)
    with database.as_owner(), connection.cursor() as cursor:

        def ask(query: str) -> list[tuple[object, ...]]:
            cursor.execute(query)
            return list(cursor.fetchall())

        found = totals.count(ask)
        cursor.execute("ANALYZE")
    if found != manifest.totals:
        wrong = sorted(name for name in found.keys() | manifest.totals.keys() if found.get(name) != manifest.totals.get(name))
        raise RestoreRefusedError(f"The restored database differs from the backup in {', '.join(wrong[:5])}.")
    database.migrate()
    with database.as_owner():
        is_whole = audit.holds_seal(manifest.audit_seal) and not audit.check_chain()
        adds_up = seals.holds_seals(manifest.ledger_seals) and not seals.find_broken()
    if not is_whole:
        raise RestoreRefusedError("The audit trail in the backup is not the one that was sealed when it was made.")
    if not adds_up:
        raise RestoreRefusedError("The ledger in the backup is not the one that was sealed when it was made.")
