"""Whether a process still runs: for what a killed one left behind.

Belongs here: that question. Not here: what is done about it.
"""

import os


def is_alive(process: int) -> bool:
    """Whether there is a process of that number."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
