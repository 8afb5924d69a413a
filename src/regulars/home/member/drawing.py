"""QR codes as SVG, dark on white whatever the theme: scanners want it so."""

from __future__ import annotations

import segno
from django.utils.safestring import SafeString


def qr(text: str) -> SafeString:
    """Return a QR code (ISO/IEC 18004, 15 % may be damaged) without any style of its own."""
    drawn = segno.make(text, error="m", micro=False)
    # The picture is made of figures alone: nothing of the text stands in it.
    return SafeString(drawn.svg_inline(border=3, omitsize=True, svgclass="qr", lineclass="qr__dots"))
