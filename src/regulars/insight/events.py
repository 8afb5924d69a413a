"""What the insight room tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class CutPointsChanged:
    """The company scores its customers by other cut points of RFM from now on."""

    name: ClassVar[str] = "rfm.cut_points_changed"
