"""What must always be true of the ledger (G6); proved by `regulars verify`.

The large sums are made once each: one pass over the entries by transfer, one by account and lot.
"""

from __future__ import annotations

from regulars.core.invariants import EXAMPLES_MAX, Outcome, holds, offending
from regulars.loyalty.wallet import seals


@holds("wallet.transfers", "The entries of every transfer add up to zero in each unit.")
def transfers_balance() -> Outcome:
    return offending("""
        SELECT 'transfer ' || transfer_id || ' in unit ' || unit_id AS what
        FROM wallet_entry GROUP BY transfer_id, unit_id HAVING sum(amount) <> 0""")


@holds("wallet.balances", "Every account's balance is the sum of its entries, and its debt the sum of those on no lot.")
def balances_are_sums() -> Outcome:
    return offending("""
        SELECT 'account ' || coalesce(a.id, e.account_id) AS what
        FROM wallet_account a
        FULL JOIN (
            SELECT account_id, sum(amount) AS balance, -coalesce(sum(amount) FILTER (WHERE lot_id IS NULL), 0) AS debt
            FROM wallet_entry WHERE account_id IS NOT NULL GROUP BY account_id
        ) e ON e.account_id = a.id
        WHERE (a.balance, a.debt) IS DISTINCT FROM (coalesce(e.balance, 0), coalesce(e.debt, 0))""")


@holds("wallet.lots", "What is left in every lot is the sum of its entries.")
def lots_are_sums() -> Outcome:
    return offending("""
        SELECT 'lot ' || coalesce(l.id, e.lot_id) AS what
        FROM wallet_lot l
        FULL JOIN (SELECT lot_id, sum(amount) AS remaining FROM wallet_entry WHERE lot_id IS NOT NULL GROUP BY lot_id) e
            ON e.lot_id = l.id
        WHERE l.remaining IS DISTINCT FROM coalesce(e.remaining, 0)""")


@holds("wallet.accounts_and_lots", "Every account's balance is what its lots hold less its debt.")
def accounts_are_their_lots() -> Outcome:
    return offending("""
        SELECT 'account ' || coalesce(a.id, l.account_id) AS what
        FROM wallet_account a
        FULL JOIN (SELECT account_id, sum(remaining) AS remaining FROM wallet_lot GROUP BY account_id) l
            ON l.account_id = a.id
        WHERE a.balance IS DISTINCT FROM coalesce(l.remaining, 0) - a.debt""")


@holds("wallet.holds", "What accounts and lots hold is what their open holds reserve.")
def holds_are_reserved() -> Outcome:
    return offending("""
        WITH open AS (
            SELECT h.id, h.account_id, h.amount, p.lot_id, p.amount AS part
            FROM wallet_hold h LEFT JOIN wallet_holdlot p ON p.hold_id = h.id WHERE h.state = 'open'
        )
        SELECT 'hold ' || id || ' of account ' || min(account_id) AS what
        FROM open GROUP BY id HAVING min(amount) <> coalesce(sum(part), 0)
        UNION ALL
        SELECT 'lot ' || l.id FROM wallet_lot l
        FULL JOIN (SELECT lot_id, sum(part) AS held FROM open GROUP BY lot_id) o ON o.lot_id = l.id
        WHERE l.held IS DISTINCT FROM coalesce(o.held, 0)
        UNION ALL
        SELECT 'account ' || a.id FROM wallet_account a
        FULL JOIN (SELECT account_id, sum(part) AS held FROM open GROUP BY account_id) o ON o.account_id = a.id
        WHERE a.held IS DISTINCT FROM coalesce(o.held, 0)
        UNION ALL
        SELECT 'hold ' || h.id || ' on a lot of another account' FROM wallet_hold h
        JOIN wallet_holdlot p ON p.hold_id = h.id JOIN wallet_lot l ON l.id = p.lot_id
        WHERE h.state = 'open' AND l.account_id <> h.account_id""")


@holds("wallet.given_back", "Nothing gives back more than was taken, nor anything else than what was taken.")
def nothing_comes_back_twice() -> Outcome:
    return offending("""
        SELECT 'entry ' || u.undoes_id AS what
        FROM (SELECT undoes_id, unit_id, sum(amount) AS back, min(amount) AS least FROM wallet_entry
            WHERE undoes_id IS NOT NULL GROUP BY undoes_id, unit_id) u
        LEFT JOIN wallet_entry e ON e.id = u.undoes_id AND e.unit_id = u.unit_id AND e.account_id IS NOT NULL
        WHERE e.id IS NULL OR u.least <= 0 OR u.back > -e.amount""")


@holds("wallet.running", "The balance written with each entry is the sum of the account's entries up to it.")
def running_balances_run() -> Outcome:
    return offending("""
        SELECT 'entry ' || id AS what
        FROM (SELECT id, balance_after, sum(amount) OVER (PARTITION BY account_id ORDER BY id) AS sum
            FROM wallet_entry WHERE account_id IS NOT NULL) e
        WHERE balance_after <> sum""")


@holds("wallet.places", "Every entry stands on an account of its unit and a lot of its account, under a transfer.")
def entries_are_in_place() -> Outcome:
    return offending("""
        SELECT 'entry ' || e.id AS what
        FROM wallet_entry e
        LEFT JOIN wallet_transfer t ON t.id = e.transfer_id
        LEFT JOIN wallet_account a ON a.id = e.account_id
        LEFT JOIN wallet_lot l ON l.id = e.lot_id
        WHERE t.id IS NULL OR (e.account_id IS NOT NULL AND a.unit_id IS DISTINCT FROM e.unit_id)
            OR (e.lot_id IS NOT NULL AND l.account_id IS DISTINCT FROM e.account_id)
        UNION ALL
        SELECT 'lot ' || l.id FROM wallet_lot l
        LEFT JOIN wallet_transfer t ON t.id = l.transfer_id
        LEFT JOIN wallet_transfer r ON r.id = l.root_transfer_id
        WHERE t.id IS NULL OR r.id IS NULL""")


@holds("wallet.seals", "No sealed transfer, entry or lot was changed, added or removed.")
def seals_are_whole() -> Outcome:
    broken = seals.find_broken()
    told = tuple(f"{one.table} {one.row_id}: {one.reason}" for one in broken[:EXAMPLES_MAX])
    return Outcome(broken=len(broken), examples=told)
