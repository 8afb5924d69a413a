"""Products and categories."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from regulars.gateway.api.fields import Amount, Body, Line

EXAMPLE: dict[str, Any] = {
    "sku": "SKU-1",
    "name": "Whole milk 1 l",
    "category": ["GROCERY", "DAIRY", "MILK"],
    "brand": "Alpenhof",
    "barcode": "4006381333931",
    "price_amount": "1.29",
}
CategoryPath = Annotated[list[Annotated[str, Line(120, least=1)]], Field(min_length=1, max_length=8)]


class ProductFields(Body):
    """What can be said of a product; what is left out, or null, stays as it is."""

    name: Annotated[str, Line(300, least=1)] | None = None
    category: CategoryPath | None = Field(default=None, description="From the department down.")
    brand: Annotated[str, Line(200, least=1)] | None = None
    private_label: bool | None = Field(default=None, description="Of the brand.")
    supplier_code: Annotated[str, Line(64, least=1)] | None = None
    supplier_name: Annotated[str, Line(200, least=1)] | None = None
    barcode: Annotated[str, Line(64)] | None = None
    package_size: Annotated[str, Line(80)] | None = None
    price_amount: Amount | None = Field(default=None, description="List price in the company's currency.")
    cost_amount: Amount | None = None
    counts_units: bool | None = Field(default=None, description="False where a quantity is no number of pieces (fuel).")


class ProductIn(ProductFields):
    """A product by its SKU."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    sku: Annotated[str, Line(64, least=1)]


class ProductPatch(ProductFields):
    """What shall change."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"price_amount": "1.35"}]})


class ProductOut(BaseModel):
    """A product. `cost_amount` is null for those who may not see costs."""

    id: int
    sku: str
    name: str
    category: int | None
    category_path: list[str]
    brand: str | None
    supplier_code: str | None
    barcode: str
    package_size: str
    price_amount: int | None
    cost_amount: int | None
    counts_units: bool
    is_placeholder: bool = Field(description="Sold before the catalog knew it; waits for its real data.")
    source: str
    created_at: datetime
    updated_at: datetime


class CategoryOut(BaseModel):
    """A node of the category tree."""

    id: int
    name: str
    path: list[str]
    level: int = Field(description="1 is a department.")
    parent: int | None
    counts_units: bool
