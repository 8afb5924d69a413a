"""Figures kept for as long as they hold: the same question over the same lake is computed once per process.

For the pages, where many people look at the same dates. A sync that brings rows gives a table of the lake a new version, which
is part of every key; nothing has to be thrown away by hand.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar, cast

from regulars.insight.engines import engine as engines

KEPT_MAX = 512
_TABLES = ("receipt", "receipt_line", "customer", "product", "store")
_Answer = TypeVar("_Answer")

_lock = threading.Lock()
_answers: OrderedDict[Hashable, object] = OrderedDict()


def once(question: Hashable, compute: Callable[[], _Answer]) -> _Answer:
    """Return the answer to a question, computed only if the lake has changed since it was asked last."""
    engine = engines.chosen()
    key = (id(engine), engine.version(*_TABLES), question)
    with _lock:
        if key in _answers:
            _answers.move_to_end(key)
            return cast("_Answer", _answers[key])
    answer = compute()
    with _lock:
        _answers[key] = answer
        while len(_answers) > KEPT_MAX:
            _answers.popitem(last=False)
    return answer
