"""Mail: one message to those who look after the system.

Belongs here: sending by SMTP. Not here: what a message says (`alarms`). A mail that cannot be sent is a fault, and told as one.
"""

import smtplib
import ssl
from email.message import EmailMessage

from warehouse.settings import Settings, SettingsError

_TIMEOUT_SECONDS = 30


def send(settings: Settings, subject: str, text: str) -> None:
    """Send one message to all receivers.

    Raises
    ------
    SettingsError
        Where mail is not set up.
    OSError, smtplib.SMTPException
        Where the server does not take it.
    """
    if not (settings.mail_host and settings.mail_from and settings.receivers):
        raise SettingsError("Mail is not set up. Set AANBOORD_MAIL_HOST, AANBOORD_MAIL_FROM and AANBOORD_MAIL_TO.")
    message = EmailMessage()
    message["Subject"], message["From"] = f"[Aan Boord] {subject}", settings.mail_from
    message["To"] = ", ".join(settings.receivers)
    message.set_content(text)
    with smtplib.SMTP(settings.mail_host, settings.mail_port, timeout=_TIMEOUT_SECONDS) as server:
        if settings.mail_starttls:
            server.starttls(context=ssl.create_default_context())
        if settings.mail_user:
            server.login(settings.mail_user, _password(settings))
        server.send_message(message)


def _password(settings: Settings) -> str:
    if settings.mail_password_file is None:
        raise SettingsError(
            "AANBOORD_MAIL_USER is set, and AANBOORD_MAIL_PASSWORD_FILE is not. Name the file of the password."
        )
    return settings.mail_password_file.read_text(encoding="utf-8").strip()
