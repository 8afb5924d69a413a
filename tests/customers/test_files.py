"""Files are told by their content, cleaned, sealed under the customer's key, and gone with it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image

from regulars.core.errors import NotFoundError
from regulars.customers import attachments, rules
from regulars.customers import services as customers
from regulars.customers.models import CustomerFile, CustomerKey
from regulars.organization.models import AuditEntry
from tests.customers.factories import NOW, SYSTEM, ana, store, viewer

pytestmark = pytest.mark.django_db
GPS = 0x8825


def photo(kind: str = "JPEG", *, tail: bytes = b"") -> bytes:
    target = io.BytesIO()
    exif = Image.Exif()
    exif.get_ifd(GPS)[1] = "N"
    exif[0x010E] = "home address"
    Image.new("RGB", (40, 30), "red").save(target, format=kind, exif=exif)
    return target.getvalue() + tail


def stored(kept: CustomerFile) -> Path:
    return Path(settings.REGULARS_HOME.files) / "customers" / kept.stored_as


def test_a_file_lies_sealed_under_a_random_name_and_opens_again() -> None:
    known = ana()
    kept = customers.add_file(known.pk, name="letter.txt", content=b"Dear shop", viewer=SYSTEM, now=NOW)
    assert "letter" not in kept.stored_as
    assert b"Dear" not in stored(kept).read_bytes()
    assert customers.read_file(known.pk, kept.pk, viewer=SYSTEM, now=NOW)[1] == b"Dear shop"
    assert AuditEntry.objects.filter(action="customer.file_opened").exists()


def test_a_destroyed_key_takes_the_file_along() -> None:
    known = ana()
    kept = customers.add_file(known.pk, name="letter.txt", content=b"Dear shop", viewer=SYSTEM, now=NOW)
    CustomerKey.objects.all().delete()
    with pytest.raises(NotFoundError):
        customers.read_file(known.pk, kept.pk, viewer=SYSTEM, now=NOW)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_drawn_anew_without_place_or_tail(kind: str) -> None:
    clean = attachments.clean(photo(kind, tail=b"<script>alert(1)</script>"))
    with Image.open(io.BytesIO(clean.content)) as again:
        assert (again.format, again.size) == (kind, (40, 30))
        assert not dict(again.getexif())
    assert b"script" not in clean.content
    assert b"home address" not in clean.content


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "file.type"),
        (b"\xef\xbb\xbf  <html>", "file.type"),
        (b"MZ\x90\x00\x03", "file.type"),
        (b"PK\x03\x04", "file.type"),
        (b"", "file.type"),
        (b"GIF89a\x01\x00\x01\x00", "file.type"),
        (b"%PDF-1.7\n1 0 obj << /OpenAction << /JavaScript (app.alert(1)) >> >>", "file.type"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 60, "file.type"),
        (b"x" * (rules.FILE_BYTES_MAX + 1), "file.too_large"),
    ],
)
def test_a_file_that_can_do_harm_is_refused_and_nothing_is_kept(content: bytes, code: str) -> None:
    known = ana()
    with pytest.raises((attachments.FileTypeError, attachments.FileTooLargeError)) as refusal:
        customers.add_file(known.pk, name="photo.png", content=content, viewer=SYSTEM, now=NOW)
    assert refusal.value.code == code
    assert CustomerFile.objects.count() == 0


def test_a_small_picture_that_claims_to_be_huge_is_refused() -> None:
    target = io.BytesIO()
    Image.new("1", (9000, 9000)).save(target, format="PNG")
    with pytest.raises(attachments.FileTooLargeError):
        attachments.clean(target.getvalue())


def test_a_plain_pdf_may_speak_of_scripts_inside_its_streams() -> None:
    content = b"%PDF-1.7\n1 0 obj << /Length 12 >>\nstream\nx /JS y /JavaScript\nendstream\nendobj"
    assert attachments.clean(content).content_type == "application/pdf"


def test_a_file_taken_away_is_gone_from_the_disk(django_capture_on_commit_callbacks) -> None:
    known = ana()
    kept = customers.add_file(known.pk, name="letter.txt", content=b"Dear shop", viewer=SYSTEM, now=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        customers.remove_file(known.pk, kept.pk, viewer=SYSTEM, now=NOW)
    assert not stored(kept).exists()


def test_the_file_of_a_foreign_customer_looks_missing() -> None:
    here, there = store(), store()
    known = ana(home=there)
    kept = customers.add_file(known.pk, name="letter.txt", content=b"Dear shop", viewer=SYSTEM, now=NOW)
    with pytest.raises(NotFoundError):
        customers.read_file(known.pk, kept.pk, viewer=viewer("associate", [here]), now=NOW)
