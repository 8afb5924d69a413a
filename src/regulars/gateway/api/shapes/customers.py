"""Customers: who they are, what they are recognized by, and their computed figures."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from regulars.gateway.api.fields import Body, Line
from regulars.gateway.api.shapes.receipts import IdentifierKind

Tag = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f,;，]{1,60}$", strict=True)]
Birthday = Annotated[
    str,
    StringConstraints(pattern=r"^([0-9]{4}|-)-[0-9]{2}-[0-9]{2}$", strict=True),
    Field(description="1986-05-04, or --05-04 without a year.", examples=["1986-05-04"]),
]
CustomValue = Annotated[str, Line(500)] | bool | int | float
EXAMPLE: dict[str, Any] = {
    "phone": "+1 212 555 0142",
    "email": "ana@example.com",
    "name": "Ana Lopez",
    "gender": "F",
    "home_store": "S12",
    "joined_on": "2026-07-01",
    "tags": ["wine"],
}


class ProfileFields(Body):
    """What can be said of a customer; what is left out stays as it is."""

    kind: Literal["person", "household", "company"] | None = None
    name: Annotated[str, Line(200)] | None = None
    gender: Literal["F", "M", "X"] | None = None
    birth_date: Birthday | None = None
    address: Annotated[str, Line(300)] | None = None
    age_band: Annotated[str, Line(20)] | None = None
    occupation: Annotated[str, Line(80)] | None = None
    education: Annotated[str, Line(40)] | None = None
    income_band: Annotated[str, Line(40)] | None = None
    marital_status: Annotated[str, Line(20)] | None = None
    household_size: Annotated[str, Line(10)] | None = None
    household_structure: Annotated[str, Line(60)] | None = None
    children: Annotated[str, Line(20)] | None = None
    home_ownership: Annotated[str, Line(40)] | None = None
    lifestyle: Annotated[str, Line(80)] | None = None
    preferred_channel: Annotated[str, Line(40)] | None = None
    language: Annotated[str, Line(10)] | None = None
    city: Annotated[str, Line(120)] | None = None
    home_store: Annotated[str, Line(64, least=1)] | None = Field(
        default=None, description="Code. Default: the one store of the caller's key."
    )
    joined_on: date | None = None
    joined_through: Annotated[str, Line(80)] | None = None
    custom: dict[Annotated[str, StringConstraints(max_length=40)], CustomValue] | None = Field(
        default=None, max_length=100, description="By the key of the custom field."
    )
    tags: list[Tag] | None = Field(default=None, max_length=50, description="Added to those that are there.")


class CustomerIn(ProfileFields):
    """A customer with at least one identifier."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    phone: Annotated[str, Line(40, least=1)] | None = None
    email: Annotated[str, Line(200, least=1)] | None = None
    card: Annotated[str, Line(200, least=1)] | None = None
    external_id: Annotated[str, Line(200, least=1)] | None = Field(default=None, description="Id in the caller's system.")
    namespace: Annotated[str, Line(64)] | None = Field(
        default=None, description="Whose card or id it is. Default: the caller's own source."
    )


class CustomerPatch(ProfileFields):
    """What shall change: null or "" empties a field, tags are added."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"city": "Boston", "tags": ["wine"]}]})


class LookUp(Body):
    """What the customer is looked up by. In a body, so that no phone number stands in an address or a log."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"kind": "phone", "value": "+1 212 555 0142"}]})

    kind: IdentifierKind
    value: Annotated[str, Line(200, least=1)]
    namespace: Annotated[str, Line(64)] = Field(default="", description="Default: the caller's own source.")


class IdentifierOut(BaseModel):
    """Something the customer is recognized by; `value` is null for those who see contact data masked."""

    kind: str
    namespace: str
    value: str | None
    hint: str = Field(examples=["138****8000"])
    verified: bool
    source: str


class CustomerOut(BaseModel):
    """A customer. Contact data is masked by role: identifiers show their hint, birthday and address are null."""

    id: int
    kind: str
    name: str
    gender: str
    birth_date: str | None
    address: str | None
    age_band: str
    occupation: str
    education: str
    income_band: str
    marital_status: str
    household_size: str
    household_structure: str
    children: str
    home_ownership: str
    lifestyle: str
    preferred_channel: str
    language: str
    city: str
    custom: dict[str, Any]
    home_store: str | None
    joined_on: date | None
    joined_through: str
    identifiers: list[IdentifierOut]
    tags: list[str]
    completeness: int = Field(description="Percent of the fields that the company asks for.")
    is_masked: bool
    source: str
    created_at: datetime
    updated_at: datetime


class FiguresOut(BaseModel):
    """What the lake knows of a customer's buying as of `as_of`; amounts in minor units of the company's currency.

    Amounts count all stores together, so a caller bound to stores gets null for them.
    """

    as_of: date
    first_purchase_date: date
    last_purchase_date: date
    recency_days: int
    purchase_days: int
    receipts: int | None
    net_amount: int | None
    net_amount_12m: int | None
    discount_amount: int | None
    average_basket_amount: int | None
    interval_days: float | None
    due_date: date | None
    recency_score: int | None
    frequency_score: int | None
    monetary_score: int | None
    rfm_class: str
    stage: str
    pyramid: str
    category: str
    category_share: float | None
    store: str | None
    channel: str
    discount_share: float | None
