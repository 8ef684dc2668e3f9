"""The form of an e-mail account: the address first, and from it all that is known of its provider."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from desktop.i18n import _
from desktop.services.delivery.mail.providers import PROVIDERS, Known, provider_at, provider_called, provider_of
from desktop.ui.editors import CheckEditor, Choice, PasswordEditor
from desktop.ui.form import Field, Form, Section
from desktop.ui.settings.asking import texts
from desktop.ui.theme import Theme

PASSWORD, CLIENT_SECRET, IMAP_PASSWORD = "password", "client_secret", "imap_password"
SECRETS: Final = (PASSWORD, CLIENT_SECRET, IMAP_PASSWORD)
# Fields that are no columns.
_ASIDE: Final = (*SECRETS, "known", "login", "shown", "unchecked")
_SMTP_PORTS: Final = {"starttls": 587, "tls": 465, "none": 25}
_IMAP_PORTS: Final = {"starttls": 143, "tls": 993, "none": 143}
_OAUTH: Final = ("google", "microsoft")
_NEW: Final = {
    "known": "",
    "login": "password",
    "port": 587,
    "security": "starttls",
    "per_minute": 0,
    "per_day": 0,
    "imap_port": 993,
    "imap_security": "tls",
    "imap_folder": "INBOX",
}


def securities() -> list[Choice]:
    return [
        ("starttls", _("STARTTLS")),
        ("tls", _("TLS from the start")),
        ("none", _("Not encrypted")),
    ]


def logins() -> list[Choice]:
    return [
        ("password", _("With a password")),
        ("google", _("Sign in with Google")),
        ("microsoft", _("Sign in with Microsoft")),
        ("none", _("Without a login")),
    ]


class MailAccountForm(Form):
    """Fills itself from the address until the person has written something else there."""

    def __init__(self, theme: Theme, row: Mapping[str, object], *, keyring: bool, firm: str) -> None:
        super().__init__(_sections(row, keyring=keyring, firm=firm), theme)
        self._new = "id" not in row
        self.put(_shown(row) if row else _NEW)
        # An account that works is not touched by what is known of others.
        self._filled: dict[str, object] = self._typed() if self._new else {}
        self.editor("sender").changed.connect(self._follow_address)
        self.editor("known").changed.connect(self._follow_provider)
        self.editor("login").changed.connect(self._follow_login)
        self.editor("shown").changed.connect(self._show_letters)
        for name, usual in (("", _SMTP_PORTS), ("imap_", _IMAP_PORTS)):
            self.editor(f"{name}security").changed.connect(
                partial(self._follow_security, f"{name}security", f"{name}port", usual)
            )
        self._follow_login()
        self._advise(provider_called(str(self.read("known") or "")))

    def account(self, typed: Mapping[str, object]) -> dict[str, object]:
        """The columns of what was typed."""
        values = {key: value for key, value in typed.items() if key not in _ASIDE}
        words = [key for key, value in values.items() if value is None and key not in _NUMBERS]
        values |= texts(values, *words)
        values |= {key: values[key] or 0 for key in _NUMBERS}
        login = str(typed["login"])
        values["auth"] = "oauth" if login in _OAUTH else login
        values["provider"] = login if login in _OAUTH else ""
        values["verify"] = not typed["unchecked"]
        return values

    def _follow_address(self) -> None:
        address = str(self.read("sender") or "")
        known = provider_of(address)
        wanted: dict[str, object] = {"user": address, "imap_user": address}
        if known is not None:
            wanted |= self._of(known, address)
        self._fill(wanted)
        self._fill({"known": known.key if known else ""})
        self._advise(known)
        if self._new and known is None and "@" in address:
            self.unfold("host")
        self._follow_login()

    def _follow_provider(self) -> None:
        known = provider_called(str(self.read("known") or ""))
        if known is not None:
            # Who chooses a provider wants its settings, whatever stood there before.
            self._filled |= self._typed()
            self._fill(self._of(known, str(self.read("sender") or "")))
        else:
            self.unfold("host")
        self._advise(known)
        self._follow_login()

    def _of(self, known: Known, address: str) -> dict[str, object]:
        values = known.values(address)
        auth, provider = values.pop("auth"), values.pop("provider")
        return values | {"login": provider if auth == "oauth" else auth}

    def _fill(self, wanted: Mapping[str, object]) -> None:
        """Put values where the person has typed nothing of their own."""
        typed = self._typed()
        for key, value in wanted.items():
            if typed[key] in (self._filled.get(key), None, ""):
                self.editor(key).put(value)
                self._filled[key] = value

    def _typed(self) -> dict[str, object]:
        return {key: self.read(key) for key in (*_FROM_PROVIDER, "known")}

    def _advise(self, known: Known | None) -> None:
        self.explain("known", known.advice() if known else "")

    def _follow_login(self) -> None:
        login = str(self.read("login"))
        self.show_field("password", login == "password")
        self.show_field("shown", login == "password")
        self.show_field("client_id", login in _OAUTH)
        self.show_field(CLIENT_SECRET, login == "google")
        self.show_field("tenant", login == "microsoft")

    def _follow_security(self, encryption: str, port: str, usual: Mapping[str, int]) -> None:
        """The usual port follows the encryption; another that was typed stays."""
        if self.read(port) in (None, *usual.values()):
            self.editor(port).put(usual[str(self.read(encryption))])

    def _show_letters(self) -> None:
        shown = self.editor("shown")
        assert isinstance(shown, CheckEditor)
        for key in SECRETS:
            editor = self.editor(key)
            assert isinstance(editor, PasswordEditor)
            editor.show_letters(shown.isChecked())


_NUMBERS: Final = ("port", "per_minute", "per_day", "imap_port")
_FROM_PROVIDER: Final = (
    *("host", "port", "security", "user", "login", "per_minute", "per_day"),
    *("imap_host", "imap_port", "imap_security", "imap_user"),
)


def _shown(row: Mapping[str, object]) -> dict[str, object]:
    known = provider_at(str(row["host"]), str(row["sender"]))
    return {
        **row,
        "known": known.key if known else "",
        "login": row["provider"] if row["auth"] == "oauth" else row["auth"],
        "unchecked": not row["verify"],
    }


def _sections(row: Mapping[str, object], *, keyring: bool, firm: str) -> list[Section]:
    kept = (
        _("Kept in the keyring of this system, and nowhere else.")
        if keyring
        else _("This system has no keyring: it is known until Sheaf is closed, and written to no file.")
    )
    unchanged = _("Unchanged") if row else ""
    providers = [(one.key, one.name) for one in sorted(PROVIDERS, key=lambda one: one.name.casefold()) if one.host]
    whose = [
        Field("sender", _("E-mail address"), required=True, span=3, hint=_("invoices@your-firm.example")),
        Field("known", _("Provider"), "choice", span=3, choices=[("", _("Another")), *providers]),
        Field("sender_name", _("Name that people see"), span=3, hint=firm),
        Field("name", _("Name in Sheaf"), span=3, hint=_("The address")),
        Field("login", _("Login"), "choice", choices=logins()),
        Field(PASSWORD, _("Password"), "password", span=4, hint=unchanged, note=kept),
        Field("shown", _("Show it"), "check", span=2),
        Field("client_id", _("Client ID of your registration"), note=_("The help (F1) says how to get one.")),
        Field(CLIENT_SECRET, _("Client secret"), "password", hint=unchanged, note=kept),
        Field("tenant", _("Directory (tenant)"), hint=_("Any"), note=_("Only where your company wants it.")),
    ]
    copies = [
        Field("reply_to", _("Answers go to"), span=3, hint=_("The address")),
        Field("receipts", _("Ask for a read receipt"), "check", span=3),
        Field("copy_to", _("A hidden copy of each mail to"), note=_("Several apart by commas.")),
    ]
    server = [
        Field("host", _("Server for outgoing mail"), span=4),
        Field("port", _("Port"), "whole", span=2),
        Field("security", _("Encryption"), "choice", span=3, choices=securities()),
        Field("user", _("User name"), span=3, hint=_("The address")),
        Field("ca_file", _("Trust this certificate besides"), span=3, hint=_("A .pem or .crt file")),
        Field(
            "unchecked",
            _("Do not look at the certificate"),
            "check",
            span=3,
            note=_("Whoever is on the way could then read mails and password."),
        ),
    ]
    limits = [
        Field("per_minute", _("At most a minute"), "whole", span=3),
        Field("per_day", _("At most a day"), "whole", span=3, note=_("Mails; 0 is without a limit.")),
    ]
    inbox = [
        Field("imap_host", _("IMAP server"), span=4, note=_("Mails that come back are looked for there.")),
        Field("imap_port", _("Port"), "whole", span=2),
        Field("imap_security", _("Encryption"), "choice", span=3, choices=securities()),
        Field("imap_user", _("User name"), span=3, hint=_("The address")),
        Field("imap_folder", _("Folder"), span=3),
        Field(IMAP_PASSWORD, _("Password of its own"), "password", span=3, hint=_("As for sending")),
    ]
    return [
        Section("", whose),
        Section(_("Server"), server, folds=True),
        Section(_("Answers and copies"), copies, folds=True),
        Section(_("Limits"), limits, folds=True),
        Section(_("Inbox for mails that come back"), inbox, folds=True),
    ]
