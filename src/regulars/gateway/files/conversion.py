"""SQL that turns the text cells of a file into typed columns, each with the code of what is wrong with it.

Every name in the SQL is ours: columns are called by position, and no word of the file ever becomes part of a statement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from regulars.gateway.files import dates
from regulars.gateway.files.fields import Field, Type
from regulars.gateway.files.kinds import FLAG_WORDS

_BLANKS = " \t\r\n\u3000\u00a0\ufeff"
_ZONE = ":\\d\\d([.,]\\d+)? ?(Z|[+-]\\d\\d(:?\\d\\d)?)$"
_FORMULA = "=formula"  # see reading/sheets.py
_SIGNS = {"CNY": "¥￥元", "JPY": "¥￥円", "USD": "$", "EUR": "€", "GBP": "£", "KRW": "₩", "INR": "₹", "HKD": "$", "TWD": "$"}


@dataclass(frozen=True, slots=True)
class Reading:
    """How the cells of this file are read: settled once for the whole file."""

    decimal_sign: str  # "" as long as nobody chose: only plain numbers pass
    digits: str  # SQL: the decimals of the row's currency
    currency_signs: str
    dates: Mapping[str, dates.Way]


@dataclass(frozen=True, slots=True)
class Converted:
    """One field in SQL: its typed columns by name, and the code of its fault (null where it is fine)."""

    columns: Mapping[str, str]
    fault: str


def digits_of(
    *,
    default: int,
    stores: Mapping[str, int],
    currencies: Mapping[str, int],
    currency_cell: str = "",
    store_cell: str = "",
) -> str:
    """Return the SQL for the decimals of a row's currency: its own, else its store's, else the company's."""
    by_store = " ".join(f"WHEN {_quoted(code)} THEN {count}" for code, count in stores.items() if count != default)
    sql = f"CASE {trimmed(store_cell)} {by_store} ELSE {default} END" if by_store and store_cell else str(default)
    special = " ".join(f"WHEN {_quoted(code)} THEN {count}" for code, count in currencies.items() if count != 2)
    if not currency_cell or (not special and sql == "2"):
        return sql
    cell = trimmed(currency_cell)
    given = f"CASE upper({cell}) {special} ELSE 2 END" if special else "2"
    return f"CASE WHEN {cell} IS NULL THEN {sql} ELSE {given} END"


def signs_of(currency: str) -> str:
    """Return the signs that may stand beside amounts of a currency."""
    return _SIGNS.get(currency, "")


def converted(field: Field, cell: str, text: str, reading: Reading) -> Converted:
    """Return the SQL for one field that stands in the column `cell`, and without blanks around it in `text`."""
    made = _CONVERTERS[field.type](field, text if field.type is not Type.TEXT else f"nullif({cell}, '')", reading)
    return _with_faults(field, text, made)


def _with_faults(field: Field, text: str, made: Converted) -> Converted:
    """Add the faults that every type shares: a formula without a value, a required cell without content."""
    missing = f"WHEN {text} IS NULL THEN 'required' " if field.required else ""
    return Converted(made.columns, f"CASE {missing}WHEN {text} = '{_FORMULA}' THEN 'cell.formula' ELSE {made.fault} END")


def _text(field: Field, text: str, _: Reading) -> Converted:
    return Converted({field.column: text}, _too_long(text, field))


def _code(field: Field, text: str, _: Reading) -> Converted:
    shortened = f"(contains({text}, 'E+') OR contains({text}, 'e+')) AND regexp_full_match({text}, '\\d(\\.\\d+)?[eE]\\+\\d+')"
    return Converted({field.column: text}, f"CASE WHEN {shortened} THEN 'cell.number_format' ELSE {_too_long(text, field)} END")


def _too_long(text: str, field: Field) -> str:
    return f"CASE WHEN length({text}) > {field.length_max} THEN 'text.too_long' END"


def _integer(field: Field, text: str, _: Reading) -> Converted:
    fault = f"WHEN NOT regexp_full_match({text}, '[+-]?\\d{{1,9}}(\\.0*)?') THEN 'number.format'"
    sign = "" if field.negative else f" WHEN starts_with({text}, '-') THEN 'number.sign'"
    return Converted({field.column: f"TRY_CAST(TRY_CAST({text} AS DECIMAL(18,3)) AS INTEGER)"}, f"CASE {fault}{sign} END")


def _decimal(field: Field, text: str, _: Reading) -> Converted:
    fault = f"CASE WHEN NOT regexp_full_match({text}, '[+-]?\\d{{1,12}}(\\.\\d*)?') THEN 'number.format' END"
    return Converted({field.column: f"TRY_CAST({text} AS DOUBLE)"}, fault)


def _quantity(field: Field, text: str, reading: Reading) -> Converted:
    return _scaled(field, text, reading, digits="3", word="quantity")


def _amount(field: Field, text: str, reading: Reading) -> Converted:
    return _scaled(field, text, reading, digits=reading.digits, word="amount")


def _scaled(field: Field, text: str, reading: Reading, *, digits: str, word: str) -> Converted:
    """Return a number as a whole count of its smallest unit; one with more decimals than there are is never rounded.

    Not even a float's noise (1.2300000000000002): how many of its digits were meant would be a guess about money.
    """
    plain = _plain(text, reading) if reading.decimal_sign else text
    value = f"CAST(TRY_CAST({plain} AS DECIMAL(18,3)) * CAST(pow(10, {digits}) AS INTEGER) AS BIGINT)"
    if digits.isdigit():
        value = f"CAST(TRY_CAST({plain} AS DECIMAL(18,3)) * {10 ** int(digits)} AS BIGINT)"
    shape = f"NOT regexp_full_match({plain}, '[+-]?\\d{{1,14}}(\\.\\d*)?')"
    faults = [f"WHEN {plain} IS NULL AND {text} IS NOT NULL OR {shape} THEN '{word}.format'", _precision(plain, digits, word)]
    if not field.negative:
        faults.append(f"WHEN starts_with({plain}, '-') THEN '{word}.sign'")
    return Converted({field.column: value}, f"CASE {' '.join(faults)} END")


def _precision(plain: str, digits: str, word: str) -> str:
    if digits.isdigit():
        return f"WHEN NOT regexp_full_match({plain}, '[^.]*(\\.\\d{{0,{digits}}}0*)?') THEN '{word}.precision'"
    tail = f"length(rtrim(regexp_extract({plain}, '\\.(\\d*)', 1), '0'))"
    return f"WHEN {tail} > {digits} THEN '{word}.precision'"


def _plain(text: str, reading: Reading) -> str:
    """Return the SQL that takes thousands marks and the currency's sign out; null where they stand in odd places."""
    point = "\\." if reading.decimal_sign == "." else ","
    groups = "[,' ]" if reading.decimal_sign == "." else "[.' ]"
    sign = f"[{reading.currency_signs}]?" if reading.currency_signs else ""
    shape = f"[+-]?{sign} ?[+-]?(\\d+|\\d{{1,3}}({groups}\\d{{3}})+)({point}\\d*)? ?{sign}".replace("'", "''")
    kept = f"regexp_replace({text}, '[^0-9+{point}-]', '', 'g')"
    if reading.decimal_sign == ",":
        kept = f"replace({kept}, ',', '.')"
    return f"CASE WHEN regexp_full_match({text}, '{shape}') THEN {kept} END"


def _date(field: Field, text: str, reading: Reading) -> Converted:
    way = reading.dates[field.key]
    normal = dates.normalized(text, way)
    local = f"TRY_CAST({normal} AS TIMESTAMP)"
    if way.half_days:
        local = (
            f"CASE WHEN regexp_matches({normal}, '[AaPp][Mm]$') "
            f"THEN coalesce(try_strptime({normal}, '%Y-%m-%d %I:%M:%S %p'), try_strptime({normal}, '%Y-%m-%d %I:%M %p')) "
            f"ELSE {local} END"
        )
    if field.type is Type.DATE:
        value = f"CAST({local} AS DATE)"
        return Converted({field.column: value}, _impossible(text, f"year({value})"))
    if not way.zoned:
        made = {field.column: "CAST(NULL AS TIMESTAMPTZ)", f"{field.column}_local": local}
        return Converted(made, _impossible(text, f"year({local})"))
    zoned = f"regexp_matches({normal}, '{_ZONE}')"
    instant = f"TRY_CAST(regexp_replace({normal}, ' ?(Z|[+-]\\d\\d(:?\\d\\d)?)$', '\\1') AS TIMESTAMPTZ)"
    made = {
        field.column: f"CASE WHEN {zoned} THEN {instant} END",
        f"{field.column}_local": f"CASE WHEN NOT {zoned} THEN {local} END",
    }
    year = f"year(CASE WHEN {zoned} THEN {instant} AT TIME ZONE 'UTC' ELSE {local} END)"
    return Converted(made, _impossible(text, year))


def _impossible(text: str, year: str) -> str:
    return f"CASE WHEN {text} IS NOT NULL AND coalesce({year}, 0) NOT BETWEEN 1900 AND 2200 THEN 'date.invalid' END"


def _clock(field: Field, text: str, _: Reading) -> Converted:
    hours = f"CAST(regexp_extract({text}, '^(\\d+)', 1) AS INTEGER)"
    minutes = f"CAST(regexp_extract({text}, ':(\\d\\d)', 1) AS INTEGER)"
    shape = f"regexp_full_match({text}, '([01]?\\d|2[0-3]):[0-5]\\d(:00)?')"
    value = f"CASE WHEN {shape} THEN {hours} * 60 + {minutes} END"
    return Converted({field.column: value}, f"CASE WHEN NOT {shape} THEN 'time.invalid' END")


def _flag(field: Field, text: str, _: Reading) -> Converted:
    return _chosen(field, text, FLAG_WORDS, result="BOOLEAN", code="flag.invalid")


def _choice(field: Field, text: str, _: Reading) -> Converted:
    return _chosen(field, text, field.choices, result="VARCHAR", code="choice.unknown")


def _chosen(field: Field, text: str, choices: Mapping[str, tuple[str, ...]], *, result: str, code: str) -> Converted:
    branches = " ".join(
        f"WHEN lower({text}) IN ({', '.join(_quoted(word.lower()) for word in (*names, value))}) THEN '{value}'"
        for value, names in choices.items()
    )
    value = f"CAST(CASE {branches} END AS {result})"
    return Converted({field.column: value}, f"CASE WHEN {text} IS NOT NULL AND {value} IS NULL THEN '{code}' END")


def trimmed(cell: str) -> str:
    """Return the SQL for a cell without the blanks around it, Chinese and unbreakable ones too; empty is null."""
    # Cutting many kinds of blanks is slow; cells that begin and end with a plain ASCII character need it not.
    needed = f"{cell} < '!' OR {cell} >= '\x7f' OR {cell}[-1:] NOT BETWEEN '!' AND '~'"
    return f"nullif(CASE WHEN {needed} THEN trim({cell}, '{_BLANKS}') ELSE {cell} END, '')"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


_CONVERTERS: dict[Type, Callable[[Field, str, Reading], Converted]] = {
    Type.TEXT: _text,
    Type.CODE: _code,
    Type.INTEGER: _integer,
    Type.DECIMAL: _decimal,
    Type.QUANTITY: _quantity,
    Type.AMOUNT: _amount,
    Type.DATE: _date,
    Type.DATETIME: _date,
    Type.CLOCK: _clock,
    Type.FLAG: _flag,
    Type.CHOICE: _choice,
}
