"""The verbs of the ledger: the only code that writes its tables. `from regulars.loyalty.wallet import services as wallet`."""

from regulars.loyalty.wallet.errors import (
    AccountFrozenError,
    AdjustmentReasonError,
    GiveBackTooMuchError,
    HoldEndedError,
    InsufficientBalanceError,
    KeyReusedError,
    LedgerAmountError,
    MergeWithItselfError,
    UnitMismatchError,
    UnknownUnitError,
)
from regulars.loyalty.wallet.services.adjusting import Adjustment, adjust, ask_second
from regulars.loyalty.wallet.services.expiring import expire_due
from regulars.loyalty.wallet.services.freezing import freeze, unfreeze
from regulars.loyalty.wallet.services.holding import hold, release_hold, release_stale_holds
from regulars.loyalty.wallet.services.merging import merge_owner
from regulars.loyalty.wallet.services.opening import OpeningLot, open_balances
from regulars.loyalty.wallet.services.posting import post
from regulars.loyalty.wallet.services.rolling import forget_months, keep_months
from regulars.loyalty.wallet.services.units import define_unit

__all__ = [
    "AccountFrozenError",
    "Adjustment",
    "AdjustmentReasonError",
    "GiveBackTooMuchError",
    "HoldEndedError",
    "InsufficientBalanceError",
    "KeyReusedError",
    "LedgerAmountError",
    "MergeWithItselfError",
    "OpeningLot",
    "UnitMismatchError",
    "UnknownUnitError",
    "adjust",
    "ask_second",
    "define_unit",
    "expire_due",
    "forget_months",
    "freeze",
    "hold",
    "keep_months",
    "merge_owner",
    "open_balances",
    "post",
    "release_hold",
    "release_stale_holds",
    "unfreeze",
]
