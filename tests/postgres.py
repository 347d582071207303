"""A real PostgreSQL for tests: made in a folder, on loopback, and ended with the test.

Belongs here: starting and stopping it. Not here: what is tested. Debian's package `postgresql` has the programs.
"""

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "postgres"


def programs() -> Path:
    """The folder of PostgreSQL's programs, of the newest version that is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    if not found:
        raise FileNotFoundError("PostgreSQL is not installed: apt-get install postgresql")
    return found[-1]


@contextmanager
def database(folder: Path, password: str) -> Iterator[str]:
    """The address of an empty database on this machine."""
    data, port = folder / "data", _free_port()
    (folder / "password").write_text(password)
    shutil.chown(folder, USER)
    shutil.chown(folder / "password", USER)
    _run("initdb", "-D", data, "-A", "scram-sha-256", "--pwfile", folder / "password", "--no-sync", "-E", "UTF8")
    options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c fsync=off"
    _run("pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start")
    try:
        yield f"postgresql+psycopg2://{USER}:{password}@127.0.0.1:{port}/postgres"
    finally:
        _run("pg_ctl", "-D", data, "-m", "immediate", "stop")


def _run(program: str, *arguments: object) -> None:
    """As the user that PostgreSQL runs as: it refuses to be root."""
    owner = pwd.getpwnam(USER)
    become = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    command = [str(programs() / program), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", timeout=120, check=False, **become)
    assert done.returncode == 0, done.stderr


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
