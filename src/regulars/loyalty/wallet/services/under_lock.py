"""Lock accounts and read of them what a decision needs.

For `posting`, `holding` and `merging`; nothing of an account is read before its lock is held.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from regulars.loyalty.wallet.rules.plan import Plan
from regulars.loyalty.wallet.services import rows
from regulars.loyalty.wallet.services.rows import Pair


def open_plan(
    wanted: Sequence[Pair],
    *,
    using: Iterable[Pair],
    now: datetime,
    giving_back: Collection[int] = (),
    capturing: Sequence[str] = (),
) -> Plan:
    """Lock the accounts `wanted` and return a plan that knows the lots of those in `using`, without holds that have lapsed."""
    accounts = rows.lock_accounts(wanted)
    rows.refuse_unknown_units(wanted, accounts)
    known = [accounts[pair] for pair in using]
    lots = rows.read_open_lots(known) if known else {}
    taken = rows.read_taken(sorted(giving_back), lots) if giving_back else {}
    plan = Plan(accounts, now, taken=taken)
    holding = [account.id for account in known if account.held]
    if holding:
        holds = rows.read_holds(holding, lots, until=now, keys=capturing)
        plan.holds = {hold.key: hold for hold in holds}
        for hold in holds:
            if hold.key not in capturing:
                plan.end_hold(hold, "lapsed", at=hold.until)
    return plan
