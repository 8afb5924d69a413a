"""QR codes as SVG, dark on white whatever the theme: scanners want it so."""

from __future__ import annotations

import re

import segno
from django.utils.safestring import SafeString

BORDER = 3


def qr(text: str) -> SafeString:
    """Return a QR code (ISO/IEC 18004, 15 % may be damaged) without any style of its own."""
    # The picture is made of figures alone: nothing of the text stands in it.
    return SafeString(_drawn(text))


def dots(text: str) -> str:
    """Return the path of the code's dots alone, for a page that puts it into a picture of the same size."""
    found = re.search(r' d="([^"]+)"', _drawn(text))
    assert found, "a code has dots"
    return found[1]


def _drawn(text: str) -> str:
    # One mask for all: a scanner reads any, and to weigh them against each other takes four times as long.
    code = segno.make(text, error="m", micro=False, mask=3)
    return code.svg_inline(border=BORDER, omitsize=True, svgclass="qr", lineclass="qr__dots")
