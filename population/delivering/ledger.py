"""The ledger: what was injected into a delivery, for whoever wants to know whether it was noticed.

Belongs here: the file. Not here: the faults. It lies beside the delivery, never in it, and names made-up keys only.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from population.delivering.catalogue import Fault, Injected, catalogue


def ledger_path(out: Path) -> Path:
    """Where the ledger of a delivery is."""
    return out.with_name(f"{out.name}-faults.json")


def write_ledger(out: Path, faults: Sequence[Fault]) -> list[dict[str, Any]]:
    """Write down, a fault and kind of file: what, what has to become of it, in how many rows, and where.

    Returns
    -------
    The entries.
    """
    entries = [
        {
            "fault": fault.name,
            "what": catalogue()[fault.name]["what"],
            "intake": catalogue()[fault.name]["intake"],
            "file": f"{kind}.csv" if kind else None,
            "rows": injected.rows,
            "where": injected.where,
        }
        for fault in faults
        for kind, injected in (fault.injected or {"": Injected()}).items()
    ]
    ledger_path(out).write_text(json.dumps({"faults": entries}, indent=1) + "\n", encoding="utf-8")
    return entries
