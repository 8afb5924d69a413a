"""`{% lucide "search" size=16 %}` for every template: each icon is drawn once in a process, not once for each of its places.

The package's own tag opens its archive of all icons for each name, and puts the drawing together anew each time.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib import resources
from zipfile import ZipFile

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()
_HEAD = re.compile(r"<svg\s(.*?)>\s*", re.DOTALL)
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')


@register.simple_tag
def lucide(name: str, *, size: int = 24, **attributes: object) -> SafeString:
    """Return the icon as inline SVG with these attributes."""
    return _drawn(str(name), size, tuple((key, str(value)) for key, value in attributes.items()))


@lru_cache(maxsize=1024)
def _drawn(name: str, size: int, attributes: tuple[tuple[str, str], ...]) -> SafeString:
    text = _archive().read(f"{name}.svg").decode()
    head = _HEAD.search(text)
    assert head, name
    found = dict(_ATTRIBUTE.findall(head[1])) | {"width": size, "height": size}
    found |= {key.replace("_", "-"): value for key, value in attributes}
    del found["xmlns"]
    told = format_html_join(" ", '{}="{}"', found.items())
    return format_html("<svg {}>{}", told, SafeString(text[head.end() :].strip()))


@cache
def _archive() -> ZipFile:
    return ZipFile(str(resources.files("lucide") / "lucide.zip"))
