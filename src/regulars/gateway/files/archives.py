"""Zip and gzip: looked at before anything is unpacked, then one file taken out under a limit.

An XLSX workbook is a zip too, and is judged by the same rules before a library opens it.
"""

from __future__ import annotations

import gzip
import re
import stat
import zipfile
import zlib
from pathlib import Path
from typing import IO

from regulars.gateway.files import limits
from regulars.gateway.files.faults import FileRefusedError

_BLOCK = 2**20
_NESTED = (b"PK\x03\x04", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf")
_UNSAFE_XML = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


def unpack_zip(path: Path, target: Path, *, bytes_max: int) -> str:
    """Write the one file inside the zip to `target`; return its name."""
    with _opened(path) as package:
        entries = [entry for entry in package.infolist() if not entry.is_dir()]
        for entry in entries[:100]:
            _refuse_path(entry)
        if len(entries) != 1:
            raise FileRefusedError("archive.path", f"The archive holds {len(entries):,} files; send one at a time.")
        _refuse_ratio(entries[0].file_size, entries[0].compress_size, bytes_max)
        with package.open(entries[0]) as stream:
            _copy(stream, target, packed=path.stat().st_size, bytes_max=bytes_max)
        return entries[0].filename


def unpack_gzip(path: Path, target: Path, *, bytes_max: int) -> str:
    """Write what the gzip file holds to `target`; return the name without its ending."""
    with gzip.open(path) as stream:
        _copy(stream, target, packed=path.stat().st_size, bytes_max=bytes_max)
    return path.name


def look_into(path: Path, *, bytes_max: int) -> None:
    """Refuse a workbook that is a bomb, holds macros or links, or whose XML declares entities."""
    with _opened(path) as package:
        entries = package.infolist()
        if len(entries) > 10_000:
            raise FileRefusedError("archive.path", f"The workbook holds {len(entries):,} parts.")
        for entry in entries:
            _refuse_path(entry)
        _refuse_ratio(sum(e.file_size for e in entries), sum(e.compress_size for e in entries), bytes_max)
        names = [entry.filename.lower() for entry in entries]
        if any(name.endswith("vbaproject.bin") for name in names):
            raise FileRefusedError("xlsx.macro", "The workbook holds macros; save it as a plain .xlsx file.")
        if any(name.startswith("xl/externallinks/") for name in names):
            raise FileRefusedError("xlsx.external_link", "The workbook links to other files; paste the values instead.")
        for entry in entries:
            if entry.filename.endswith((".xml", ".rels")):
                _refuse_entities(package, entry)


def names_in(path: Path) -> set[str]:
    """Return the names of the parts of a zip."""
    with _opened(path) as package:
        return set(package.namelist())


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise FileRefusedError("archive.corrupt", "The archive is damaged.") from error


def _refuse_path(entry: zipfile.ZipInfo) -> None:
    name = entry.filename.replace("\\", "/")
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    if name.startswith("/") or ".." in name.split("/") or ":" in name or is_link:
        raise FileRefusedError("archive.path", "The archive holds a path that leads out of it, or a link.")
    if entry.flag_bits & 1:
        raise FileRefusedError("archive.encrypted", "The archive has a password; send it without one.")


def _refuse_ratio(unpacked: int, packed: int, bytes_max: int) -> None:
    if unpacked > max(limits.PACKED_SMALL_BYTES, packed * limits.RATIO_MAX):
        raise FileRefusedError("archive.ratio", "The archive would unpack to far more than files of data do.")
    if unpacked > bytes_max:
        raise FileRefusedError("file.too_large", "Unpacked, the file is larger than can be imported.")


def _copy(stream: IO[bytes] | gzip.GzipFile, target: Path, *, packed: int, bytes_max: int) -> None:
    """Copy while counting: what an archive says of its sizes is not believed."""
    done = 0
    try:
        with target.open("wb") as file:
            while block := stream.read(_BLOCK):
                if done == 0 and block.startswith(_NESTED):
                    raise FileRefusedError("file.type_mismatch", "There is an archive inside the archive.")
                done += len(block)
                _refuse_ratio(done, packed, bytes_max)
                file.write(block)
    except (zipfile.BadZipFile, zlib.error, EOFError, gzip.BadGzipFile) as error:
        raise FileRefusedError("archive.corrupt", "The archive is damaged.") from error


def _refuse_entities(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Look through one part: declared entities, and more rows than a sheet has, are seen before a library reads it."""
    kept = b""
    rows = 0
    with package.open(entry) as stream:
        while block := stream.read(_BLOCK):
            joined = kept + block
            if _UNSAFE_XML.search(joined):
                raise FileRefusedError("xml.entity", "The workbook declares XML entities, which could read other files.")
            rows += joined.count(b"<row ") - kept.count(b"<row ")
            if rows > limits.SHEET_ROWS_MAX:
                raise FileRefusedError("xlsx.too_many_rows", f"A sheet has at most {limits.SHEET_ROWS_MAX:,} rows.")
            kept = joined[-16:]
