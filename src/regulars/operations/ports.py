"""Whether a port can be listened on, and if not, by whom it is held."""

from __future__ import annotations

import errno
import socket

import psutil

from regulars.core.errors import DomainError


class PortTakenError(DomainError):
    """Another program listens on the port, or this user may not."""

    code = "port.taken"


def refuse_taken(host: str, port: int) -> None:
    """Refuse if `host:port` cannot be listened on."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (socket.gaierror, OverflowError):
        raise PortTakenError(f"{host}:{port} is no address of this machine; choose another with --host.") from None
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port in TIME_WAIT is free
        try:
            probe.bind(address)
            probe.listen(1)
        except (OSError, OverflowError) as error:
            raise PortTakenError(_why(host, port, error)) from None


def _why(host: str, port: int, error: Exception) -> str:
    match getattr(error, "errno", None):
        case errno.EADDRINUSE:
            return f"Port {port} is in use by {_holder(port)}; choose another with --port."
        case errno.EACCES:
            return f"Port {port} needs more rights than this user has; choose one above 1023 with --port."
        case errno.EADDRNOTAVAIL:
            return f"{host} is no address of this machine; choose another with --host."
    return f"Port {port} cannot be used ({error}); choose another with --port."


def _holder(port: int) -> str:
    try:
        for found in psutil.net_connections(kind="tcp"):
            if found.laddr and found.laddr.port == port and found.status == psutil.CONN_LISTEN and found.pid:
                return f"{psutil.Process(found.pid).name()} (process {found.pid})"
    except psutil.Error:
        pass
    return "another program"
