"""Settings: what a home is told from outside, by environment variables that begin with `AANBOORD_`.

Belongs here: their names, forms and defaults. Not here: whether they are safe together (`safety`), or what is done with them. A secret is
named by the file that holds it, or masked wherever it is shown.
"""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "AANBOORD_"


class SettingsError(Exception):
    """A setting that cannot be read, or that is not safe: which, and what to do."""


class Settings(BaseSettings):
    """Every setting; the name of its variable is `AANBOORD_` and its own in capitals."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", env_ignore_empty=True)

    mode: Literal["development", "production"] = Field(
        default="development", description="in production what is unsafe is refused"
    )
    home: Path = Field(default=Path("var"), description="folder that holds everything")
    threads: int | None = Field(default=None, ge=1, le=256, description="of the database; left out: one a core")
    memory: str = Field(
        default="4GB", pattern=r"^\d+(\.\d+)?(MB|GB)$", description="of the database, before it spills to disk"
    )
    keep_publications: int = Field(default=10, ge=1, description="the newest that are kept")
    keep_runs: int = Field(default=100, ge=1, description="the newest in Dagster's history that are kept")
    refits: int = Field(
        default=3, ge=0, le=50, description="of each scorecard, for the stability of lists; 0: not measured"
    )
    gate: Path | None = Field(
        default=None, description="limits of the publication gate, in the form of models/gate.yaml"
    )
    test_years: int = Field(default=3, ge=1, le=20, description="school years that models are tested on, the newest")
    landed_key: Path | None = Field(default=None, description="file of the key of landed files, apart from the home")
    vault_key: Path | None = Field(default=None, description="file of the vault's private key, apart from the home")
    audit_anchor: Path | None = Field(
        default=None, description="folder elsewhere for the daily head of the audit chain"
    )
    postgres_url: SecretStr | None = Field(
        default=None, description="database of Dagster's history: postgresql+psycopg2://user:password@host/name"
    )
    ui_host: str = Field(default="127.0.0.1", description="address of Dagster's pages; they have no login of their own")
    mail_host: str = Field(default="", description="SMTP server for alarms; empty: no alarms")
    mail_port: int = Field(default=25, ge=1, le=65535, description="its port")
    mail_starttls: bool = Field(default=True, description="whether mail is encrypted on its way")
    mail_user: str = Field(default="", description="user at the SMTP server")
    mail_password_file: Path | None = Field(default=None, description="file of the password there")
    mail_from: str = Field(default="", description="sender of alarms")
    mail_to: str = Field(default="", description="receivers of alarms, separated by commas")
    accept_unencrypted_volume: bool = Field(
        default=False, description="the home is on a volume that is not encrypted, and that is known"
    )

    @property
    def receivers(self) -> list[str]:
        return [address.strip() for address in self.mail_to.split(",") if address.strip()]


def settings() -> Settings:
    """The settings as they are now.

    Raises
    ------
    SettingsError
        Where one cannot be read: its name and what it should be, never its value.
    """
    try:
        return Settings()
    except ValidationError as error:
        found = "; ".join(f"{PREFIX}{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors(include_input=False))
        raise SettingsError(f"{found}. Mend the variable, or leave it out for the default.") from None


def shown() -> list[dict[str, str]]:
    """Every setting with its value, where that comes from, and what it is for; secrets are masked."""
    found = settings()
    return [
        {
            "name": f"{PREFIX}{name.upper()}",
            "value": "" if (value := getattr(found, name)) is None else str(value),
            "from": "environment" if name in found.model_fields_set else "default",
            "description": field.description or "",
        }
        for name, field in Settings.model_fields.items()
    ]
