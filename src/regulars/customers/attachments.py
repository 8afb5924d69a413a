"""Which files may be kept with a customer, told by their content and never by their name; photos are drawn anew.

Drawing a photo anew drops whatever hides in it: the place it was taken, thumbnails, scripts behind the picture. Between the
page that uploads and `services.files`; no database.
"""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from regulars.core.errors import InvalidInputError
from regulars.customers import rules

PIXELS_MAX = 50_000_000  # a phone's largest photo; a small file can claim to be far larger
_PHOTOS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_ACTIVE_PDF = (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/XFA", b"/SubmitForm")

_STREAM = re.compile(rb"\bstream\r?\n.*?\bendstream\b", re.DOTALL)

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")  # no text has them, every program has


class FileTooLargeError(InvalidInputError):
    """The file is larger than may be kept."""

    code: ClassVar[str] = "file.too_large"
    status_code: ClassVar[int] = 413


class FileTypeError(InvalidInputError):
    """The file is of a kind that is not kept, or not what it seems to be."""

    code: ClassVar[str] = "file.type"


@dataclass(frozen=True, slots=True)
class Clean:
    """Content that is safe to keep, and what it is."""

    content: bytes
    content_type: str


def clean(content: bytes) -> Clean:
    """Return what may be kept of a file, or refuse it."""
    if len(content) > rules.FILE_BYTES_MAX:
        raise FileTooLargeError(_("A file may have up to 10 MB."), field="file")
    if content.startswith(b"%PDF-"):
        return _pdf(content)
    photo = _photo(content)
    if photo is not None:
        return photo
    return _text(content)


def _pdf(content: bytes) -> Clean:
    outside = _STREAM.sub(b"", content)  # inside a stream any bytes may stand, these words among them
    if any(word in outside for word in _ACTIVE_PDF):
        raise FileTypeError(_("This PDF can run something by itself. Print it to a new PDF and add that one."), field="file")
    return Clean(content, "application/pdf")


def _photo(content: bytes) -> Clean | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=tuple(_PHOTOS)) as opened:
                kind = opened.format or ""
                if opened.width * opened.height > PIXELS_MAX:
                    raise FileTooLargeError(_("This picture has too many pixels."), field="file")
                drawn = ImageOps.exif_transpose(opened)  # upright, before the note that says so is dropped
                bare = Image.new(drawn.mode, drawn.size)
                bare.paste(drawn)
    except UnidentifiedImageError:
        return None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise FileTooLargeError(_("This picture has too many pixels."), field="file") from None
    except (OSError, ValueError, SyntaxError):
        raise FileTypeError(_("This picture is damaged."), field="file") from None
    if kind == "PNG" and drawn.mode == "P" and drawn.palette is not None:
        bare.putpalette(drawn.getpalette() or [])
    target = io.BytesIO()
    bare.save(target, format=kind, **({"quality": 88} if kind != "PNG" else {}))
    return Clean(target.getvalue(), _PHOTOS[kind])


def _text(content: bytes) -> Clean:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refusal() from None
    start = text.lstrip()[:200].lower()
    if not text.strip() or _CONTROL.search(text) or start.startswith("<") or "<svg" in start:
        raise _refusal()
    return Clean(text.encode(), "text/plain")


def _refusal() -> FileTypeError:
    return FileTypeError(_("Add a PDF, a JPEG, PNG or WebP picture, or a plain text."), field="file")
