"""Dovecot: checks postfix's logins and shows the mailboxes by IMAP, in a folder of its own on free ports."""

from __future__ import annotations

import base64
import hmac
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.servers.certificates import Certificate
from tests.servers.needed import answers, command_path, free_port, need, until
from tests.servers.postfix import DOMAIN, OWNER, PEOPLE, Postfix

PASSWORD = "Pässword 'of' \"all\""

_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/run
instance_name = {folder}
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
auth_mechanisms = plain login xoauth2
auth_username_format = %Lu
auth_failure_delay = 0
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
disable_plaintext_auth = yes
mail_location = maildir:{mail}/%d/%n
first_valid_uid = 1
default_internal_user = dovecot
default_login_user = dovenull
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
userdb {{
  driver = static
  args = uid={owner} gid={owner} home={mail}/%d/%n
}}
service imap-login {{
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = yes
  }}
}}
service auth {{
  unix_listener {auth} {{
    mode = 0660
    user = postfix
    group = postfix
  }}
}}
"""

# Tokens are signed with a key that both sides know, so that no third server is asked.
_OAUTH = """
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={folder}/keys/
username_attribute = email
"""
_KEY: Final = b"the key that signs the tokens of the tests"


def token(address: str, *, seconds: int = 3600) -> str:
    """An access token of somebody, as a provider gives it (RFC 7519); with fewer than 0 `seconds` it has expired."""
    now = int(time.time())
    head = {"alg": "HS256", "typ": "JWT", "kid": "tests"}
    body = {"sub": address, "email": address, "iat": now - 7200, "nbf": now - 7200, "exp": now + seconds}
    signed = b".".join(_for_url(json.dumps(part).encode()) for part in (head, body))
    return (signed + b"." + _for_url(hmac.digest(_KEY, signed, "sha256"))).decode("ascii")


def _for_url(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


@dataclass(frozen=True)
class Dovecot:
    """`imaps_port` speaks TLS, `imap_port` STARTTLS. Everybody's password is PASSWORD."""

    folder: Path
    imap_port: int
    imaps_port: int

    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text(encoding="utf-8", errors="replace")[-8000:] if path.exists() else ""


@contextmanager
def dovecot(certificate: Certificate, postfix: Postfix) -> Iterator[Dovecot]:
    """A running server beside a running postfix."""
    need("dovecot", root=True)
    folder = Path(tempfile.mkdtemp(prefix="sheaf-dovecot-"))
    folder.chmod(0o755)
    server = Dovecot(folder, free_port(), free_port())
    users = [f"{name}@{DOMAIN}:{PASSWORD}::::::" for name in PEOPLE]
    (folder / "users").write_text("\n".join(users) + "\n", encoding="utf-8")
    keys = folder / "keys" / "default" / "HS256"
    keys.mkdir(parents=True)
    (keys / "tests").write_bytes(base64.b64encode(_KEY))
    (folder / "oauth2.conf").write_text(_OAUTH.format(folder=folder), encoding="ascii")
    (folder / "dovecot.conf").write_text(
        _CONFIG.format(
            folder=folder,
            certificate=certificate.chain,
            key=certificate.key,
            mail=postfix.mail,
            owner=OWNER,
            imap_port=server.imap_port,
            imaps_port=server.imaps_port,
            auth=postfix.auth_socket,
        ),
        encoding="utf-8",
    )
    command = command_path("dovecot")
    assert command is not None
    with (folder / "out").open("wb") as out:
        process = subprocess.Popen(
            [command, "-F", "-c", str(folder / "dovecot.conf")],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            until(
                lambda: answers(server.imap_port) and answers(server.imaps_port) and postfix.auth_socket.exists(),
                20,
                lambda: server.log() + (folder / "out").read_text(encoding="utf-8"),
            )
            yield server
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)
            shutil.rmtree(folder, ignore_errors=True)
