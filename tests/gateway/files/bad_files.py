"""About ninety files that somebody sends one day, each with what has to happen to it. Made anew by each run, seeded.

`REFUSED`: the whole file is refused with a code, at a place. `REJECTED`: the row is, others go in. `TAKEN`: it only looks bad.
"""

# ruff: noqa: E501, DTZ001  (a case reads best on one line; a cell of a spreadsheet has no zone)
from __future__ import annotations

import gzip
import io
import json
import random
import stat
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

_SEED = 20260910
GOOD = "phone,name\n13800138000,张敏\n"
SALES = "receipt_id,store,sold_at,product,paid_amount\n"
LINE = "R1,SH-1,2026-03-14 18:25:07,P1,10.00\n"


@dataclass(frozen=True, slots=True)
class Case:
    """One file: its name, how to make its bytes, and what is expected."""

    name: str
    content: Callable[[], bytes]
    code: str = ""
    row: int | None = None
    column: str | None = None
    kind: str = "customers"
    options: dict[str, Any] = field(default_factory=dict)
    mapping: dict[str, str] | None = None
    created: int = 0


def _text(text: str, encoding: str = "utf-8") -> Callable[[], bytes]:
    return lambda: text.encode(encoding)


def _raw(content: bytes) -> Callable[[], bytes]:
    return lambda: content


def _zip(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> Callable[[], bytes]:
    def make() -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
            for name, content in entries:
                package.writestr(name, content)
        return buffer.getvalue()

    return make


def _link() -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo("customers.csv")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def _sheet(*rows: list[Any], edit: Callable[[Any], None] | None = None) -> Callable[[], bytes]:
    def make() -> bytes:
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        if edit:
            edit(book)
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()

    return make


def _with_part(make: Callable[[], bytes], name: str, change: Callable[[bytes], bytes]) -> Callable[[], bytes]:
    """Return the workbook with one of its parts changed or added."""

    def made() -> bytes:
        source = zipfile.ZipFile(io.BytesIO(make()))
        parts = {entry: source.read(entry) for entry in source.namelist()}
        parts[name] = change(parts.get(name, b""))
        return _zip(*parts.items())()

    return made


def _entity(body: bytes) -> Callable[[bytes], bytes]:
    return lambda part: part.replace(b"<worksheet", body + b"<worksheet", 1)


def _parquet(columns: dict[str, Any], **options: Any) -> Callable[[], bytes]:
    def make() -> bytes:
        buffer = io.BytesIO()
        pq.write_table(pa.table(columns), buffer, **options)
        return buffer.getvalue()

    return make


def _number_format(book: Any) -> None:
    book.active["A2"].number_format = "00000000000"


def _many_rows() -> bytes:
    """A sheet one row longer than a sheet can be, written by hand: a library would need a minute."""
    small = _sheet(["phone", "name"])()
    rows = b"".join(b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>x</t></is></c></row>' % (n, n) for n in range(2, 1_048_578))
    head = b'<row r="1"><c r="A1" t="inlineStr"><is><t>phone</t></is></c></row>'
    sheet = (
        b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        + head + rows + b"</sheetData></worksheet>"
    )  # fmt: skip
    return _with_part(lambda: small, "xl/worksheets/sheet1.xml", lambda _: sheet)()


def _huge_count() -> bytes:
    """A small Parquet file whose page header claims two thousand million values (arrow #49955)."""
    content = bytearray(_parquet({"phone": ["13800138000"] * 3}, compression="none", use_dictionary=False)())
    place = content.find(b"\x15\x06")  # thrift: num_values = 3, zigzag
    end = struct.unpack("<I", content[-8:-4])[0]
    while 0 <= place < len(content) - end:
        content[place : place + 2] = b"\x15\x7e"
        place = content.find(b"\x15\x06", place + 2)
    return bytes(content)


def _rle_bomb() -> bytes:
    """One megabyte that says the same value four hundred million times."""
    buffer = io.BytesIO()
    table = pa.table({"phone": pa.array(["13800138000"]).dictionary_encode().take(pa.array([0] * 4_000_000))})
    with pq.ParquetWriter(buffer, table.schema, compression="zstd") as writer:
        for _ in range(100):
            writer.write_table(table)
    return buffer.getvalue()


def _noise(size: int) -> bytes:
    return random.Random(_SEED).randbytes(size)


def _entries(count: int) -> Callable[[], bytes]:
    return _zip(*((f"{number}.csv", b"x") for number in range(count)))


_WIDE = ",".join(f"c{number}" for number in range(100_000))
_BOMB = b"phone,name\n" + b"0" * (200 * 2**20)
_LAUGHS = b'<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
_XXE = b'<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
_PLAIN_SHEET = _sheet(["phone", "name"], ["13800138000", "Ana"])

REFUSED = (
    # Text
    Case("empty.csv", _raw(b""), "file.empty"),
    Case("blank.csv", _raw(b" \r\n\r\n "), "file.empty"),
    Case("mark-only.csv", _raw(b"\xef\xbb\xbf"), "file.empty"),
    Case("latin-1.csv", _text("phone,name\n13800138000,Jürgen Müller\n", "latin-1"), "file.encoding"),
    Case("utf-16-without-mark.csv", _text(GOOD, "utf-16-le"), "csv.nul"),
    Case("declared-wrongly.csv", _raw(b"phone,name\n1380013800\xff,x\n"), "file.encoding", options={"encoding": "gb18030"}),
    Case("unknown-encoding.csv", _text(GOOD), "file.encoding", options={"encoding": "klingon"}),
    Case("truncated-character.csv", _raw(GOOD.encode()[:-2]), "file.encoding"),
    Case("unclosed-quote.csv", _text('phone,name\n13800138000,Ana\n13800138001,"Ben\n13800138002,C\n'), "csv.quote", 3),
    Case("quote-inside.csv", _text('phone,name\n13800138000,"Ana" Lopez\n'), "csv.quote", 2),
    Case("unclosed-quote-huge.csv", _text('phone,name\n1,"' + "x,y\n" * 100_000), "csv.quote", 2),
    Case("short-row.csv", _text("phone,name\n13800138000,Ana\n13800138001\n"), "csv.columns", 3),
    Case("long-row.csv", _text("phone,name\n13800138000,Ana,x\n"), "csv.columns", 2),
    Case("short-last-row.csv", _text("phone,name\n" + "13800138000,Ana\n" * 50_000 + "x\n"), "csv.columns", 50_002),
    Case("long-row-after-blank.csv", _text("phone,name\n\n13800138000,Ana,x\n"), "csv.columns", 3),
    Case("long-field.csv", _text("phone,name\n1,Ana\n2," + "x" * 131_073 + "\n"), "csv.field_too_long", 3),
    Case("nul.csv", _raw(b"phone,name\n13800138000,A\0na\n"), "csv.nul", 2, "name"),
    Case("nul-header.csv", _raw(b"ph\0one,name\n13800138000,Ana\n"), "csv.nul", 1),
    Case("hundred-thousand-columns.csv", _text(_WIDE + "\n"), "csv.too_many_columns", 1),
    Case("duplicate-header.csv", _text("phone,name,phone\n1,x,2\n"), "csv.header_duplicate", 1, "phone"),
    Case("missing-header.csv", _text("name,city\nAna,Lima\n"), "csv.header_missing", 1),
    Case("missing-header-receipts.csv", _text("receipt_id,store\nR1,S1\n"), "csv.header_missing", 1, kind="receipts"),
    Case("nameless-header.csv", _text(",,\n1,2,3\n"), "csv.header_missing", 1),
    Case("mapped-to-nothing.csv", _text(GOOD), "csv.header_missing", 1, "mobile", mapping={"phone": "mobile"}),
    Case("binary.csv", lambda: _noise(5_000), "file.encoding"),
    # Dates that could be several days
    Case("ambiguous.csv", _text("phone,birthday\n13800138000,12/11/10\n"), "date.ambiguous", 2, "birthday"),
    Case("ambiguous-year.csv", _text("phone,birthday\n13800138000,03/04/1985\n"), "date.ambiguous", 2, "birthday"),
    Case("both-orders.csv", _text("phone,birthday\n1,13/04/1985\n2,04/13/1985\n"), "date.ambiguous", 2, "birthday"),
    Case("serial.csv", _text("phone,birthday\n13800138000,31121\n"), "date.ambiguous", 2, "birthday"),
    # Packed
    Case("a-zip.csv", _zip(("customers.csv", GOOD.encode())), "file.type_mismatch"),
    Case("a-zip.parquet", _zip(("customers.csv", GOOD.encode())), "file.type_mismatch"),
    Case("text.xlsx", _text(GOOD), "file.type_mismatch"),
    Case("a-parquet.csv", _parquet({"phone": ["1"]}), "file.type_mismatch"),
    Case("bomb.zip", _zip(("customers.csv", _BOMB)), "archive.ratio"),
    Case("bomb.csv.gz", lambda: gzip.compress(_BOMB), "archive.ratio"),
    Case("nested.zip", _zip(("inner.csv", _zip(("customers.csv", GOOD.encode()))())), "file.type_mismatch"),
    Case("outside.zip", _zip(("../customers.csv", GOOD.encode())), "archive.path"),
    Case("absolute.zip", _zip(("/etc/customers.csv", GOOD.encode())), "archive.path"),
    Case("windows-path.zip", _zip(("..\\customers.csv", GOOD.encode())), "archive.path"),
    Case("link.zip", _zip((_link(), b"/etc/passwd")), "archive.path"),
    Case("two-files.zip", _zip(("a.csv", GOOD.encode()), ("b.csv", GOOD.encode())), "archive.path"),
    Case("many-files.zip", _entries(100_000), "archive.path"),
    Case("no-file.zip", _zip(), "archive.path"),
    Case("cut-short.zip", lambda: _zip(("customers.csv", _noise(9_000)))()[:4_000], "archive.corrupt"),
    Case("cut-short.csv.gz", lambda: gzip.compress(GOOD.encode())[:-12], "archive.corrupt"),
    # Workbooks
    Case("xxe.xlsx", _with_part(_PLAIN_SHEET, "xl/worksheets/sheet1.xml", _entity(_XXE)), "xml.entity"),
    Case("laughs.xlsx", _with_part(_PLAIN_SHEET, "xl/worksheets/sheet1.xml", _entity(_LAUGHS)), "xml.entity"),
    Case("laughs-strings.xlsx", _with_part(_PLAIN_SHEET, "xl/sharedStrings.xml", lambda _: _LAUGHS + b"<sst/>"), "xml.entity"),
    Case("macro.xlsx", _with_part(_PLAIN_SHEET, "xl/vbaProject.bin", lambda _: b"x"), "xlsx.macro"),
    Case("link.xlsx", _with_part(_PLAIN_SHEET, "xl/externalLinks/externalLink1.xml", lambda _: b"<x/>"), "xlsx.external_link"),
    Case("bomb.xlsx", _with_part(_PLAIN_SHEET, "xl/media/x.bin", lambda _: b"0" * (80 * 2**20)), "archive.ratio"),
    Case("broken.xlsx", _with_part(_PLAIN_SHEET, "xl/worksheets/sheet1.xml", lambda part: part[:-40]), "xml.malformed"),
    Case("too-many-rows.xlsx", _many_rows, "xlsx.too_many_rows"),
    Case("empty.xlsx", _sheet(), "csv.header_missing", 1),
    Case("no-sheet.xlsx", _PLAIN_SHEET, "xlsx.sheet", options={"sheet": "Other"}),
    Case("serial.xlsx", _sheet(["phone", "birthday"], ["13800138000", 31121]), "date.ambiguous", 2, "birthday"),
    Case("old.xls.xlsx", _raw(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600), "file.type_unsupported"),
    # Parquet
    Case("cut-short.parquet", lambda: _parquet({"phone": ["13800138000"] * 1_000})()[:-20], "parquet.corrupt"),
    Case("bad-magic.parquet", lambda: b"PARQ" + _parquet({"phone": ["1"]})()[4:], "parquet.corrupt"),
    Case("noise.parquet", lambda: b"PAR1" + _noise(2_000) + b"PAR1", "parquet.corrupt"),
    Case("nested.parquet", _parquet({"phone": [["1"], ["2"]]}), "parquet.schema", None, "phone"),
    Case("struct.parquet", _parquet({"phone": [{"a": 1}]}), "parquet.schema", None, "phone"),
    Case("bytes.parquet", _parquet({"phone": pa.array([b"1"])}), "parquet.schema", None, "phone"),
    Case("decimal.parquet", _parquet({"sku": ["1"], "price": pa.array([None], pa.decimal128(38, 10))}), "parquet.schema",
         None, "price", kind="products"),
    Case("nanoseconds.parquet", _parquet({"phone": ["1"], "joined": pa.array([1_700_000_000_000_000_001], pa.timestamp("ns"))}),
         "parquet.schema", None, "joined"),
    Case("int96.parquet", _parquet({"phone": ["1"], "joined": pa.array([1_700_000_000_000_000_001], pa.timestamp("ns"))},
         use_deprecated_int96_timestamps=True), "parquet.schema", None, "joined"),
    Case("missing.parquet", _parquet({"name": ["Ana"]}), "parquet.schema", 1),
    Case("huge-count.parquet", _huge_count, "parquet.corrupt"),
    Case("run-length-bomb.parquet", _rle_bomb, "file.resource_limit"),
    # JSON
    Case("trailing-comma.json", _text('[{"phone": "13800138000"},]'), "json.malformed", 1),
    Case("trailing-comma.ndjson", _text('{"phone": "1"}\n{"phone": "2",}\n'), "json.malformed", 2),
    Case("doubled-key.json", _text('{"phone": "1", "phone": "2"}'), "json.malformed", 1),
    Case("doubled-key-in-array.json", _text('[{"phone": "1", "phone": "2"}]'), "json.malformed", 1),
    Case("not-objects.json", _text("[1, 2]"), "json.malformed", 1),
    Case("nested.ndjson", _text('{"phone": "1"}\n{"phone": {"a": 1}}\n'), "json.malformed", 2),
    Case("deep.json", _text('{"phone": ' + "[" * 100_000 + "]" * 100_000 + "}"), "json.malformed", 1),
    Case("not-a-number.json", _text('{"phone": NaN}'), "json.malformed", 1),
    Case("cut-short.json", _text('[{"phone": "13800138000"'), "json.malformed", 1),
    Case("text.json", _text("phone,name\n1,x\n"), "json.malformed", 1),
    Case("empty.json", _raw(b"[]"), "file.empty"),
    Case("latin-1.json", _raw(b'{"phone": "1", "name": "M\xfcller"}'), "file.encoding", 1),
    Case("missing.json", _text('{"name": "Ana"}'), "json.key_missing", 1),
    # Nothing to import
    Case("picture.csv", _raw(b"\x89PNG\r\n\x1a\n" + b"\0" * 50), "file.type_unsupported"),
    Case("letter.csv", _raw(b"%PDF-1.7\n"), "file.type_unsupported"),
    Case("drawing.csv", _text("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"), "file.type_unsupported"),
    Case("feed.csv", _text("<?xml version='1.0'?><POSLog/>"), "file.type_unsupported"),
    Case("drawing.svg", _text("<svg/>"), "dataset.name"),
    Case("feed.xml", _text("<POSLog/>"), "dataset.name"),
    Case("macro.xlsm", _PLAIN_SHEET, "dataset.name"),
    Case("no-ending", _text(GOOD), "dataset.name"),
)  # fmt: skip

REJECTED = (
    Case("shortened-phone.csv", _text("phone,name\n1.23457E+11,Ana\n"), "cell.number_format", 2, "phone"),
    Case("shortened-card.xlsx", _sheet(["card", "name"], [8800002041880000204, "Ana"]), "cell.number_format", 2, "card"),
    Case("formula.xlsx", _sheet(["phone", "name"], ["=1+1", "Ana"]), "cell.formula", 2, "phone"),
    Case("no-such-day.csv", _text("phone,birthday\n13800138000,31/02/2026\n"), "date.invalid", 2, "birthday"),
    Case("no-leap-year.csv", _text("phone,birthday\n13800138000,2026-02-29\n"), "date.invalid", 2, "birthday"),
    Case("zero-date.csv", _text("phone,birthday\n13800138000,0000-00-00\n"), "date.invalid", 2, "birthday"),
    Case("word-as-date.csv", _text("phone,birthday\n13800138000,soon\n"), "date.invalid", 2, "birthday"),
    Case("grouped.csv", _text('sku,price\nP1,"1,234.56"\n'), "amount.format", 2, "price", "products"),
    Case("comma.csv", _text('sku;price\nP1;1.234,56\n'), "amount.format", 2, "price", "products"),
    Case("sign.csv", _text("sku,price\nP1,￥10\n"), "amount.format", 2, "price", "products"),
    Case("odd-groups.csv", _text('sku,price\nP1,"1,23.56"\n'), "amount.format", 2, "price", "products", {"decimal_sign": "."}),
    Case("precise.csv", _text("sku,price\nP1,10.005\n"), "amount.precision", 2, "price", "products"),
    Case("negative.csv", _text("sku,price\nP1,-5\n"), "amount.sign", 2, "price", "products"),
    Case("exponent.csv", _text("sku,price\nP1,1e400\n"), "amount.format", 2, "price", "products"),
    Case("nan.csv", _text("sku,price\nP1,NaN\n"), "amount.format", 2, "price", "products"),
    Case("too-large.csv", _text(f"sku,price\nP1,{2**63}\n"), "amount.format", 2, "price", "products"),
    Case("no-identifier.csv", _text("phone,name\n,Ana\n"), "required", 2, "phone"),
    Case("no-sku.csv", _text("sku,name\n,Tea\n"), "required", 2, "sku", "products"),
    Case("gender.csv", _text("phone,gender\n13800138000,Q\n"), "choice.unknown", 2, "gender"),
    Case("long-sku.csv", _text("sku,name\n" + "x" * 65 + ",Tea\n"), "text.too_long", 2, "sku", "products"),
    Case("flag.csv", _text("sku,private_label\nP1,perhaps\n"), "flag.invalid", 2, "private_label", "products"),
    Case("quantity.csv", _text(SALES.replace("paid", "quantity,paid") + LINE.replace("10.00", "1.2345,10.00")),
         "quantity.precision", 2, "quantity", "receipts"),
    Case("float.parquet", _parquet({"sku": ["P1"], "price": [10.005]}), "amount.precision", 1, "price", "products"),
    Case("bad-line.csv", _text(SALES + LINE + LINE.replace("10.00", "x")), "amount.format", 3, "paid_amount", "receipts"),
)  # fmt: skip

TAKEN = (
    Case("header-only.csv", _text("phone,name\n"), created=0),
    Case("marked.csv", _text(GOOD, "utf-8-sig"), created=1),
    Case("gb18030.csv", _text("手机号,姓名\n13800138000,张敏\n13800138001,王小明\n", "gb18030"), created=2),
    Case("utf-16.csv", _text(GOOD, "utf-16"), created=1),
    Case("latin-1-declared.csv", _text("phone,name\n13800138000,Jürgen\n", "latin-1"), options={"encoding": "latin-1"}, created=1),
    Case("mixed-lines.csv", _raw(b"phone,name\r13800138000,Ana\r\n13800138001,Ben\n13800138002,Chiara"), created=3),
    Case("semicolons.csv", _text(GOOD.replace(",", ";")), created=1),
    Case("tabs.csv", _text(GOOD.replace(",", "\t")), created=1),
    Case("blank-lines.csv", _text("phone,name\n\n13800138000,Ana\n\n"), created=1),
    Case("inch.csv", _text('sku,name\nQ1,5" pipe\nQ2,"a ""b"", c"\n'), kind="products", created=2),
    Case("leap-year.csv", _text("phone,birthday\n13800138000,29/02/2024\n"), created=1),
    Case("chosen-order.csv", _text("phone,birthday\n13800138000,12/11/10\n"), options={"date_order": "dmy"}, created=1),
    Case("chosen-epoch.csv", _text("phone,birthday\n13800138000,31121\n"), options={"excel_epoch": "1900"}, created=1),
    Case("chosen-sign.csv", _text('sku;price\nQ1;1.234,56\nQ2;￥10\nQ3;1 000,5\n'), kind="products",
         options={"decimal_sign": ","}, created=3),
    Case("chinese-date.csv", _text("手机号,生日\n13800138000,1985年3月4日\n"), created=1),
    Case("zeros.xlsx", _sheet(["card", "name"], [123, "Ana"], edit=_number_format), created=1),
    Case("dates.xlsx", _sheet(["phone", "birthday"], [13800138000, date(1985, 3, 4)], ["13800138001", datetime(1985, 3, 4)]), created=2),
    Case("packed.zip", _zip(("customers.csv", GOOD.encode())), created=1),
    Case("packed.csv.gz", lambda: gzip.compress(GOOD.encode()), created=1),
    Case("array.json", _text(json.dumps([{"phone": "13800138000", "name": "Ana"}, {"phone": 13800138001}])), created=2),
    Case("marked.ndjson", _text('{"phone": "13800138000"}\n\n{"phone": "13800138001", "name": null}\n', "utf-8-sig"), created=2),
    Case("decimal.parquet", _parquet({"sku": ["Q1"], "price": pa.array(["10.50"]).cast(pa.decimal128(18, 2))}), kind="products", created=1),
    Case("one-person.csv", _text(
        "phone,email,name\n138 0013 8000,Min@Example.com,张敏\n+86 13800138000,,张敏\n0086-138-0013-8000,min@example.COM,张敏\n"), created=1),
    Case("quote's; DROP TABLE x--.csv", _text(GOOD), created=1),
)  # fmt: skip
