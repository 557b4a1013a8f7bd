"""One server per port, and one per `var/`: a second one says so and exits."""

import fcntl
import os
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

LISTENING = "0A"
ENDING_SECONDS = 10.0  # seconds that a killed server's children may still hold its lock


class InUse(Exception):
    """Another process has it; the message says which, if known."""


def claim_port(host: str, port: int) -> socket.socket:
    """Claim the port for this process and its children: while the socket is open, nobody else's `claim_port` gets it.

    The web server's own sockets share a port (SO_REUSEPORT), and so would two servers. This socket is first bound
    exclusively, and only then lets other processes of this user bind.
    """
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    held = socket.socket(family, kind)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind(address)
    except PermissionError:
        held.close()
        raise InUse(f"Port {port} may not be used by this user. Choose another one: PORT=8001.") from None
    except OSError:
        held.close()
        raise InUse(f"Port {port} is taken{by(port)}. End that process, or choose another port: PORT=8001.") from None
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
    if sys.platform == "linux":
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    else:
        held.close()  # without sharing, the web server's own socket is the only one
    return held


def by(port: int) -> str:
    """ " by process 17 (python manage.py up)", if Linux can tell who listens."""
    for pid in listeners(port):
        with suppress(OSError):
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[:3]
            command = " ".join(Path(os.fsdecode(word)).name for word in words if word)
            return f" by process {pid} ({command})"
    return ""


def listeners(port: int) -> list[int]:
    """The processes that listen on the port, as far as this user may inspect them, oldest first."""
    rows = [row.split() for table in ("tcp", "tcp6") for row in lines(Path("/proc/net", table))[1:]]
    sockets = {f"socket:[{row[9]}]" for row in rows if row[3] == LISTENING and row[1].endswith(f":{port:04X}")}
    pids = sorted(int(entry.name) for entry in Path("/proc").glob("[0-9]*")) if sockets else []
    return [pid for pid in pids if not sockets.isdisjoint(descriptors(pid))]


def lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except OSError:
        return []


def descriptors(pid: int) -> set[str]:
    found = set()
    with suppress(OSError):
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                found.add(os.readlink(entry))
    return found


def claim_folder(folder: Path, port: int) -> IO[str]:
    """Claim the `var/` folder for this process and its children, until the last of them has ended."""
    file = (folder / "up.lock").open("a+")
    deadline = time.monotonic() + ENDING_SECONDS
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            pid, _, other = file.read().strip().partition(" ")
            if is_ending(pid) and time.monotonic() < deadline:
                time.sleep(0.1)
                continue
            file.close()
            who = f" by process {pid}, on port {other}" if other else ""
            raise InUse(f"{folder} is in use{who}. End that server, or choose another folder: FLYWHEEL_VAR=…") from None
        file.truncate(0)
        file.write(f"{os.getpid()} {port}\n")
        file.flush()
        return file


def is_ending(pid: str) -> bool:
    """Whether the process that took the lock has ended, so that its children soon will too."""
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except (ValueError, PermissionError):
        return False
    return False
