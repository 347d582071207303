"""The audit chain: who did what to data about children, in a form in which nothing can be changed afterwards without being found.

Belongs here: adding an entry and checking the chain. Not here: which actions are told (each action's own module calls `record` before it
takes effect, so that an action whose entry cannot be written does not happen). An entry holds ids and counts, never a pupil.

One line an entry: its number, time (UTC), actor, action, what it is about, and a keyed hash (HMAC-SHA-256) over all of this and the hash
of the entry before. The head keeps number and hash of the last entry, so that entries cannot be cut off at the end; a copy of the head
outside (`AANBOORD_AUDIT_ANCHOR`) also holds against one who has the key.
"""

import datetime as dt
import fcntl
import getpass
import hmac
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from warehouse.home import Home
from warehouse.keys import KEY_BYTES, flush_folder, read_key, write_key, write_text_safely

ANCHOR = "AANBOORD_AUDIT_ANCHOR"  # names a folder elsewhere for a copy of the head, one a day
START = "0" * 64
ACTIONS = frozenset(
    {"backup", "diff", "erase", "export", "feedback", "forget", "list", "model", "publish", "query", "reproduce"}
    | {"restore", "retention", "rotate", "view"}
)


class AuditError(Exception):
    """The chain cannot be written, or was changed: what, where, and what to do."""


def record(home: Home, action: str, **about: str | int | float | None) -> None:
    """Add an entry, on the disk when this returns.

    Parameters
    ----------
    action
        One of `ACTIONS`.
    about
        Ids and counts: a publication, a centre, how many rows. Never what a row says.

    Raises
    ------
    AuditError
        Where it cannot be written; the action must then not take effect.
    """
    if action not in ACTIONS:
        raise AuditError(f"Unknown action `{action}`. Actions: {', '.join(sorted(ACTIONS))}.")
    try:
        with _alone(home):
            _add(home, {"action": action, "about": about, "actor": _actor(), "at": _now()})
    except OSError as error:
        raise AuditError(
            f"The audit chain in {home.audit} cannot be written ({error.strerror}), so nothing was done."
            " Look at the rights and the room of that folder."
        ) from None


def entries(home: Home) -> list[dict[str, Any]]:
    """All entries, the oldest first, as they stand on the disk."""
    if not _chain(home).exists():
        return []
    return [json.loads(line) for line in _chain(home).read_text(encoding="utf-8").splitlines()]


def problems(home: Home) -> list[str]:
    """What was edited, taken out, moved or cut off; nothing where the chain is whole."""
    if not _chain(home).exists() and not _head(home).exists():
        return []
    try:
        found = _broken_links(home)
    except (ValueError, KeyError, TypeError):
        return [
            "The audit chain holds a line that is no entry. Put it back from a backup and find out who wrote there."
        ]
    return found or _anchor_problems(home)


def _broken_links(home: Home) -> list[str]:
    key, before, found = _key(home), START, list[str]()
    lines = entries(home)
    for number, entry in enumerate(lines, start=1):
        said = {k: v for k, v in entry.items() if k != "hash"}
        if entry["number"] != number:
            found.append(f"Audit entry {number} is missing or out of order: entry {entry['number']} stands there.")
            break
        if not hmac.compare_digest(_hash(key, before, said), entry["hash"]):
            found.append(f"Audit entry {number} was changed, or the one before it.")
            break
        before = entry["hash"]
    return found or _head_problems(_head(home), key, lines)


def _head_problems(path: Path, key: bytes, lines: list[dict[str, Any]]) -> list[str]:
    if not path.exists():
        return [f"The head of the audit chain, {path}, is gone. Put it back from a backup."]
    head = json.loads(path.read_text(encoding="utf-8"))
    if not hmac.compare_digest(_hash(key, head["last"], {"number": head["number"]}), head["hash"]):
        return [f"The head of the audit chain, {path.name}, was changed."]
    if head["number"] > len(lines):
        return [f"The audit chain was cut off: it has {len(lines)} entries, and there were {head['number']}."]
    # entry beyond the head: the power went between the two files, and the next entry mends it
    if head["number"] and lines[head["number"] - 1]["hash"] != head["last"]:
        return [f"Audit entry {head['number']} is not the one that the head {path.name} knows."]
    return []


def _anchor_problems(home: Home) -> list[str]:
    folder, lines, key = os.environ.get(ANCHOR), entries(home), _key(home)
    kept = sorted(Path(folder).glob("audit_*.json")) if folder else []
    return [problem for path in kept for problem in _head_problems(path, key, lines)]


def _add(home: Home, said: dict[str, Any]) -> None:
    key, last = _key(home), _last(home)
    entry = {"number": last["number"] + 1, **said}
    entry["hash"] = _hash(key, last["hash"], entry)
    handle = os.open(_chain(home), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a", encoding="utf-8") as chain:
        chain.write(_text(entry) + "\n")
        chain.flush()
        os.fsync(chain.fileno())
    head = {"number": entry["number"], "last": entry["hash"]}
    head["hash"] = _hash(key, entry["hash"], {"number": entry["number"]})
    write_text_safely(_head(home), _text(head))
    if folder := os.environ.get(ANCHOR):
        write_text_safely(Path(folder) / f"audit_{said['at'][:10]}.json", _text(head))


def _last(home: Home) -> dict[str, Any]:
    """The last whole entry; what a power cut left of one after it is taken away, since its action did not happen."""
    path = _chain(home)
    if not path.exists():
        if _head(home).exists():
            raise AuditError(f"The audit chain {path} is gone. Put it back from a backup before anything else is done.")
        return {"number": 0, "hash": START}
    with path.open("r+b") as chain:
        chain.seek(max(0, path.stat().st_size - (1 << 20)))
        tail = chain.read()
        whole = tail[: tail.rfind(b"\n") + 1]
        if len(whole) < len(tail):
            chain.truncate(path.stat().st_size - (len(tail) - len(whole)))
    found: dict[str, Any] = json.loads(whole.splitlines()[-1]) if whole else {"number": 0, "hash": START}
    return found


def _hash(key: bytes, before: str, said: dict[str, Any]) -> str:
    return hmac.new(key, f"{before}\n{_text(said)}".encode(), "sha256").hexdigest()


def _text(value: dict[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _key(home: Home) -> bytes:
    path = home.secrets / "audit.key"
    if not path.exists() and not _chain(home).exists():
        with suppress(FileExistsError):
            write_key(path, secrets.token_bytes(KEY_BYTES))
    return read_key(path, "The key of the audit chain")


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    home.audit.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(home.audit / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
        flush_folder(home.audit)
    finally:
        os.close(handle)


def _actor() -> str:
    return os.environ.get("AANBOORD_ACTOR") or getpass.getuser()


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")


def _chain(home: Home) -> Path:
    return home.audit / "chain.jsonl"


def _head(home: Home) -> Path:
    return home.audit / "head.json"
