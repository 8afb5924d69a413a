"""Two static files that nobody writes by hand: the style sheet joined from one file per component, and the Vega bundle.

For `collectstatic` (and the tests), through Django's staticfiles finders; the storage then gives them hashed names and
compresses them. The bundle comes out of vl-convert, so that no chart library is vendored or downloaded.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import vl_convert
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

CSS_FOLDER = Path(__file__).parent / "static" / "ui" / "css"
LAYERS = "@layer reset, tokens, base, layout, components, utilities;\n"
_FIRST = ("reset.css", "tokens.css", "base.css", "layout.css")


def style_sheet() -> str:
    """Return all component sheets as one, the order of the layers first."""
    rest = sorted(path.name for path in CSS_FOLDER.glob("*.css") if path.name not in _FIRST)
    return LAYERS + "".join((CSS_FOLDER / name).read_text() for name in (*_FIRST, *rest))


@cache
def vega() -> str:
    """Return Vega, Vega-Lite, the embedder and its expression interpreter (which needs no `eval`) as one module."""
    return str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))


GENERATED: dict[str, Callable[[], str]] = {"ui/regulars.css": style_sheet, "ui/vega.js": vega}


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="regulars-assets-"))


class GeneratedFinder(BaseFinder):
    """Finds the generated files; they are written anew only when their content has changed."""

    def check(self, **_kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **_kwargs: Any) -> Any:
        if path not in GENERATED:
            return []
        found = str(_write(path))
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[tuple[str, Storage]]:  # noqa: ARG002
        storage = FileSystemStorage(location=_folder())
        for path in GENERATED:
            _write(path)
            yield path, storage


def _write(path: str) -> Path:
    target = _folder() / path
    content = GENERATED[path]().encode()
    if not target.exists() or hashlib.sha256(target.read_bytes()).digest() != hashlib.sha256(content).digest():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return target
