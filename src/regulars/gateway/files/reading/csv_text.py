"""Delimited text: a fast path through Arrow for what is well formed, and an exact one that finds the row of a fault.

The whole file is looked over before the first row is given on, so that a fault on the last line leaves nothing imported.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from regulars.gateway.files import limits
from regulars.gateway.files.faults import FileRefusedError
from regulars.gateway.files.reading import charset
from regulars.gateway.files.reading.rows import ROW, Request, Rows, batched, checked_header, column_name

_BLOCK = 8 * 2**20
_SEPARATORS = ",;\t|"


def read(request: Request) -> Rows:
    """Return the rows of delimited text."""
    encoding = charset.find(request.path, request.options.encoding)
    path = request.path
    if encoding != "utf-8":
        path = request.folder / "text.csv"
        charset.to_utf8(request.path, encoding, path)
    looks = _look_over(path, request.options.separator, whole=request.whole)
    told = {"encoding": encoding.removesuffix("-sig"), "separator": looks.separator}
    batches = _fast(path, looks) if not looks.needs_care else _exact(path, looks)
    return Rows(header=looks.header, batches=batches, told=told)


@dataclass(slots=True)
class _Looks:
    header: list[str]
    separator: str
    needs_care: bool  # quotes or blank lines that only the exact reader understands
    odd_quotes: bool


def _look_over(path: Path, separator: str, *, whole: bool) -> _Looks:
    end = _end_of_text(path)
    if not whole:
        end = min(end, _BLOCK)
    if end == 0:
        raise FileRefusedError("file.empty", "The file is empty.")
    with path.open("rb") as file:
        head = file.read(limits.HEADER_BYTES_MAX).removeprefix(codecs.BOM_UTF8)
    separator = separator or _separator_of(head)
    header = _header_of(head, separator)
    scan = _Scan(separator)
    with path.open("rb") as file:
        done = 0
        while done < end and (block := file.read(min(_BLOCK, end - done))):
            scan.add(block)
            done += len(block)
    odd_quotes = scan.quotes % 2 == 1
    return _Looks(header, separator, scan.needs_care or odd_quotes, odd_quotes)


def _end_of_text(path: Path) -> int:
    """Return the size of the file without the blank space at its end."""
    size = path.stat().st_size
    with path.open("rb") as file:
        while size:
            start = max(0, size - 65_536)
            file.seek(start)
            tail = file.read(size - start).rstrip(b" \t\r\n")
            if tail:
                return 0 if start + len(tail) <= 3 and tail == b"\xef\xbb\xbf" else start + len(tail)
            size = start
    return 0


def _separator_of(head: bytes) -> str:
    """Return the separator that most evenly divides the first lines."""
    lines = head[:65_536].decode("utf-8", "replace").splitlines()[:20]
    first = lines[0] if lines else ""
    counts = {mark: _outside_quotes(first, mark) for mark in _SEPARATORS}
    even = {
        mark: count * (1 + sum(_outside_quotes(line, mark) == count for line in lines[1:])) for mark, count in counts.items()
    }
    best = max(even, key=lambda mark: even[mark])
    return best if even[best] else ","


def _outside_quotes(line: str, mark: str) -> int:
    return sum(part.count(mark) for part in line.split('"')[::2])


def _header_of(head: bytes, separator: str) -> list[str]:
    text = head.decode("utf-8", "replace")
    csv.field_size_limit(limits.CHARACTERS_PER_CELL_MAX)
    try:
        names = next(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except (csv.Error, StopIteration) as error:
        raise FileRefusedError(*_code_of(str(error)), row=1) from None
    if "\0" in "".join(names):
        raise FileRefusedError("csv.nul", "The header holds a NUL character; this is no text file.", row=1)
    return checked_header(names)


class _Scan:
    """Looks at all bytes once: NUL, quotes in odd places, blank lines."""

    def __init__(self, separator: str) -> None:
        self.fine = np.zeros(256, dtype=bool)
        self.fine[list(f'{separator}\r\n"'.encode())] = True
        self.quotes = 0
        self.needs_care = False
        self.before = b"\n"

    def add(self, block: bytes) -> None:
        if b"\0" in block:
            self.needs_care = True
        joined = self.before + block
        if b"\n\n" in joined or b"\r\r" in joined or b"\n\r\n" in joined:
            self.needs_care = True
        count = block.count(b'"')
        self.quotes += count
        if count and not self.needs_care:
            self._look_at_quotes(joined)
        self.before = joined[-3:]

    def _look_at_quotes(self, joined: bytes) -> None:
        """A quote with text on both sides is either a plain character or a fault: the exact reader tells which."""
        data = np.frombuffer(joined, dtype=np.uint8)
        places = np.flatnonzero(data == 34)
        places = places[(places > 0) & (places < len(data) - 1)]
        odd = ~self.fine[data[places - 1]] & ~self.fine[data[places + 1]]
        self.needs_care = bool(odd.any())


def _fast(path: Path, looks: _Looks) -> Iterator[pa.RecordBatch]:
    names = [column_name(index) for index in range(len(looks.header))]
    number = 2
    try:
        reader = arrow_csv.open_csv(
            path,
            read_options=arrow_csv.ReadOptions(block_size=_BLOCK, column_names=names, skip_rows_after_names=1),
            parse_options=arrow_csv.ParseOptions(delimiter=looks.separator, newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
        )
        for batch in reader:
            if _longest(batch) > limits.CHARACTERS_PER_CELL_MAX:
                raise pa.ArrowInvalid("a cell is too long")
            rows = pa.array(np.arange(number, number + batch.num_rows, dtype=np.int64))
            number += batch.num_rows
            yield pa.RecordBatch.from_arrays([rows, *batch.columns], names=[ROW, *names])
    except pa.ArrowInvalid as error:
        _refuse_exactly(path, looks)
        raise FileRefusedError("csv.columns", "A row of the file cannot be read.") from error


def _longest(batch: pa.RecordBatch) -> int:
    return max((pc.max(pc.binary_length(column)).as_py() or 0 for column in batch.columns), default=0)


def _refuse_exactly(path: Path, looks: _Looks) -> None:
    """Read the file row by row until the fault raises itself, with its row."""
    for _ in _records(path, looks):
        pass


def _exact(path: Path, looks: _Looks) -> Iterator[pa.RecordBatch]:
    return batched(_records(path, looks), width=len(looks.header))


def _records(path: Path, looks: _Looks) -> Iterator[tuple[int, list[str | None]]]:
    """Give each record with its number, counting blank lines as a spreadsheet does; raise at the first fault."""
    csv.field_size_limit(limits.CHARACTERS_PER_CELL_MAX)
    width = len(looks.header)
    number = 1
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=looks.separator, strict=True)
        next(reader)
        while True:
            number += 1
            try:
                record = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                code, message = _code_of(str(error), odd_quotes=looks.odd_quotes)
                raise FileRefusedError(code, f"Row {number:,}: {message}", row=number) from None
            if not record:
                continue
            if len(record) != width:
                raise FileRefusedError(
                    "csv.columns",
                    f"Row {number:,} has {len(record)} cells, the header {width}. Is a separator inside a cell not quoted?",
                    row=number,
                )
            _refuse_nul(record, looks, number)
            yield number, list(record)


def _refuse_nul(record: list[str], looks: _Looks, number: int) -> None:
    for name, cell in zip(looks.header, record, strict=True):
        if "\0" in cell:
            raise FileRefusedError("csv.nul", f"Row {number:,} holds a NUL character.", row=number, column=name)


def _code_of(error: str, *, odd_quotes: bool = False) -> tuple[str, str]:
    if "NUL" in error:
        return "csv.nul", "there is a NUL character."
    if "limit" in error and not odd_quotes:
        return "csv.field_too_long", f"a cell is longer than {limits.CHARACTERS_PER_CELL_MAX:,} characters."
    return "csv.quote", "a quotation mark is not closed, or stands inside a quoted cell without being doubled."
