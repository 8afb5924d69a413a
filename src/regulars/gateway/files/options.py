"""How a file is to be read where it does not say so itself: the reader's choices, kept with the batch and the mapping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

from regulars.gateway.files.faults import FileRefusedError

_CHOICES = {
    "date_order": ("", "dmy", "mdy", "ymd"),
    "decimal_sign": ("", ".", ","),
    "excel_epoch": ("", "1900", "1904"),
    "customer_kind": ("external", "card", "phone", "email", "openid"),
    "separator": ("", ",", ";", "\t", "|"),
}


@dataclass(frozen=True, slots=True)
class Options:
    """Empty means: find out, and refuse the file where that is not certain."""

    encoding: str = ""
    separator: str = ""
    date_order: str = ""  # dmy, mdy or ymd for dates such as 12/11/10
    decimal_sign: str = ""  # once chosen, amounts may carry thousands marks and the currency's sign
    excel_epoch: str = ""  # 1900 or 1904, for dates that are plain numbers
    currency: str = ""  # of amounts without a currency column; empty: the store's
    sheet: str = ""
    category_separator: str = ""  # empty: " / " or ">"
    customer_kind: str = "external"  # what the customer column of receipts holds
    customer_namespace: str = ""
    constants: Mapping[str, str] = field(default_factory=dict)  # our field → the same value for every row

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Return the options that `values` holds; unknown ones are left out, impossible ones refused."""
        known = {item.name for item in fields(cls)}
        chosen = {key: value for key, value in values.items() if key in known and value is not None}
        for key, allowed in _CHOICES.items():
            if key in chosen and chosen[key] not in allowed:
                raise FileRefusedError("option.unknown", f"{key} is one of {', '.join(filter(None, allowed))}.")
        return cls(**chosen)

    def told(self) -> dict[str, Any]:
        """Return the options as they are kept."""
        return asdict(self)
