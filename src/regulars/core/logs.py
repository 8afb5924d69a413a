"""Log lines as JSON objects without personal data: what happened, where, how long, never to whom.

For every process. Texts that may quote a customer (database errors, exception messages) are cut to their kind; digits of
phones and cards are struck out.
"""

from __future__ import annotations

import json
import logging
import re
import traceback
from typing import Any

_EXTRA = ("method", "path", "status", "duration_ms", "request_id", "job", "rows", "queries")
_LONG_DIGITS = re.compile(r"\d[\d \-]{5,}\d")
_TRACEBACK = "Traceback (most recent call last):"
_MAIL = re.compile(r"[^\s@]+@[^\s@]+")


def configuration(*, file: str, level: str) -> dict[str, Any]:
    """Return the logging configuration of a process: lines into `file`, or to standard error where there is none."""
    into_file = {"class": "logging.handlers.WatchedFileHandler", "filename": file, "formatter": "json"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "regulars.core.logs.JsonLines"}},
        "handlers": {"lines": into_file if file else {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["lines"], "level": level},
        "loggers": {
            "django.server": {"handlers": [], "propagate": False},
            "procrastinate": {"level": "WARNING"},
            "_granian": {"handlers": [], "propagate": True},  # the web server itself: exceptions that no page caught
        },
    }


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
    return _LONG_DIGITS.sub("#", _MAIL.sub("@", _places_only(text))).replace("\n", " ").replace("\r", " ")


def _places_only(text: str) -> str:
    """Keep of a written-out traceback where it happened and what kind it was: its last line may quote a customer."""
    if _TRACEBACK not in text:
        return text
    head, _, trace = text.partition(_TRACEBACK)
    *calls, last = trace.strip().splitlines()
    places = [call.strip() for call in calls if call.lstrip().startswith("File ")]
    return " ".join([head.strip(), *places, last.partition(":")[0]])
