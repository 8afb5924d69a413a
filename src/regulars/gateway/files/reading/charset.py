"""Which characters the bytes of a text file mean, and the same text as UTF-8.

Detection is careful rather than clever: UTF-8 and byte order marks are certain, GB18030 is believed where the byte pairs look
like Chinese, and everything else is refused with the place of the first byte that fits nothing, never read as mojibake.
"""

from __future__ import annotations

import codecs
from pathlib import Path

from regulars.gateway.files.faults import FileRefusedError

_BLOCK = 4 * 2**20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ALLOWED = {"utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "big5", "shift_jis", "euc_kr",
            "cp1252", "iso8859-1", "iso8859-15", "cp1250", "cp1251"}  # fmt: skip


def find(path: Path, declared: str) -> str:
    """Return the encoding of the file: the declared one, or the one that is certain."""
    with path.open("rb") as file:
        head = file.read(4)
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), "")
    if marked or declared:
        return marked or _allowed(declared)
    offset = first_bad_byte(path, "utf-8")
    if offset is None:
        return "utf-8"
    if _looks_like_gb18030(path, offset):
        return "gb18030"
    raise FileRefusedError(
        "file.encoding",
        f"Byte {offset:,} is no UTF-8 text. Save the file as UTF-8, or say which encoding it has.",
    )


def to_utf8(path: Path, encoding: str, target: Path) -> None:
    """Write the text of `path` to `target` as UTF-8, or refuse at the first byte that does not fit."""
    offset = first_bad_byte(path, encoding)
    if offset is not None:
        raise FileRefusedError("file.encoding", f"Byte {offset:,} is no {encoding} text; choose another encoding.")
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as source, target.open("wb") as copy:
        while block := source.read(_BLOCK):
            copy.write(decoder.decode(block).encode("utf-8"))
        copy.write(decoder.decode(b"", final=True).encode("utf-8"))


def first_bad_byte(path: Path, encoding: str) -> int | None:
    """Return the offset of the first byte that `encoding` cannot explain, or none."""
    decoder = codecs.getincrementaldecoder(encoding)()
    done = 0
    with path.open("rb") as file:
        while True:
            block = file.read(_BLOCK)
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                return done - pending + error.start
            if not block:
                return None
            done += len(block)


def _allowed(name: str) -> str:
    try:
        known = codecs.lookup(name).name
    except LookupError:
        known = ""
    known = {"gbk": "gb18030", "gb2312": "gb18030"}.get(known, known)
    if known not in _ALLOWED:
        raise FileRefusedError("file.encoding", f"{name[:40]!r} is no encoding that can be read.")
    return known


def _looks_like_gb18030(path: Path, offset: int) -> bool:
    """Return whether the bytes pair up as Chinese does: trail bytes high, and mostly characters of everyday use."""
    if first_bad_byte(path, "gb18030") is not None:
        return False
    with path.open("rb") as file:
        file.seek(max(0, offset - 1))
        sample = file.read(2**20)
    pairs = everyday = high_trails = 0
    position = 0
    while position < len(sample) - 1:
        lead, trail = sample[position], sample[position + 1]
        if lead < 0x81:
            position += 1
            continue
        pairs += 1
        high_trails += trail >= 0xA1
        everyday += trail >= 0xA1 and (0xB0 <= lead <= 0xD7 or 0xA1 <= lead <= 0xA3)  # GB 2312 level 1 and punctuation
        position += 2
    return pairs > 0 and high_trails >= 0.9 * pairs and everyday >= 0.6 * pairs
