"""What settings promise: each can be read, none is shown where it is secret, and production refuses what is unsafe."""

import json
from pathlib import Path

import pytest

from warehouse import safety
from warehouse.home import Home
from warehouse.safety import findings, refuse_unsafe
from warehouse.settings import Settings, SettingsError, settings, shown

SECRET = "geheim-wachtwoord"


@pytest.fixture
def safe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home with everything in place for production, by a user who is not root."""
    home = Home(tmp_path / "home")
    home.root.mkdir(mode=0o700)
    home.create()
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    for name in ("landed.key", "vault.key"):
        (tmp_path / "elsewhere" / name).touch(mode=0o600)
    monkeypatch.setattr(safety.os, "geteuid", lambda: 1000)
    for name, value in {
        "MODE": "production",
        "LANDED_KEY": tmp_path / "elsewhere" / "landed.key",
        "VAULT_KEY": tmp_path / "elsewhere" / "vault.key",
        "AUDIT_ANCHOR": tmp_path / "elsewhere",
        "POSTGRES_URL": f"postgresql+psycopg2://aanboord:{SECRET}@localhost/dagster",
        "MAIL_HOST": "localhost",
        "MAIL_FROM": "aanboord@example.org",
        "MAIL_TO": "analyst@example.org, second@example.org",
        "ACCEPT_UNENCRYPTED_VOLUME": "true",
    }.items():
        monkeypatch.setenv(f"AANBOORD_{name}", str(value))
    return home


def test_what_is_safe_is_let_through(safe: Home) -> None:
    """Nothing is found, so nothing is refused."""
    assert findings(safe, settings()) == []
    refuse_unsafe(safe)


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("LANDED_KEY", None, "AANBOORD_LANDED_KEY names no file apart from the home"),
        ("VAULT_KEY", "{home}/secrets/vault.key", "AANBOORD_VAULT_KEY names no file apart from the home"),
        ("AUDIT_ANCHOR", None, "the end of the audit chain is not kept elsewhere"),
        ("AUDIT_ANCHOR", "{home}/audit", "the end of the audit chain is not kept elsewhere"),
        ("POSTGRES_URL", None, "one SQLite file"),
        ("POSTGRES_URL", "postgresql://aanboord@localhost/dagster", "the one driver"),
        ("MAIL_TO", "", "AANBOORD_MAIL_TO not set"),
        ("UI_HOST", "0.0.0.0", "Dagster's pages have no login"),
        ("UI_HOST", "dagster.example.org", "Dagster's pages have no login"),
        ("ACCEPT_UNENCRYPTED_VOLUME", "false", "not seen to be encrypted"),
    ],
)
def test_each_unsafe_setting_stops_production(
    safe: Home, monkeypatch: pytest.MonkeyPatch, variable: str, value: str | None, said: str
) -> None:
    """By name, with what to do; in development it is only told."""
    monkeypatch.setattr(safety, "_IN_MEMORY", ())  # the folder of the tests may be in memory
    name = f"AANBOORD_{variable}"
    monkeypatch.delenv(name) if value is None else monkeypatch.setenv(name, value.format(home=safe.root))
    with pytest.raises(SettingsError, match="Not safe for production") as refused:
        refuse_unsafe(safe)
    assert said in str(refused.value)
    monkeypatch.setenv("AANBOORD_MODE", "development")
    refuse_unsafe(safe)


def test_folders_and_keys_that_others_can_read_stop_production(safe: Home, tmp_path: Path) -> None:
    """Each by its path."""
    safe.vault.chmod(0o755)
    (tmp_path / "elsewhere" / "vault.key").chmod(0o640)
    said = "\n".join(findings(safe, settings()))
    assert f"{safe.vault} is open to other users" in said and "vault.key is open to other users" in said


def test_telemetry_and_root_stop_production(safe: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dagster's own settings count, where it reads them."""
    (safe.dagster / "dagster.yaml").write_text("storage: {}\n")
    monkeypatch.setattr(safety.os, "geteuid", lambda: 0)
    said = "\n".join(findings(safe, settings()))
    assert "leaves Dagster's telemetry on" in said and "It runs as root" in said


def test_an_encrypted_volume_is_recognised(tmp_path: Path) -> None:
    """A dm-crypt device, or a logical volume on one."""
    crypt, volume = tmp_path / "crypt", tmp_path / "volume"
    (crypt / "dm").mkdir(parents=True)
    (crypt / "dm" / "uuid").write_text("CRYPT-LUKS2-0123\n")
    (volume / "slaves" / "crypt" / "dm").mkdir(parents=True)
    (volume / "slaves" / "crypt" / "dm" / "uuid").write_text("CRYPT-LUKS2-0123\n")
    plain = tmp_path / "plain"
    plain.mkdir()
    seen = [any(safety._is_crypt(d) for d in safety._with_those_below(device)) for device in (crypt, volume, plain)]
    assert seen == [True, True, False]


def test_secrets_are_masked_wherever_settings_are_shown(safe: Home) -> None:
    """Neither in the list nor in the settings themselves; receivers are read one by one."""
    assert SECRET not in json.dumps(shown()) and SECRET not in repr(settings())
    by_name = {s["name"]: s for s in shown()}
    assert by_name["AANBOORD_POSTGRES_URL"]["value"] == "**********"
    assert (by_name["AANBOORD_MEMORY"]["from"], by_name["AANBOORD_MODE"]["from"]) == ("default", "environment")
    assert settings().receivers == ["analyst@example.org", "second@example.org"]


@pytest.mark.parametrize(
    ("name", "value"), [("MODE", "prod"), ("MEMORY", "much"), ("THREADS", "0"), ("MAIL_PORT", "x")]
)
def test_a_setting_that_cannot_be_read_is_named_without_its_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """A value may be a secret put in the wrong place."""
    monkeypatch.setenv(f"AANBOORD_{name}", f"{value}-{SECRET}")
    with pytest.raises(SettingsError, match=f"AANBOORD_{name}: ") as refused:
        settings()
    assert SECRET not in str(refused.value)


def test_every_setting_says_what_it_is_for() -> None:
    """What `aanboord config check` prints."""
    assert all(field.description for field in Settings.model_fields.values())
