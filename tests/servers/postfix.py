"""Postfix as it runs on a mail server: in a folder of its own, on free ports, and gone when the test is over."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.servers.certificates import Certificate
from tests.servers.needed import answers, command_path, free_port, need, until

DOMAIN = "firm.test"
"""Mail to PEOPLE of this domain arrives; others are refused when they are named."""
LENIENT = "lenient.test"
"""Takes mail for everybody and finds out later who does not exist: what comes back is a bounce."""
SLOW = "slow.test"
"""Cannot be reached for now: mail for it waits in the queue."""
PEOPLE = ("office", "anna", "ben")
# Nobody's account owns the mailboxes.
OWNER = 65534

_MAIN = """
compatibility_level = 3.6
config_directory = {config}
queue_directory = {queue}
data_directory = {data}
daemon_directory = {daemons}
command_directory = {commands}
mail_owner = postfix
setgid_group = postdrop
maillog_file = /dev/stdout
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.firm.test
mydestination =
mynetworks =
local_recipient_maps =
alias_maps =
alias_database =
smtputf8_enable = yes
message_size_limit = {largest}
virtual_mailbox_domains = firm.test lenient.test
virtual_mailbox_maps = texthash:{config}/mailboxes
virtual_mailbox_base = {mail}
virtual_uid_maps = static:{owner}
virtual_gid_maps = static:{owner}
transport_maps = texthash:{config}/transport
relay_domains = slow.test
smtpd_reject_unlisted_recipient = no
smtpd_recipient_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtpd_tls_security_level = may
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_client_connection_rate_limit = 0
smtpd_error_sleep_time = 0
delay_warning_time = {warning}
queue_run_delay = 1s
minimal_backoff_time = 1s
"""
# Only the firm's own domain knows its people at once.
_STRICT = (
    "-o {{smtpd_recipient_restrictions=check_recipient_access texthash:{config}/strict,"
    "permit_sasl_authenticated,reject}}"
)
_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
  -o smtpd_sasl_auth_enable=yes -o smtpd_tls_auth_only=yes
  {strict}
127.0.0.1:{tls_port} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes -o smtpd_sasl_auth_enable=yes
  {strict}
127.0.0.1:{plain_port} inet n - n - - smtpd
  -o smtpd_tls_security_level=none
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Postfix:
    """`port` wants STARTTLS and a login, `tls_port` TLS and a login; `plain_port` is that of the open world: no TLS,
    no login, mail for its own domains only."""

    folder: Path
    port: int
    tls_port: int
    plain_port: int

    @property
    def auth_socket(self) -> Path:
        """Where dovecot has to answer for logins."""
        return self.folder / "queue" / "private" / "auth"

    @property
    def mail(self) -> Path:
        """Maildirs, one a person of each domain."""
        return self.folder / "mail"

    def arrived(self, address: str) -> list[bytes]:
        """The mails in somebody's mailbox, in no order."""
        local, _at, domain = address.partition("@")
        box = self.mail / domain / local
        return [path.read_bytes() for part in ("new", "cur") for path in (box / part).glob("*")]

    def await_mail(self, address: str, count: int, seconds: float = 20) -> list[bytes]:
        """The mails of somebody once there are that many."""
        until(
            lambda: len(self.arrived(address)) >= count,
            seconds,
            lambda: f"{len(self.arrived(address))} of {count} mails for {address}\n{self.log()}",
        )
        return self.arrived(address)

    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")[-8000:]


@contextmanager
def postfix(certificate: Certificate, *, largest: int = 20_000_000, warning: str = "0h") -> Iterator[Postfix]:
    """A running server. `largest` is the size of message that it takes, `warning` when senders hear of a delay."""
    need("postfix", "postconf", root=True)
    folder = Path(tempfile.mkdtemp(prefix="sheaf-postfix-"))
    folder.chmod(0o755)
    server = Postfix(folder, free_port(), free_port(), free_port())
    try:
        _configure(server, certificate, largest, warning)
        with _running(server):
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _configure(server: Postfix, certificate: Certificate, largest: int, warning: str) -> None:
    folder = server.folder
    config, queue, data = folder / "config", folder / "queue", folder / "data"
    for made in (config, queue, data, server.mail):
        made.mkdir()
    shutil.chown(data, "postfix", "postfix")
    os.chown(server.mail, OWNER, OWNER)
    values = {
        "config": config,
        "queue": queue,
        "data": data,
        "mail": server.mail,
        "owner": OWNER,
        "largest": largest,
        "warning": warning,
        "certificate": certificate.chain,
        "key": certificate.key,
        "daemons": _system("daemon_directory"),
        "commands": _system("command_directory"),
    }
    (config / "main.cf").write_text(_MAIN.format(**values), encoding="ascii")
    (config / "master.cf").write_text(
        _MASTER.format(
            port=server.port,
            tls_port=server.tls_port,
            plain_port=server.plain_port,
            strict=_STRICT.format(config=config),
        ),
        encoding="ascii",
    )
    people = [f"{name}@{domain} {domain}/{name}/" for name in PEOPLE for domain in (DOMAIN, LENIENT)]
    (config / "mailboxes").write_text("\n".join(people) + "\n", encoding="ascii")
    (config / "strict").write_text(f"{DOMAIN} reject_unlisted_recipient\n", encoding="ascii")
    (config / "transport").write_text(f"{SLOW} retry:4.4.1 that way is closed for now\n", encoding="ascii")


@contextmanager
def _running(server: Postfix) -> Iterator[None]:
    command = command_path("postfix")
    assert command is not None
    with (server.folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [command, "-c", str(server.folder / "config"), "start-fg"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            ports = (server.port, server.tls_port, server.plain_port)
            until(lambda: all(answers(port) for port in ports), 20, server.log)
            yield
        finally:
            _stop(server)
            process.terminate()
            process.wait(20)


def _stop(server: Postfix) -> None:
    """End the master, which has left the session of the command that started it; it takes its children along."""
    kept = server.folder / "queue" / "pid" / "master.pid"
    if not kept.exists():
        return
    master = int(kept.read_text(encoding="ascii"))
    with suppress(ProcessLookupError):
        os.kill(master, signal.SIGTERM)
        until(lambda: not _alive(master), 20, lambda: f"postfix {master} goes on\n{server.log()}")


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def _system(name: str) -> str:
    command = command_path("postconf")
    assert command is not None
    return subprocess.run([command, "-h", name], capture_output=True, text=True, check=True).stdout.strip()
