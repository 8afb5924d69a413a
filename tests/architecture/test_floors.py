"""The floors hold in the database too: a foreign key points down, never up or sideways."""

from __future__ import annotations

import tomllib
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

ROOT = Path(__file__).parents[2]


def floors(contract_name: str = "Floors") -> list[list[str]]:
    """Return the rooms from the top floor down, as import-linter's contract has them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["name"] == contract_name)
    return [[room.strip() for room in layer.split("|")] for layer in layers]


def apps_from_the_top() -> list[list[str]]:
    """Return the rooms that are Django apps, floor by floor: loyalty is not one, its rooms are."""
    inside = floors("Floors of loyalty")
    return [app for floor in floors() for app in (inside if floor == ["loyalty"] else [floor])]


def test_foreign_keys_point_down() -> None:
    floor_of = {room: number for number, rooms in enumerate(apps_from_the_top()) for room in rooms}
    for model in apps.get_models():
        if not model.__module__.startswith("regulars."):
            continue
        for field in model._meta.get_fields():
            target = field.related_model if field.is_relation and not field.auto_created else None
            if target is None or not target.__module__.startswith("regulars."):
                continue
            here, there = model._meta.app_label, target._meta.app_label
            assert here == there or floor_of[there] > floor_of[here], f"{model.__name__}.{field.name} points up to {there}"


def test_every_room_has_its_floor() -> None:
    rooms = {path.parent.name for path in (ROOT / "src" / "regulars").glob("*/__init__.py")}
    assert rooms == {room for floor in floors() for room in floor}
    loyalty = ROOT / "src" / "regulars" / "loyalty"
    inside = {path.parent.name for path in loyalty.glob("*/__init__.py")} | {path.stem for path in loyalty.glob("[a-z]*.py")}
    assert inside == {room for floor in floors("Floors of loyalty") for room in floor}


@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration() -> None:
    report = StringIO()
    call_command("makemigrations", "--check", "--dry-run", stdout=report)
    assert "No changes detected" in report.getvalue()
