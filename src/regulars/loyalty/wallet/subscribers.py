"""What the wallet does about events of the rooms below: balances follow customers who turn out to be one (P28)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from regulars.core.outbox import on
from regulars.loyalty.wallet import services
from regulars.loyalty.wallet.commands import Owner, OwnerKind
from regulars.organization import access


@on("customers.merged")
def merge_wallets(payload: dict[str, Any], now: datetime) -> None:
    """Move every lot, hold and debt to the customer who lives; a second time, what has come in since."""
    into, viewer = Owner(OwnerKind.CUSTOMER, payload["holder"]), access.system("wallet")
    for gone in payload["gone"]:
        key = f"{gone}/{into.id}/{now.isoformat()}"
        services.merge_owner(
            Owner(OwnerKind.CUSTOMER, gone), into, source="customers.merged", key=key, at=now, now=now, viewer=viewer
        )
