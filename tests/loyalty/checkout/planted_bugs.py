"""Plants bugs in a copy of what stands behind a till's door, one by one, and sees that a test over HTTP turns red (G41).

    uv run python -m tests.loyalty.checkout.planted_bugs [WORDS…]

Those of the ledger alone are planted by `tests.loyalty.wallet.planted_bugs`. Not collected by pytest: it runs pytest itself.
Exit code 1 if a bug goes unnoticed.
"""

from __future__ import annotations

import sys

from tests.planting import Bug, run

ROOM = "src/regulars/loyalty/"
TESTS = "tests/loyalty/checkout/"
HUNDRED = TESTS + "test_idempotency.py::test_a_hundred_copies_at_once_make_one_sale_each"
LIMIT_KEPT = "    WHERE a.id = l.id AND (a.uses_max IS NULL OR a.uses < a.uses_max)\n"

BUGS = [
    Bug(
        "unique key dropped",
        ROOM + "checkout/migrations/0*.py",
        'fields=("source", "store", "till", "number"), name="till_message_once"',
        'fields=("source", "store", "till", "number", "id"), name="till_message_once"',
        TESTS + "test_idempotency.py::test_the_database_itself_takes_no_number_twice",
    ),
    Bug(
        "copies not kept apart",
        ROOM + "checkout/services/journal.py",
        "true), pg_try_advisory_xact_lock(%(lock)s::bigint)",
        "true), %(lock)s::bigint IS NOT NULL",
        HUNDRED,
    ),
    Bug(
        "read, then write when points are redeemed",
        ROOM + "wallet/statements.py",
        "ORDER BY a.id FOR UPDATE OF a",
        "ORDER BY a.id",
        TESTS + "test_races.py::test_a_thousand_points_pay_ten_times_a_hundred",
    ),
    Bug(
        "coupon limit checked outside the transaction",  # by the quote's reading alone
        ROOM + "offers/statements.py",
        LIMIT_KEPT,
        "    WHERE a.id = l.id\n",
        TESTS + "test_races.py::test_an_offer_for_three_is_used_three_times",
    ),
    Bug(
        "prices rounded by float",
        ROOM + "checkout/rules/prices.py",
        "return (2 * amount + divisor) // (2 * divisor)",
        "return round(amount / divisor)",
        TESTS + "test_selling.py::test_a_weighed_article_costs_its_part",
    ),
    Bug(
        "refunds rounded by float",
        ROOM + "checkout/rules/refunds.py",
        "return amount * done // whole",
        "return round(amount * (done / whole))",
        TESTS + "test_taking_back.py::test_parts_come_back_to_the_cent",
    ),
    Bug(
        "sync commit off",
        "src/regulars/core/embedded_postgres.py",
        "max_wal_size = 4GB\n",
        "max_wal_size = 4GB\nsynchronous_commit = off\n",
        "tests/operations/test_health.py::test_a_whole_installation_is_ok",
    ),
    Bug(
        "sale and points in transactions of their own",
        ROOM + "checkout/database.py",
        "            with transaction.atomic():\n                return work()",
        "            return work()",
        TESTS + "test_points.py::test_points_are_not_spent_beyond_what_is_there",
    ),
]

if __name__ == "__main__":
    sys.exit(run(BUGS, sys.argv[1:]))
