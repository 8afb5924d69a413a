"""What the docs list is what the code has: modules, settings, commands, events and errors."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "regulars"
MODULES = sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)
FORBIDDEN = {"utils", "helpers", "common", "misc", "base", "manager", "handlers", "logic", "constants"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_every_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text())), f"{path} has no docstring"


def test_no_module_is_a_drawer() -> None:
    assert not [path for path in MODULES if path.stem in FORBIDDEN]


def test_every_setting_stands_in_the_example() -> None:
    code = "\n".join(path.read_text() for path in MODULES)
    read = set(re.findall(r"env\.(?:text|flag|integer|words)\(\s*\"([A-Z_]+)\"", code))
    read |= set(re.findall(r"environ(?:\.get\(|\[)\"(REGULARS_[A-Z_]+|DATABASE_[A-Z_]+)\"", code))
    listed = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert listed == read


def test_every_error_code_is_documented() -> None:
    codes = set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and any(_is_error(parent) for parent in node.bases):
                codes |= {
                    statement.value.value
                    for statement in node.body
                    if isinstance(statement, ast.Assign | ast.AnnAssign)
                    and _name(statement) == "code"
                    and isinstance(statement.value, ast.Constant)
                }
    documented = set(re.findall(r"^\| `([a-z_.]+)` \|", (ROOT / "docs" / "reference" / "errors.md").read_text(), re.MULTILINE))
    assert codes <= documented, f"not in docs/reference/errors.md: {sorted(codes - documented)}"


def test_every_link_between_docs_leads_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), SOURCE / "README.md"]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"


def _is_error(parent: ast.expr) -> bool:
    name = parent.attr if isinstance(parent, ast.Attribute) else getattr(parent, "id", "")
    return name.endswith("Error")


def _name(statement: ast.Assign | ast.AnnAssign) -> str:
    target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
    return getattr(target, "id", "")
