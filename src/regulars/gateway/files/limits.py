"""What a file may cost: sizes, and the limits under which the child process runs (G24).

The child gets its limits before it opens the file: address space, processor time, size of what it writes, open files, no core
dump and, where the system lets it, a network of its own without any interface.
"""

from __future__ import annotations

import ctypes
import resource
import signal
import sys

CHARACTERS_PER_CELL_MAX = 131_072
COLUMNS_MAX = 1_000
HEADER_BYTES_MAX = 4 * 2**20
ROWS_MAX = 100_000_000
SHEET_ROWS_MAX = 1_048_576  # what a spreadsheet can hold
RATIO_MAX = 200  # unpacked ÷ packed: text packs 5 to 50 times, a bomb 1,000 times
PACKED_SMALL_BYTES = 2**20  # below this much unpacked nobody is hurt, whatever the ratio
JSON_ARRAY_BYTES_MAX = 64 * 2**20  # a top-level array has to be held whole; NDJSON has no limit
DUCKDB_MEMORY = "400MB"
CHILD_THREADS = 2
CHILD_ADDRESS_SPACE_BYTES = 3 * 2**29  # 1.5 GiB: the libraries and one group of rows map about 0.9 of it
ROWS_PER_CHUNK = 100_000

_PR_SET_PDEATHSIG = 1
_CLONE_NEWNET = 0x40000000
_CLONE_NEWUSER = 0x10000000


def processor_seconds(file_bytes: int, *, is_workbook: bool = False) -> int:
    """Return how long a file may keep a processor busy: 20 seconds, and one a megabyte (five where XML is to be read)."""
    return 20 + file_bytes // 1_000_000 * (5 if is_workbook else 1)


def waiting_seconds(file_bytes: int, *, is_workbook: bool = False) -> int:
    """Return how long a parent waits for its child: a busy machine gets four times the processor's time."""
    return 25 + 4 * (processor_seconds(file_bytes, is_workbook=is_workbook) - processor_seconds(0))


def limit_this_process(*, seconds: int, written_bytes_max: int) -> None:
    """Set the limits of the calling process for good."""
    resource.setrlimit(resource.RLIMIT_AS, (CHILD_ADDRESS_SPACE_BYTES, CHILD_ADDRESS_SPACE_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (written_bytes_max, written_bytes_max))
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)  # a child whose parent was killed must not go on writing
        _leave_the_network(libc)


def _leave_the_network(libc: ctypes.CDLL) -> None:
    """Move into an empty network namespace; systems that forbid it still have DuckDB's external access switched off."""
    if libc.unshare(_CLONE_NEWNET) != 0:
        libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
