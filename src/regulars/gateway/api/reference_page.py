"""The OpenAPI document made readable: operations by subject, their parameters and bodies as rows of a table.

For the page at `/api/v1/docs`, which needs no script and nothing from another server.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from regulars.gateway.api import reference


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One parameter or one field of a body."""

    name: str
    kind: str
    required: bool
    note: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as the page shows it."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    rights: list[str]
    parameters: list[FieldRow]
    media: str
    body: list[FieldRow]
    example: str
    answers: list[tuple[str, str]]


@require_safe
def document(_request: HttpRequest) -> HttpResponse:
    """Answer the OpenAPI document."""
    return HttpResponse(reference.dumps(), content_type="application/json; charset=utf-8")


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show the API's reference."""
    return render(
        request,
        "gateway/api_reference.html",
        {"subjects": subjects(), "rules": [(gettext(head), gettext(text)) for head, text in reference.RULES]},
    )


def subjects() -> list[tuple[str, str, list[Operation]]]:
    """Return (name, description, operations) in the order of the document's tags."""
    schema = reference.document()
    found: dict[str, list[Operation]] = {tag["name"]: [] for tag in schema["tags"]}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            found[operation["tags"][0]].append(_operation(path, method, operation))
    return [(tag["name"], tag["description"], found[tag["name"]]) for tag in schema["tags"]]


def _operation(path: str, method: str, operation: dict[str, Any]) -> Operation:
    content = operation.get("requestBody", {}).get("content", {})
    media, body = next(((media, it["schema"]) for media, it in content.items()), ("", {}))
    shape = _resolve(body)
    return Operation(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        description=operation.get("description", ""),
        rights=operation["x-required-rights"],
        parameters=[_parameter(it) for it in operation.get("parameters", [])],
        media=media,
        body=list(_fields(shape)) if shape else [],
        example=_example(shape),
        answers=[(status, HTTPStatus(int(status)).phrase) for status in operation["responses"]],
    )


def _parameter(given: dict[str, Any]) -> FieldRow:
    schema = given["schema"]
    note = given.get("description") or schema.get("description", "")
    return FieldRow(given["name"], _kind(schema), given.get("required", False), note, given["in"])


def _fields(shape: dict[str, Any], prefix: str = "", depth: int = 0) -> Iterator[FieldRow]:
    """Return the fields of an object; those of the objects in it, and in its lists, follow under their path."""
    required = set(shape.get("required", []))
    for name, schema in shape.get("properties", {}).items():
        yield FieldRow(prefix + name, _kind(schema), name in required, schema.get("description", ""))
        inner, mark = _inner(schema)
        if inner and depth < 3:
            yield from _fields(inner, f"{prefix}{name}{mark}.", depth + 1)


def _inner(schema: dict[str, Any]) -> tuple[dict[str, Any] | None, str]:
    for option in _options(schema):
        if "$ref" in option:
            return _resolve(option), ""
        if "$ref" in option.get("items", {}):
            return _resolve(option["items"]), "[]"
    return None, ""


def _kind(schema: dict[str, Any]) -> str:
    return " | ".join(dict.fromkeys(_plain_kind(it) for it in _options(schema)))


def _options(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what a value may be, one by one; a null says nothing worth reading."""
    if "anyOf" in schema:
        return [option for given in schema["anyOf"] for option in _options(given)]
    return [] if schema.get("type") == "null" else [schema]


def _plain_kind(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return " · ".join(map(str, schema["enum"]))
    if "$ref" in schema:
        return "object"
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type", "object"))


def _resolve(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    found: dict[str, Any] = reference.document()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    return found


def _example(shape: dict[str, Any]) -> str:
    examples = shape.get("examples", [])
    return json.dumps(examples[0], indent=2, ensure_ascii=False) if examples else ""
