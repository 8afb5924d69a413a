"""The words of all rooms together: one meaning each in Chinese, none forgotten, and a sentence for every deed of the trail."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.utils.translation import templatize

import regulars
from regulars.organization import wording

SOURCES = Path(regulars.__file__).parent
CATALOGS = sorted(SOURCES.glob("**/locale/zh_Hans/LC_MESSAGES/django.po"))
# Rooms that are being built; each leaves this list with its own catalog complete.
UNFINISHED: tuple[str, ...] = ()
_TEXT = r"""(?:u?"((?:[^"\\]|\\.)*)"|u?'((?:[^'\\]|\\.)*)')"""
_CALL = re.compile(rf"\b(?:_|gettext|gettext_lazy|ngettext|ngettext_lazy)\(\s*{_TEXT}((?:\s*{_TEXT})*)", re.DOTALL)
_IN_CONTEXT = re.compile(rf"\b(?:pgettext|pgettext_lazy|npgettext)\(\s*{_TEXT},\s*{_TEXT}((?:\s*{_TEXT})*)", re.DOTALL)
_PIECE = re.compile(_TEXT)
_RECORDED = re.compile(r"audit\.record\(\s*\w+,\s*\"([a-z_]+\.[a-z_]+)\"")


def said() -> dict[tuple[str | None, str], dict[str, set[str]]]:
    """Return (context, English) → Chinese → the rooms that say it so."""
    found: dict[tuple[str | None, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for path in CATALOGS:
        with path.open("rb") as file:
            for message in read_po(file, locale="zh_Hans"):
                english = message.id if isinstance(message.id, str) else message.id[0] if message.id else ""
                chinese = message.string if isinstance(message.string, str) else message.string[0]
                if english and chinese:
                    found[message.context, english][chinese].add(str(path.relative_to(SOURCES)).split("/locale")[0])
    return found


def marked() -> set[tuple[str | None, str, str]]:
    """Return (context, English, room) of every text that the code and the templates mark for translation."""
    found = set()
    for path in sorted([*SOURCES.rglob("*.py"), *SOURCES.rglob("templates/**/*.html")]):
        room = path.relative_to(SOURCES).as_posix()
        text = path.read_text("utf-8")
        text = templatize(text) if path.suffix == ".html" else text
        found |= {(None, _joined(call[0] or call[1], call[2]), room) for call in _CALL.findall(text)}
        found |= {(call[0] or call[1], _joined(call[2] or call[3], call[4]), room) for call in _IN_CONTEXT.findall(text)}
    return found


def _joined(first: str, rest: str) -> str:
    text = first + "".join(a or b for a, b in _PIECE.findall(rest))
    return text.encode("latin-1", "backslashreplace").decode("unicode_escape") if "\\" in text else text


def test_no_two_rooms_say_the_same_words_differently() -> None:
    clashes = {key: dict(chinese) for key, chinese in said().items() if len(chinese) > 1}
    assert clashes == {}, "give one of them a context, or agree on one wording"


def test_every_marked_text_is_said_in_chinese() -> None:
    known = set(said())
    missing = {
        (context, english, room)
        for context, english, room in marked()
        if (context, english) not in known and english.strip() and not room.startswith(UNFINISHED)
    }
    assert missing == set()


@pytest.mark.parametrize("room", sorted(path.parent.relative_to(SOURCES).as_posix() for path in SOURCES.rglob("deeds.py")))
def test_every_deed_of_a_room_has_words(room: str) -> None:
    deeds = {deed for path in (SOURCES / room).rglob("*.py") for deed in _RECORDED.findall(path.read_text("utf-8"))}
    assert deeds <= set(wording.DEEDS)
