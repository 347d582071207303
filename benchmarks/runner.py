"""Running benchmarks one after the other, and what is written down of it.

Belongs here: the order of the steps and the form of the results, which is that of `aanboord bench --json`. Not here: measuring
(`process`, `timing`), printing (the command).
"""

import datetime as dt
import json
import os
import platform
import tempfile
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.catalogue import Given
from benchmarks.process import in_child

_VERSIONS = ("duckdb", "dagster", "great-expectations", "numpy", "pandas", "pyarrow", "scikit-learn")


def run_all(
    names: Sequence[str], size: str, data: Path, on_start: Callable[[str], None] = lambda name: None
) -> dict[str, Any]:
    """Run benchmarks of one size.

    Parameters
    ----------
    names
        Of the catalogue.
    data
        Folder for populations, which are kept, and for work, which is not.

    Returns
    -------
    `machine`, `versions`, `made_at` and `results`.
    """
    data.mkdir(parents=True, exist_ok=True)
    results = []
    for name in names:
        on_start(name)
        results.append(_result(name, size, data))
    made_at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    return {"machine": machine(), "versions": versions(), "made_at": made_at, "results": results}


def _result(name: str, size: str, data: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix=f"{name}-", dir=data) as work:
        given = Given(size, data.absolute(), Path(work).absolute())
        in_child("prepare", name, given)
        outcome, used = in_child("run", name, given)
        scan, _ = in_child("scan", name, given)
    return {
        "name": name,
        "size": size,
        "seconds": round(outcome["seconds"], 2),
        "cpu_seconds": round(
            used.cpu_seconds, 1
        ),  # of the whole process: on a machine that is shared, the steadier figure
        "peak_mib": round(used.peak_mib),
        "rows": outcome["rows"],
        "rows_per_second": round(outcome["rows"] / outcome["seconds"]),
        "scan_seconds": round(scan, 2) if scan else None,
        "ratio_to_scan": round(outcome["seconds"] / scan, 1) if scan else None,
        "parts": {part: round(seconds, 2) for part, seconds in outcome["parts"].items()},
        "figures": {name: round(value, 2) for name, value in outcome["figures"].items()},
    }


def keep(found: dict[str, Any], path: Path) -> None:
    """Write results down, as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def machine() -> dict[str, Any]:
    """What it runs on; `load` is how many processes wanted a processor at the end, ours included."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "system": platform.system(),
        "architecture": platform.machine(),
        "processors": os.cpu_count(),
        "memory_gib": round(memory / (1 << 30)),
        "load": round(os.getloadavg()[0], 1),
    }


def versions() -> dict[str, str]:
    """Of Python, of the project, and of what it leans on."""
    return {"python": platform.python_version(), "aanboord": version("aanboord")} | {p: version(p) for p in _VERSIONS}
