"""Safety: whether settings and folders are fit for real data.

Belongs here: one function a promise, each with what to do. Not here: reading settings (`settings`). In development the findings are told;
in production nothing runs while there is one.
"""

import os
import stat
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from pathlib import Path

from data_contracts.yaml_text import read_yaml
from warehouse.home import Home
from warehouse.settings import PREFIX, Settings, SettingsError, settings

_MOUNTS = Path("/proc/self/mountinfo")
_IN_MEMORY = ("tmpfs", "ramfs")


def findings(home: Home, found: Settings) -> list[str]:
    """What is not safe for real data: what, and what to do."""
    return [finding for check in CHECKS for finding in check(home, found)]


def refuse_unsafe(home: Home) -> None:
    """In production, refuse to go on where anything is unsafe.

    Raises
    ------
    SettingsError
        With every finding.
    """
    found = settings()
    if found.mode == "production" and (unsafe := findings(home, found)):
        raise SettingsError("Not safe for production:\n" + "\n".join(f"- {finding}" for finding in unsafe))


def _keys_apart(home: Home, found: Settings) -> Iterator[str]:
    for name, path in (("landed_key", found.landed_key), ("vault_key", found.vault_key)):
        if path is None or path.absolute().is_relative_to(home.root.absolute()):
            yield f"{PREFIX}{name.upper()} names no file apart from the home: who copies the home has the key too. Keep it elsewhere."


def _closed_to_others(home: Home, found: Settings) -> Iterator[str]:
    private = [home.root, home.secrets, home.vault, home.lists, home.audit, home.temp]
    keys = [p for p in (found.landed_key, found.vault_key, found.mail_password_file, *home.secrets.glob("*.key")) if p]
    for path in [p for p in private + keys if p.exists()]:
        if path.stat().st_mode & (stat.S_IRWXO | (0 if path.is_dir() else stat.S_IRWXG)):
            yield f"{path} is open to other users. Close it: chmod o-rwx (a key file: chmod 600)."


def _anchored(home: Home, found: Settings) -> Iterator[str]:
    folder = found.audit_anchor
    if folder is None or not folder.is_dir() or folder.absolute().is_relative_to(home.root.absolute()):
        yield f"{PREFIX}AUDIT_ANCHOR names no folder apart from the home, so the end of the audit chain is not kept elsewhere."


def _real_database(home: Home, found: Settings) -> Iterator[str]:
    if found.postgres_url is None:
        yield f"{PREFIX}POSTGRES_URL is not set: Dagster's history would stand in one SQLite file. Give it a PostgreSQL database."
    elif not found.postgres_url.get_secret_value().startswith("postgresql+psycopg2://"):
        yield f"{PREFIX}POSTGRES_URL does not begin with postgresql+psycopg2://, the one driver that Dagster's history works with."


def _alarms(home: Home, found: Settings) -> Iterator[str]:
    missing = [name for name in ("mail_host", "mail_from", "mail_to") if not getattr(found, name)]
    if missing:
        yield f"{', '.join(PREFIX + name.upper() for name in missing)} not set: nobody would hear of a run that failed."


def _loopback(home: Home, found: Settings) -> Iterator[str]:
    try:
        is_loopback = ip_address(found.ui_host).is_loopback
    except ValueError:
        is_loopback = found.ui_host == "localhost"
    if not is_loopback:
        yield f"{PREFIX}UI_HOST is {found.ui_host}: Dagster's pages have no login. Use 127.0.0.1 behind a proxy that asks who you are."


def _no_telemetry(home: Home, found: Settings) -> Iterator[str]:
    path = Path(os.environ.get("DAGSTER_HOME") or home.dagster) / "dagster.yaml"
    told = (read_yaml(path.read_text(encoding="utf-8")) or {}) if path.exists() else {"telemetry": {"enabled": False}}
    if told.get("telemetry", {}).get("enabled", True):
        yield f"{path} leaves Dagster's telemetry on. Write `telemetry: {{enabled: false}}` there."


def _not_root(home: Home, found: Settings) -> Iterator[str]:
    if os.geteuid() == 0:
        yield "It runs as root. Run it as a user of its own, who owns the home and nothing else."


def _encrypted(home: Home, found: Settings) -> Iterator[str]:
    if not found.accept_unencrypted_volume and not _is_encrypted(home.root):
        yield (
            f"The volume of {home.root} is not seen to be encrypted (LUKS). Use one that is, or say that you know:"
            f" {PREFIX}ACCEPT_UNENCRYPTED_VOLUME=true."
        )


def _is_encrypted(folder: Path) -> bool:
    """Whether the device below a folder, or one below that, is a dm-crypt one; memory holds nothing after a power cut."""
    device = next(p for p in (folder, *folder.parents) if p.exists()).stat().st_dev
    name = f"{os.major(device)}:{os.minor(device)}"
    lines = [line.split() for line in _MOUNTS.read_text(encoding="utf-8").splitlines()]
    if any(line[2] == name and line[line.index("-") + 1] in _IN_MEMORY for line in lines):
        return True
    return any(_is_crypt(below) for below in _with_those_below(Path("/sys/dev/block") / name))


def _is_crypt(device: Path) -> bool:
    uuid = device / "dm" / "uuid"
    return uuid.exists() and uuid.read_text(encoding="utf-8").startswith("CRYPT-")


def _with_those_below(device: Path) -> Iterator[Path]:
    yield device
    slaves = device / "slaves"
    for below in slaves.iterdir() if slaves.is_dir() else ():
        yield from _with_those_below(below)


CHECKS: tuple[Callable[[Home, Settings], Iterator[str]], ...] = (
    _keys_apart,
    _closed_to_others,
    _anchored,
    _real_database,
    _alarms,
    _loopback,
    _no_telemetry,
    _not_root,
    _encrypted,
)
