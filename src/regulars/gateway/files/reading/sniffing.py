"""What a file is, judged by its first bytes and held against its name; then the reader that fits."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from pathlib import PurePath

from regulars.gateway.files import archives
from regulars.gateway.files.faults import FileRefusedError
from regulars.gateway.files.kinds import ENDINGS
from regulars.gateway.files.reading.rows import Request, Rows

_READERS = {"text": "csv_text", "xlsx": "sheets", "parquet": "parquet", "json": "json_text"}
_FOREIGN = (b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x7fELF", b"MZ")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def open_rows(request: Request, *, name: str, bytes_max: int) -> Rows:
    """Return the file as rows, unpacking it where it is packed."""
    found = _type_of(request)
    said = ENDINGS.get(PurePath(name.lower()).suffix, "")
    if found == "text" and said in {"json", "parquet"}:
        found = said  # its own reader says best what is wrong with it
    if said and said != found and not (said == "text" and found == "json"):
        raise FileRefusedError(
            "file.type_mismatch", f"The name says {said}, the content is {found}; give the file its right ending."
        )
    if found in {"zip", "gzip"}:
        target = request.folder / "unpacked"
        unpack = archives.unpack_zip if found == "zip" else archives.unpack_gzip
        inner = unpack(request.path, target, bytes_max=bytes_max)
        inner = name[:-3] if found == "gzip" else inner
        return open_rows(replace(request, path=target), name=inner, bytes_max=bytes_max)
    if found == "xlsx":
        archives.look_into(request.path, bytes_max=bytes_max)
    if said == "text":
        found = "text"
    reader = import_module(f"regulars.gateway.files.reading.{_READERS[found]}")  # the others are not worth the wait
    rows: Rows = reader.read(request)
    return rows


def _type_of(request: Request) -> str:
    with request.path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise FileRefusedError("file.empty", "The file is empty.")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "xlsx" if "[Content_Types].xml" in archives.names_in(request.path) else "zip"
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(_FOREIGN):
        raise FileRefusedError("file.type_unsupported", "This is no file of data; send CSV, XLSX, Parquet or JSON.")
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<") and not head.startswith(_UTF16):
        raise FileRefusedError("file.type_unsupported", "XML, HTML and SVG cannot be imported; send CSV or XLSX.")
    return "json" if text.startswith((b"{", b"[")) else "text"
