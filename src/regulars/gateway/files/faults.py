"""What can be wrong with a whole file; faults of single rows are `rejects`.

Raised in the child and, told as JSON, raised again in the parent. The codes are stable; `wording.py` says them to people.
"""

from __future__ import annotations

from regulars.core.errors import InvalidInputError

# HTTP statuses other than 422.
_STATUS = {"file.too_large": 413}


class FileRefusedError(InvalidInputError):
    """The file cannot be imported as it is; nothing of it was."""

    def __init__(self, code: str, message: str, *, row: int | None = None, column: str | None = None) -> None:
        super().__init__(message, row=row, column=column)
        self.code = code  # type: ignore[misc]  # one class for all faults: they cross a process border as data
        self.status_code = _STATUS.get(code, 422)  # type: ignore[misc]
        self.row = row
        self.column = column
