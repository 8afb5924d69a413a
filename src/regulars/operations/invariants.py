"""What must always be true of the database itself, whatever the rooms keep in it; proved by `regulars verify`."""

from __future__ import annotations

from datetime import timedelta

from django.apps import apps

from regulars.core import database
from regulars.core.invariants import Outcome, holds, offending
from regulars.core.outbox import ATTEMPTS_MAX
from regulars.core.synced import SyncedModel

_WAITS_MAX = timedelta(hours=1)


@holds("database.constraints", "Every key, check and index of the database is in force.")
def constraints_are_in_force() -> Outcome:
    return offending("""
        SELECT conrelid::regclass || ': ' || conname AS what FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND NOT convalidated
        UNION ALL
        SELECT indexrelid::regclass || ' is not usable' FROM pg_index WHERE NOT indisvalid
        UNION ALL
        SELECT tgrelid::regclass || ': trigger ' || tgname || ' is switched off' FROM pg_trigger
        WHERE tgenabled = 'D'""")


@holds("database.facts", "The application's role cannot change or delete a fact.")
def facts_are_out_of_reach() -> Outcome:
    if database.owns_tables():
        return Outcome(skipped=1, note="one database role does everything; see «regulars doctor»")
    return offending(
        """
        SELECT name || ': ' || privilege AS what
        FROM unnest(%(tables)s::text[]) AS name, unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) AS privilege
        WHERE has_table_privilege(current_user, name, privilege)""",
        {"tables": database.fact_tables()},
    )


@holds("database.numbers", "No row claims to be written by a transaction that is still to come.")
def numbers_are_past() -> Outcome:
    """A restored copy that counted its transactions anew would break this, and the lake would miss its rows."""
    tables = [model._meta.db_table for model in apps.get_models() if issubclass(model, SyncedModel)]
    return offending(
        " UNION ALL ".join(
            f"SELECT '{table}: ' || max(written_xid) AS what FROM {table} HAVING max(written_xid) > regulars_xid()"
            for table in tables
        )
    )


@holds("outbox.delivered", "Every event has reached its subscribers, or still tries within the hour.")
def outbox_is_drained() -> Outcome:
    return offending(
        """
        SELECT e.name || ' for ' || d.subscriber || ', tried ' || d.attempts || ' times ' || d.last_error AS what
        FROM core_outboxdelivery d JOIN core_outboxevent e ON e.id = d.event_id
        WHERE d.done_at IS NULL AND NOT EXISTS (SELECT FROM core_sendingpause)
            AND (d.attempts >= %(attempts)s OR e.occurred_at < now() - %(waits)s)""",
        {"attempts": ATTEMPTS_MAX, "waits": _WAITS_MAX},
    )
