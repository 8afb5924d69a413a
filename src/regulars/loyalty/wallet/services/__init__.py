"""The verbs of the ledger: the only code that writes its tables. `from regulars.loyalty.wallet import services as wallet`."""

from regulars.loyalty.wallet.errors import (
    AccountFrozenError,
    GiveBackTooMuchError,
    HoldEndedError,
    InsufficientBalanceError,
    KeyReusedError,
    LedgerAmountError,
    UnitMismatchError,
    UnknownUnitError,
)
from regulars.loyalty.wallet.services.posting import post
from regulars.loyalty.wallet.services.units import define_unit

__all__ = [
    "AccountFrozenError",
    "GiveBackTooMuchError",
    "HoldEndedError",
    "InsufficientBalanceError",
    "KeyReusedError",
    "LedgerAmountError",
    "UnitMismatchError",
    "UnknownUnitError",
    "define_unit",
    "post",
]
