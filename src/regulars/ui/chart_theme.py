"""The colors and type of charts, light and dark, made from the same values as the page's tokens (`tokens.css`).

Altair and Vega know no OKLCH, so the values stand here as hex; a test compares the accent with the style sheet's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

FONT = (
    'Inter, -apple-system, BlinkMacSystemFont, "Segoe UI", "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", '
    "system-ui, sans-serif"
)


@dataclass(frozen=True, slots=True)
class Palette:
    """Colors of one theme. `categories` are six that people with a color-vision deficiency can tell apart."""

    ink: str
    muted: str
    line: str
    comparison: str
    surface: str
    on_strong: str  # text on the strong end of the ramp
    categories: tuple[str, ...]
    ramp: tuple[str, ...]
    diverging: tuple[str, ...]


# Categories follow Okabe and Ito's set (2008), tuned in lightness so that each has a contrast of 3:1 on its surface.
LIGHT = Palette(
    ink="#1c2430",
    muted="#5b6675",
    line="#e4e7ec",
    comparison="#a9b1bd",
    surface="#ffffff",
    on_strong="#ffffff",
    categories=("#2c5fd1", "#c8670a", "#0b8a6f", "#b4488f", "#7a6a00", "#2d8fc4"),
    ramp=("#eef3fd", "#c9dafa", "#98b8f2", "#6391e6", "#3a6cd8", "#254fb0", "#173879"),
    diverging=("#a8480a", "#e0914a", "#f6ddc4", "#f3f4f6", "#cbdcf9", "#6b97e8", "#254fb0"),
)
DARK = Palette(
    ink="#e8ebf0",
    muted="#9aa5b5",
    line="#2c333f",
    comparison="#5f6978",
    surface="#171b22",
    on_strong="#10141b",
    categories=("#7aa5ff", "#f0a04b", "#45c9a8", "#e28cc4", "#d6c14a", "#7cc7ee"),
    ramp=("#1d2636", "#233a66", "#2a4f97", "#3a6cd8", "#6391e6", "#98b8f2", "#d3e1fb"),
    diverging=("#f0a04b", "#b5702a", "#5a3d20", "#2c333f", "#233a66", "#4a7be0", "#9dbdfa"),
)


def config(palette: Palette) -> dict[str, Any]:
    """Return the Vega-Lite config of one theme: transparent, no frame, faint lines, direct labels before legends."""
    text = {"font": FONT, "fontSize": 12, "color": palette.ink}
    return {
        "background": "transparent",
        "font": FONT,
        "view": {"stroke": "transparent"},
        "padding": 4,
        "axis": _axis(palette),
        "axisX": {"grid": False, "labelPadding": 6},
        "axisY": {"domain": False, "ticks": False, "labelPadding": 8},
        "axisBand": {"grid": False},
        "legend": _legend(palette),
        "title": {"color": palette.ink, "fontSize": 14, "fontWeight": 600, "anchor": "start"},
        "header": {"labelColor": palette.muted, "titleColor": palette.muted},
        "range": {
            "category": list(palette.categories),
            "ordinal": list(palette.ramp),
            "ramp": list(palette.ramp),
            "heatmap": list(palette.ramp),
            "diverging": list(palette.diverging),
        },
        "line": {"strokeWidth": 2, "strokeCap": "round", "strokeJoin": "round", "color": palette.categories[0]},
        "bar": {"color": palette.categories[0], "cornerRadiusEnd": 2},
        "area": {"color": palette.categories[0], "fillOpacity": 0.14, "line": True},
        "point": {"color": palette.categories[0], "filled": True, "size": 36},
        "arc": {"stroke": palette.surface, "strokeWidth": 2},
        "rect": {"stroke": palette.surface, "strokeWidth": 1},
        "rule": {"color": palette.muted},
        "text": text,
        "style": {
            "comparison": {"color": palette.comparison},
            "label": {**text, "fontSize": 12, "fill": palette.ink},
            "on-strong": {"color": palette.on_strong},
            "muted": {"color": palette.muted, "fontSize": 12, "font": FONT},
        },
    }


def _axis(palette: Palette) -> dict[str, Any]:
    return {
        "labelColor": palette.muted,
        "labelFont": FONT,
        "labelFontSize": 12,
        "titleColor": palette.muted,
        "titleFont": FONT,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "gridColor": palette.line,
        "domainColor": palette.line,
        "tickColor": palette.line,
        "tickSize": 4,
        "labelOverlap": True,
    }


def _legend(palette: Palette) -> dict[str, Any]:
    return {
        "labelColor": palette.muted,
        "titleColor": palette.muted,
        "labelFont": FONT,
        "titleFont": FONT,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "orient": "top",
        "direction": "horizontal",
        "symbolType": "circle",
        "symbolSize": 60,
        "offset": 4,
    }
