"""Stores."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from regulars.gateway.api.fields import Body, Currency, Line

Format = Literal["supermarket", "convenience", "department", "apparel", "pharmacy", "beauty", "online", "other"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-4]):[0-5][0-9]$", strict=True)]
Hours = Annotated[list[Annotated[list[Clock], Field(min_length=2, max_length=2)]], Field(max_length=4)]
EXAMPLE: dict[str, Any] = {
    "code": "S12",
    "name": "Harbor Street",
    "region_code": "NORTH",
    "timezone": "America/New_York",
    "day_cutoff_minutes": 240,
    "format": "supermarket",
    "open_hours": {"mon": [["08:00", "22:00"]]},
}


class StoreFields(Body):
    """What can be said of a store; what is left out, or null, stays as it is."""

    name: Annotated[str, Line(200, least=1)] | None = None
    region_code: Annotated[str, Line(64, least=1)] | None = Field(default=None, description="An unknown region is made.")
    region_name: Annotated[str, Line(200, least=1)] | None = Field(default=None, description="Of a region that is made now.")
    timezone: Annotated[str, Line(64, least=1)] | None = Field(default=None, description="IANA name. Default: the company's.")
    day_cutoff_minutes: int | None = Field(None, ge=0, le=1439, description="When the business day begins.", strict=True)
    format: Format | None = None
    open_hours: dict[Weekday, Hours] | None = Field(default=None, description="Local time, by weekday.")
    currency: Currency | None = Field(default=None, description="Default: the company's.")
    address: Annotated[str, Line(300)] | None = None
    city: Annotated[str, Line(120)] | None = None
    latitude: float | None = Field(default=None, ge=-90, le=90, strict=True)
    longitude: float | None = Field(default=None, ge=-180, le=180, strict=True)
    size_sqm: int | None = Field(default=None, ge=0, le=2**31 - 1, strict=True)
    opened_on: date | None = None
    closed_on: date | None = None


class StoreIn(StoreFields):
    """A store by its code."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    code: Annotated[str, Line(64, least=1)]


class StorePatch(StoreFields):
    """What shall change."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Harbor Street 12"}]})


class StoreOut(BaseModel):
    """A store."""

    id: int
    code: str
    name: str
    region_code: str | None
    timezone: str
    day_cutoff_minutes: int
    format: str
    open_hours: dict[str, list[list[str]]]
    currency: str
    address: str
    city: str
    latitude: float | None
    longitude: float | None
    size_sqm: int | None
    opened_on: date | None
    closed_on: date | None
    source: str
