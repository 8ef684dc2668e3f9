"""What common providers document of their servers, so that an address is enough to set up an account."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from desktop.delivery.mail.server import Security
from desktop.i18n import _

# de, com, co.uk, com.br
_COUNTRIES: Final = re.compile(r"(com?\.)?[a-z]{2}|com")

Need = Literal["", "app_password", "own_password", "allowed", "sign_in", "bridge", "impossible"]


@dataclass(frozen=True, slots=True)
class Known:
    """A provider. `domains` are whole, or a stem that ends in a dot, such as "hotmail." for all of its countries.

    `per_minute` and `per_day` are the messages that it takes by its own word; 0 where it says nothing.
    `bare_user` logs in with the part before the @. `sign_in` is the provider of OAuth.
    """

    key: str
    name: str
    host: str
    imap_host: str
    domains: tuple[str, ...] = ()
    port: int = 465
    security: Security = "tls"
    need: Need = ""
    sign_in: str = ""
    per_minute: int = 0
    per_day: int = 0
    imap_port: int = 993
    imap_security: Security = "tls"
    bare_user: bool = False

    def values(self, address: str) -> dict[str, object]:
        """The columns of an account with this address."""
        user = address.partition("@")[0] if self.bare_user else address
        return {
            "host": self.host,
            "port": self.port,
            "security": self.security,
            "user": user,
            "auth": "oauth" if self.need == "sign_in" else "password",
            "provider": self.sign_in if self.need == "sign_in" else "",
            "per_minute": self.per_minute,
            "per_day": self.per_day,
            "imap_host": self.imap_host,
            "imap_port": self.imap_port,
            "imap_security": self.imap_security,
            "imap_user": user,
        }

    def advice(self) -> str:
        """What it wants before a program may send; empty where an address and its password do."""
        match self.need:
            case "app_password":
                return _(
                    "{provider} wants an app password here: make one in your account there, under security."
                ).format(provider=self.name)
            case "own_password":
                return _(
                    "{provider} has a password of its own for mail programs: set it in your account there."
                ).format(provider=self.name)
            case "allowed":
                return _("Allow other programs (POP3 and IMAP) in the mail settings of {provider} first.").format(
                    provider=self.name
                )
            case "sign_in":
                return _(
                    "{provider} takes no passwords here: register a client ID of your own, then sign in. "
                    "The help says how."
                ).format(provider=self.name)
            case "bridge":
                return _(
                    "{provider} goes by its Bridge, which must run on this computer: use the password and the "
                    "certificate that it shows."
                ).format(provider=self.name)
            case "impossible":
                return _(
                    "{provider} lets no other program send. Use another address, or write drafts for your own program."
                ).format(provider=self.name)
        return ""


PROVIDERS: Final = (
    Known(
        "gmail",
        "Gmail",
        "smtp.gmail.com",
        "imap.gmail.com",
        ("gmail.com", "googlemail.com"),
        need="app_password",
        sign_in="google",
        per_day=500,
    ),
    Known(
        "workspace",
        "Google Workspace",
        "smtp.gmail.com",
        "imap.gmail.com",
        need="app_password",
        sign_in="google",
        per_day=2000,
    ),
    Known(
        "microsoft365",
        "Microsoft 365",
        "smtp.office365.com",
        "outlook.office365.com",
        ("onmicrosoft.com", "office365.com"),
        port=587,
        security="starttls",
        need="sign_in",
        sign_in="microsoft",
        per_minute=30,
        per_day=10_000,
    ),
    Known(
        "outlook",
        "Outlook.com",
        "smtp-mail.outlook.com",
        "outlook.office365.com",
        ("outlook.", "hotmail.", "live.", "msn.com", "windowslive.com"),
        port=587,
        security="starttls",
        need="sign_in",
        sign_in="microsoft",
        per_minute=30,
        per_day=300,
    ),
    Known(
        "icloud",
        "iCloud",
        "smtp.mail.me.com",
        "imap.mail.me.com",
        ("icloud.com", "me.com", "mac.com"),
        port=587,
        security="starttls",
        need="app_password",
        per_day=1000,
    ),
    Known(
        "yahoo",
        "Yahoo",
        "smtp.mail.yahoo.com",
        "imap.mail.yahoo.com",
        ("yahoo.", "ymail.com", "rocketmail.com"),
        need="app_password",
        per_day=500,
    ),
    Known("aol", "AOL", "smtp.aol.com", "imap.aol.com", ("aol.",), need="app_password", per_day=500),
    Known(
        "fastmail",
        "Fastmail",
        "smtp.fastmail.com",
        "imap.fastmail.com",
        ("fastmail.com", "fastmail.fm"),
        need="app_password",
    ),
    Known("gmx", "GMX", "mail.gmx.net", "imap.gmx.net", ("gmx.net", "gmx.de", "gmx.at", "gmx.ch"), need="allowed"),
    Known(
        "gmx_world",
        "GMX.com",
        "mail.gmx.com",
        "imap.gmx.com",
        ("gmx.com", "gmx.us", "gmx.co.uk", "gmx.fr", "gmx.es"),
        need="allowed",
    ),
    Known(
        "web_de",
        "WEB.DE",
        "smtp.web.de",
        "imap.web.de",
        ("web.de",),
        port=587,
        security="starttls",
        need="allowed",
    ),
    Known(
        "t_online",
        "Telekom",
        "securesmtp.t-online.de",
        "secureimap.t-online.de",
        ("t-online.de", "magenta.de"),
        need="own_password",
    ),
    Known("freenet", "freenet", "mx.freenet.de", "mx.freenet.de", ("freenet.de",), need="allowed"),
    Known("posteo", "Posteo", "posteo.de", "posteo.de", ("posteo.", "posteo.net", "posteo.org")),
    Known("mailbox_org", "mailbox.org", "smtp.mailbox.org", "imap.mailbox.org", ("mailbox.org",)),
    Known(
        "infomaniak",
        "Infomaniak",
        "mail.infomaniak.com",
        "mail.infomaniak.com",
        ("ik.me", "ikmail.com", "etik.com"),
        per_day=500,
    ),
    Known("bluewin", "Swisscom Bluewin", "smtpauths.bluewin.ch", "imaps.bluewin.ch", ("bluewin.ch",)),
    Known("ovh", "OVHcloud", "ssl0.ovh.net", "ssl0.ovh.net", ("ovh.net",), per_minute=3),
    Known("ionos_de", "IONOS (DE)", "smtp.ionos.de", "imap.ionos.de", ("online.de",)),
    Known("ionos_fr", "IONOS (FR)", "smtp.ionos.fr", "imap.ionos.fr"),
    Known("ionos_es", "IONOS (ES)", "smtp.ionos.es", "imap.ionos.es"),
    Known("ionos_uk", "IONOS (UK)", "smtp.ionos.co.uk", "imap.ionos.co.uk"),
    Known("ionos", "IONOS (US)", "smtp.ionos.com", "imap.ionos.com"),
    Known("strato", "Strato", "smtp.strato.de", "imap.strato.de", ("strato.de",)),
    Known("hetzner", "Hetzner", "mail.your-server.de", "mail.your-server.de", ("your-server.de",)),
    Known("gandi", "Gandi", "mail.gandi.net", "mail.gandi.net"),
    Known("zoho_eu", "Zoho (EU)", "smtp.zoho.eu", "imap.zoho.eu", ("zohomail.eu", "zoho.eu"), need="app_password"),
    Known("zoho_in", "Zoho (IN)", "smtp.zoho.in", "imap.zoho.in", ("zohomail.in", "zoho.in"), need="app_password"),
    Known("zoho", "Zoho (US)", "smtp.zoho.com", "imap.zoho.com", ("zohomail.com", "zoho.com"), need="app_password"),
    Known("orange", "Orange", "smtp.orange.fr", "imap.orange.fr", ("orange.fr", "wanadoo.fr")),
    Known("free", "Free", "smtp.free.fr", "imap.free.fr", ("free.fr",), bare_user=True),
    Known("sfr", "SFR", "smtp.sfr.fr", "imap.sfr.fr", ("sfr.fr", "neuf.fr")),
    Known("laposte", "La Poste", "smtp.laposte.net", "imap.laposte.net", ("laposte.net",)),
    Known(
        "proton",
        "Proton Mail",
        "127.0.0.1",
        "127.0.0.1",
        ("proton.me", "protonmail.com", "protonmail.ch", "pm.me"),
        port=1025,
        security="starttls",
        need="bridge",
        imap_port=1143,
        imap_security="starttls",
    ),
    Known("tuta", "Tuta", "", "", ("tuta.com", "tuta.io", "tutanota.com", "tutanota.de"), need="impossible"),
)


def provider_of(address: str) -> Known | None:
    """Whose address it is, by its domain; None for a domain of one's own."""
    domain = address.rpartition("@")[2].strip().lower()
    if not domain:
        return None
    for one in PROVIDERS:
        for known in one.domains:
            if domain == known or domain.endswith("." + known):
                return one
            if known.endswith(".") and _COUNTRIES.fullmatch(domain.removeprefix(known)) and domain.startswith(known):
                return one
    return None


def provider_at(host: str, address: str = "") -> Known | None:
    """Who runs the server of this name; of two that share it the one whose address it is, else that for own domains."""
    found = [one for one in PROVIDERS if one.host and one.host == host.strip().lower()]
    own = provider_of(address)
    return own if own in found else found[-1] if found else None


def provider_called(key: str) -> Known | None:
    return next((one for one in PROVIDERS if one.key == key), None)
