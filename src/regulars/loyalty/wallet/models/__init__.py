"""The ledger's tables: value (units, accounts), what happened to it (transfers, entries), what is left (lots, holds)."""

from regulars.loyalty.wallet.models.accounts import Account, Unit
from regulars.loyalty.wallet.models.holds import Hold, HoldLot
from regulars.loyalty.wallet.models.lots import Lot
from regulars.loyalty.wallet.models.months import LiabilityMark, LiabilityMonth
from regulars.loyalty.wallet.models.seals import Seal
from regulars.loyalty.wallet.models.transfers import Entry, Transfer

__all__ = ["Account", "Entry", "Hold", "HoldLot", "LiabilityMark", "LiabilityMonth", "Lot", "Seal", "Transfer", "Unit"]
