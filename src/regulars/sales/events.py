"""What the sales room tells the rooms above."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class ReceiptsRecorded:
    """New receipts are in. One event per recorded set; the receipts of a set share its transaction number.

    The receipts of tills are many small sets: one event tells of all since the last one, with the number of the newest.
    """

    name: ClassVar[str] = "receipts.recorded"
    written_xid: int
    receipts: int
    first_business_date: str
    last_business_date: str
    historical: bool  # history and opening data start no journey and reach nobody (P49)
    is_rated: bool = False  # what they earn was given and taken with them, by checkout
