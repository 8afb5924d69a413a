"""Joins the rooms' Chinese catalogs and compiles them into the home folder, so that no binary is kept in the repository.

For the start of every process; does nothing when the compiled catalog is newer than every source.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings

_PACKAGE = Path(__file__).resolve().parent.parent


def compile_catalogs() -> None:
    """Write `locale/zh_Hans/LC_MESSAGES/django.mo` below the home folder from every room's `django.po`."""
    sources = sorted(_PACKAGE.glob("**/locale/zh_Hans/LC_MESSAGES/django.po"))
    target = Path(settings.LOCALE_PATHS[0]) / "zh_Hans" / "LC_MESSAGES" / "django.mo"
    if target.exists() and all(source.stat().st_mtime < target.stat().st_mtime for source in sources):
        return
    joined = Catalog(locale="zh_Hans", charset="utf-8")
    for source in sources:
        with source.open("rb") as file:
            for message in read_po(file, locale="zh_Hans"):
                if message.id and message.string:
                    joined.add(message.id, message.string, context=message.context)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, scratch = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        write_mo(file, joined)
    Path(scratch).replace(target)  # two processes may start at once: readers see a whole file
