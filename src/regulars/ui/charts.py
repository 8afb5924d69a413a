"""Charts: one Altair theme, the form in which a page carries a chart, and drawing without a browser.

A room builds an Altair chart and hands it to `chart(...)`; the page shows it with `<c-chart>`; e-mails, PDFs and
exports render the same spec with `render_svg` and `render_png`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

import altair
import vl_convert
from django.core import signing
from django.utils.functional import cached_property
from django.utils.translation import get_language

from regulars.core.errors import InvalidInputError
from regulars.ui import chart_theme

# Large numbers stand in ten thousands in Chinese, where English counts in thousands and millions.
_IN_MYRIADS = (
    "abs(datum.value) >= 1e8 ? format(datum.value / 1e8, ',~f') + '亿' : "
    "abs(datum.value) >= 1e4 ? format(datum.value / 1e4, ',~f') + '万' : format(datum.value, ',~f')"
)
_SALT = "regulars.ui.chart"
_LocaleName = Literal["en-US", "zh-CN"]
_VEGA_LOCALES: dict[str, _LocaleName] = {"en": "en-US", "zh-hans": "zh-CN"}
Spec = dict[str, Any]
HEIGHT_STEPS = (120, 160, 180, 200, 220, 240, 260, 280, 300, 320, 360, 400, 480, 560)  # as in chart.css


class ChartSignatureError(InvalidInputError):
    """The chart to export is not one that a page of ours showed."""

    code = "chart.signature"


@dataclass(frozen=True, kw_only=True)
class Chart:
    """What `<c-chart>` shows: a sentence as title, the spec, its source, and the same numbers as a table."""

    id: str
    title: str
    spec: Spec
    source: str = ""
    note: str = ""
    height: int = 260
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[object]] = field(default_factory=tuple)

    @cached_property
    def signed(self) -> str:
        return signing.dumps(self.spec, salt=_SALT, compress=True)

    @property
    def height_step(self) -> str:
        """The room kept free before the drawing arrives, so that nothing jumps."""
        return str(max((step for step in HEIGHT_STEPS if step <= self.height), default=HEIGHT_STEPS[0]))

    @property
    def script_id(self) -> str:
        return f"{self.id}-spec"


def chart(
    drawing: altair.TopLevelMixin,
    *,
    id: str,
    title: str,
    source: str = "",
    note: str = "",
    height: int = 260,
    columns: Sequence[str] = (),
    rows: Sequence[Sequence[object]] = (),
) -> Chart:
    """Make an Altair chart ready for a page: fluid width, no theme baked in, so that the page can switch it."""
    with altair.theme.enable("none"):
        spec: Spec = drawing.to_dict(validate=False)  # checking against the schema costs more than the rest of a page
    return Chart(
        id=id,
        title=title,
        spec=fluid(spec, height=height),
        source=source,
        note=note,
        height=height,
        columns=columns,
        rows=rows,
    )


def amounts_axis(**options: Any) -> altair.Axis:
    """Return a value axis whose numbers are short in the active language: 1.2M, 120万."""
    words: dict[str, Any] = {"labelExpr": _IN_MYRIADS} if (get_language() or "").startswith("zh") else {"format": "~s"}
    return altair.Axis(title=None, **words, **options)


def fluid(spec: Spec, *, height: int) -> Spec:
    """Return the spec as wide as its frame; a chart of several views keeps the sizes it was given."""
    if {"hconcat", "vconcat", "concat", "facet", "repeat"} & spec.keys():
        return {key: value for key, value in spec.items() if key != "config"}
    sized = {"width": "container", "height": height, "autosize": {"type": "fit", "contains": "padding"}}
    return {**{key: value for key, value in spec.items() if key != "config"}, **sized}


def render_svg(spec: Spec, *, dark: bool = False, width: int = 720) -> str:
    """Draw a spec as SVG text, for e-mails, PDFs and exports."""
    return str(vl_convert.vegalite_to_svg(_fixed(spec, width=width), **_dress(dark=dark)))


def render_png(spec: Spec, *, dark: bool = False, width: int = 720, scale: float = 2) -> bytes:
    """Draw a spec as PNG, twice the pixels by default."""
    dress = _dress(dark=dark)
    dress["config"] = {**dress["config"], "background": _palette(dark=dark).surface}
    return bytes(vl_convert.vegalite_to_png(_fixed(spec, width=width), scale=scale, **dress))


def unsign(text: str) -> Spec:
    """Return the spec of a signed chart, or refuse a text that we did not sign."""
    try:
        spec: Spec = signing.loads(text, salt=_SALT)
    except signing.BadSignature:
        raise ChartSignatureError("This chart cannot be exported; reload the page and try again.") from None
    return spec


def settings_for_page() -> Mapping[str, Any]:
    """Return what the page's script needs once for all charts: both themes and the formats of the language."""
    return {
        "light": chart_theme.config(chart_theme.LIGHT),
        "dark": chart_theme.config(chart_theme.DARK),
        "formatLocale": _formats()[0],
        "timeFormatLocale": _formats()[1],
    }


def file_name(title: str, *, kind: str) -> str:
    """Return a file name that is safe in a header.

    >>> file_name('Sales, "by week"', kind="png")
    'sales-by-week.png'
    """
    return (re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "chart") + f".{kind}"


def _palette(*, dark: bool) -> chart_theme.Palette:
    return chart_theme.DARK if dark else chart_theme.LIGHT


def _fixed(spec: Spec, *, width: int) -> Spec:
    return {**spec, "width": width} if spec.get("width") == "container" else spec


def _dress(*, dark: bool) -> dict[str, Any]:
    number, time = _formats()
    # No address is allowed: a spec must bring its data along, never fetch it.
    return {
        "config": chart_theme.config(_palette(dark=dark)),
        "format_locale": number,
        "time_format_locale": time,
        "allowed_base_urls": [],
    }


def _formats() -> tuple[dict[str, Any], dict[str, Any]]:
    return _formats_of(_VEGA_LOCALES.get(get_language() or "en", "en-US"))


@cache
def _formats_of(name: _LocaleName) -> tuple[dict[str, Any], dict[str, Any]]:
    return dict(vl_convert.get_format_locale(name)), dict(vl_convert.get_time_format_locale(name))
