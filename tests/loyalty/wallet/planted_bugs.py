"""Plants bugs in a copy of the ledger, one by one, and sees that a test turns red for each (G41).

    uv run python -m tests.loyalty.wallet.planted_bugs [WORDS…]

Not collected by pytest: it runs pytest itself, a dozen times. Exit code 1 if a bug goes unnoticed.
"""

from __future__ import annotations

import sys
from dataclasses import replace

from tests.planting import Bug, run

LEDGER = "src/regulars/loyalty/wallet/"
RIGHTS = "src/regulars/core/database.py"
AT_ONCE = "test_at_once.py::test_a_wallet_of_100_pays_10_exactly_ten_times"
RINGS = "test_at_once.py::test_transfers_and_merges_among_ten_neither_lose_nor_make_nor_deadlock"
FLOAT = "int(numerator / denominator)"
EXACT = "(2 * numerator + denominator) // (2 * denominator)"
DEBT_COVERED = "max(0, sum(lot.free for lot in lots) - account.debt)"
UNIQUE = 'models.UniqueConstraint(fields=("source", "key"), name="transfer_once_per_source")'
ANYTHING = 'models.CheckConstraint(condition=models.Q(("at__isnull", False)), name="transfer_once_per_source")'


BUGS = [
    Bug("unique key dropped", LEDGER + "migrations/0*.py", UNIQUE, ANYTHING, "test_posting.py"),
    Bug("read, then write", LEDGER + "statements.py", "ORDER BY a.id FOR UPDATE OF a", "ORDER BY a.id", AT_ONCE),
    Bug("locks in any order", LEDGER + "statements.py", "ORDER BY a.id FOR UPDATE", "ORDER BY random() FOR UPDATE", RINGS),
    Bug("debt not covered", LEDGER + "rules/plan.py", DEBT_COVERED, "sum(lot.free for lot in lots)", "test_dates.py"),
    Bug("expired is spent", LEDGER + "rules/allocation.py", " and not is_expired(lot, at)", "", "test_dates.py"),
    Bug("given back twice", LEDGER + "services/rows.py", "house, lot, left)", "house, lot, left + 5)", "test_posting.py"),
    Bug("held lots expire", LEDGER + "statements.py", "l.remaining - l.held AS gone", "l.remaining AS gone", "test_holding.py"),
    Bug("rounding by float", LEDGER + "rules/liability.py", EXACT, FLOAT, "test_liability.py"),
    Bug("known is happened", LEDGER + "statement.py", "t.recorded_at <= %(known", "t.at <= %(known", "test_statements.py"),
    Bug("merge forgets debt", LEDGER + "rules/merging.py", "if source.debt:", "if source.debt > 10**9:", "test_dates.py"),
    Bug("amount not sealed", LEDGER + "seals.py", "house, amount, undoes_id", "house, undoes_id", "test_seals.py"),
    Bug(
        "facts may change",
        "src/regulars/core/database.py",
        "in [*fact_tables(), *changeable",
        "in [*changeable",
        "test_seals.py",
    ),
]

if __name__ == "__main__":
    sys.exit(run([replace(bug, test=f"tests/loyalty/wallet/{bug.test}") for bug in BUGS], sys.argv[1:]))
