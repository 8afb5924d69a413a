"""The metric registry and reports from it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from regulars.gateway.api.fields import Filters, Line
from regulars.insight.metrics.registry import METRICS
from regulars.insight.metrics.rows import KEYS

METRICS_MAX = 30
KEYS_MAX = 3
STORES_MAX = 200


def _known(words: str, *, known: Any, most: int, code: str) -> str:
    named = words.split(",")
    unknown = [word for word in named if word not in known]
    if unknown:
        raise PydanticCustomError(code, "Choose from {choices}.", {"choices": ", ".join(known)})
    if len(named) > most or len(set(named)) < len(named):
        raise PydanticCustomError("field.too_long", "Name each once, at most {most}.", {"most": most})
    return words


def _metrics(words: str) -> str:
    return _known(words, known=METRICS, most=METRICS_MAX, code="metric.unknown")


def _keys(words: str) -> str:
    return _known(words, known=KEYS, most=KEYS_MAX, code="report.by")


class ReportFilters(Filters):
    """What the report is about; words of a list are parted by commas."""

    metrics: Annotated[str, Line(1_000, least=1), AfterValidator(_metrics)] = Field(examples=["net_sales,receipts"])
    date_from: date = Field(description="First business date.")
    date_to: date = Field(description="Last business date.")
    by: Annotated[str, Line(200, least=1), AfterValidator(_keys)] | None = Field(
        default=None, description=f"Break down by up to {KEYS_MAX} of: {', '.join(KEYS)}.", examples=["month,store"]
    )
    stores: Annotated[str, Line(10_000, least=1)] | None = Field(default=None, description="Codes of stores.")
    region: Annotated[str, Line(64, least=1)] | None = Field(default=None, description="Code of a region.")
    category: Annotated[str, Line(400, least=1)] | None = Field(
        default=None, description='Path of a category, levels parted by " / "; those below it count too.'
    )
    channel: Literal["store", "online", "app", "marketplace", "phone"] | None = None
    member: bool | None = Field(default=None, description="Receipts with a known customer, or without.")


class MetricOut(BaseModel):
    """One metric of the registry, in the caller's language (`Accept-Language`)."""

    key: str
    name: str
    formula: str
    unit: str = Field(description="money (minor units), count, share (0 to 1) or days")
    better: str = Field(description="Which direction is good news: up, down or neither.")


class RegistryOut(BaseModel):
    """All metrics; `version` rises when a definition changes."""

    version: int
    metrics: list[MetricOut]


class ReportOut(BaseModel):
    """One row per group: the keys of `by`, then each metric. Where a masked role meets a small group, figures are null and
    `suppressed` is true."""

    version: int
    currency: str
    date_from: date
    date_to: date
    by: list[str]
    rows: list[dict[str, Any]]
