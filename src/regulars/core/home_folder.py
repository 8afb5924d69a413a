"""The home folder: where one installation keeps its database, lake, keys and files.

For the command line, the settings and the rooms that write files. `REGULARS_HOME` or `--home` chooses it.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from regulars.core.errors import DomainError


class HomeFolderError(DomainError):
    """The home folder cannot be used."""

    code = "home.unusable"


@dataclass(frozen=True, slots=True)
class HomeFolder:
    """Paths below one home folder; a path is made when it is first asked for by `prepare`."""

    root: Path

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def lake(self) -> Path:
        return self.root / "lake"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def files(self) -> Path:
        return self.root / "files"

    @property
    def imports(self) -> Path:
        return self.root / "imports"

    @property
    def log(self) -> Path:
        return self.root / "log"

    def prepare(self) -> None:
        """Make the folders, readable by their owner only, or say why that cannot be."""
        try:
            for folder in (self.root, self.lake, self.keys, self.files, self.imports, self.log):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.keys.chmod(0o700)
            probe = self.root / ".writable"
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            raise HomeFolderError(
                f"The home folder {self.root} cannot be written ({error.strerror}). "
                "Choose another with --home DIR or REGULARS_HOME, or mend its rights."
            ) from error

    @contextmanager
    def serving(self, address: str) -> Iterator[bool]:
        """Hold the lock of whoever serves this folder; False if another does. The kernel frees it at any end."""
        with (self.root / ".serving").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            lock.truncate(0)
            lock.write(address)
            lock.flush()
            yield True

    def served_at(self) -> str:
        """Return the address at which `regulars serve` serves this folder now; empty if none does."""
        try:
            with (self.root / ".serving").open() as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return (self.root / ".serving").read_text()
        except OSError:  # never served, or not to be read: nobody serves it
            return ""
        return ""

    def secret(self, name: str, *, length: int = 32) -> bytes:
        """Return the secret kept in `keys/NAME`, made at random the first time and readable by its owner only."""
        path = self.keys / name
        try:
            return bytes.fromhex(path.read_text().strip())
        except FileNotFoundError:
            pass
        value = secrets.token_bytes(length)
        self.prepare()
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another process made it a moment earlier
            return bytes.fromhex(path.read_text().strip())
        with os.fdopen(handle, "w") as file:
            file.write(value.hex() + "\n")
        return value


def chosen_home() -> HomeFolder:
    """Return the home folder that the environment chooses, by default the user's data folder."""
    root = os.environ.get("REGULARS_HOME") or platformdirs.user_data_dir("regulars", appauthor=False)
    return HomeFolder(Path(root).expanduser().resolve())
