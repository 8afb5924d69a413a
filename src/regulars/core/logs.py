"""Log lines as JSON objects without personal data: what happened, where, how long, never to whom.

For every process. Texts that may quote a customer (database errors, exception messages) are cut to their kind; digits of
phones and cards are struck out.
"""

from __future__ import annotations

import json
import logging
import re
import traceback

_EXTRA = ("method", "path", "status", "duration_ms", "request_id", "job", "rows", "queries")
_LONG_DIGITS = re.compile(r"\d[\d \-]{5,}\d")
_MAIL = re.compile(r"[^\s@]+@[^\s@]+")


class JsonLines(logging.Formatter):
    """Format a record as one JSON line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": struck(record.getMessage()),
        }
        line |= {key: getattr(record, key) for key in _EXTRA if hasattr(record, key)}
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["stack"] = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(record.exc_info[2])]
        return json.dumps(line, ensure_ascii=False, default=str)


def struck(text: str) -> str:
    """Return `text` without mail addresses and long digit runs, and on one line.

    >>> struck("call 13800138000 or ana@example.test")
    'call # or @'
    """
    return _LONG_DIGITS.sub("#", _MAIL.sub("@", text)).replace("\n", " ").replace("\r", " ")
