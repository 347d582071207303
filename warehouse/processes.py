"""Whether a process still runs: for what a killed one left behind.

Belongs here: that question. Not here: what is done about it. A number alone is given to another process later, so a process is told by its
number, by when it began and by which boot of the machine it began in.
"""

import os
from pathlib import Path


def is_alive(process: int) -> bool:
    """Whether there is a process of that number."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def identity_of_process(process: int | None = None) -> str:
    """What tells a process (this one where none is named) from every other, past and to come; empty where it does not run."""
    number = os.getpid() if process is None else process
    try:
        began = Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
    except OSError:
        return ""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
    return f"{number}:{began}:{boot}"


def is_same_process(identity: str) -> bool:
    """Whether the process that is told so still runs."""
    number = identity.split(":")[0]
    return number.isdigit() and identity_of_process(int(number)) == identity
