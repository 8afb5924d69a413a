"""A row of numbers as a small line, drawn as inline SVG on the server. For tiles and table cells."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString

_INSET = 2.0  # room for the stroke and the last dot


def path(values: Sequence[float], *, width: float, height: float) -> list[tuple[float, float]]:
    """Return the points of the line; a flat row lies in the middle.

    >>> path([0, 10], width=104, height=24)
    [(2.0, 22.0), (102.0, 2.0)]
    """
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    step = (width - 2 * _INSET) / max(len(values) - 1, 1)
    middle = height / 2 if high == low else None
    return [
        (
            round(_INSET + index * step, 1),
            round(middle if middle is not None else height - _INSET - (value - low) / span * (height - 2 * _INSET), 1),
        )
        for index, value in enumerate(values)
    ]


def draw(values: Sequence[float], *, label: str = "", width: int = 104, height: int = 28) -> SafeString:
    """Return the SVG: a line, a faint area below it and a dot on the newest value. Fewer than two draw nothing."""
    if len(values) < 2:
        return SafeString("")
    points = path(values, width=width, height=height)
    line = " ".join(f"{x},{y}" for x, y in points)
    area = f"{points[0][0]},{height} {line} {points[-1][0]},{height}"
    hidden = "" if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="sparkline" viewBox="0 0 {w} {h}" width="{w}" height="{h}" '
        'preserveAspectRatio="none" role="img" {hidden}>{title}'
        '<polygon class="sparkline__area" points="{area}"/><polyline class="sparkline__line" points="{line}"/>'
        '<path class="sparkline__dot" d="M{x} {y}h0"/></svg>',
        w=width,
        h=height,
        hidden=hidden,
        title=format_html("<title>{}</title>", label) if label else "",
        area=area,
        line=line,
        x=points[-1][0],
        y=points[-1][1],
    )
