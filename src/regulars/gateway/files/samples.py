"""A sample file for each kind, made from its fields: the header people can fill, with one row as an example."""

from __future__ import annotations

import csv
import io

from regulars.gateway.files.kinds import KINDS

BOM = "\ufeff"  # without it Excel reads UTF-8 as the machine's code page and breaks Chinese


def sample_csv(kind: str) -> str:
    """Return the sample: every field that has an example or is needed."""
    fields = [field for field in KINDS[kind].fields if field.required or field.example]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([field.key for field in fields])
    writer.writerow([field.example for field in fields])
    return BOM + buffer.getvalue()
