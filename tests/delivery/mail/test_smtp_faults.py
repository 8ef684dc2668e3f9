"""Whatever breaks at whatever step: what is said of a mail is what the server did with it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from typing import Literal

import pytest

from desktop.delivery.mail.message import Enclosed, Mail
from desktop.delivery.mail.server import NotSent, Password, Reason, Server, Unclear
from desktop.delivery.mail.smtp import Connection, Patience
from tests.servers import faulty_smtp as faulty
from tests.servers.certificates import Certificate
from tests.servers.faulty_smtp import DROP, RESET, RUBBISH, STALL, Fault, FaultySmtp, faulty_smtp
from tests.servers.mail_fixtures import LETTER, authority, certificate

__all__ = ["authority", "certificate"]

# Only where a server falls silent is there anything to wait for.
SHORT = Patience(connect=0.7, command=0.7, data=0.7, end=0.7)
USUAL = Patience(connect=30, command=30, data=30, end=30)
CLOSING, LATER, NEVER = "421 4.3.2 Closing", "451 4.3.0 Not now", "550 5.7.1 Not from you"

Kind = Literal["temporary", "permanent", "account", "account for good", "unclear", "sent"]


def broken(kind: Kind) -> dict[str, tuple[Kind, Reason]]:
    return {DROP: (kind, "dropped"), RESET: (kind, "dropped"), STALL: (kind, "timeout")}


BEFORE_A_MAIL: dict[str, tuple[Kind, Reason]] = {
    **broken("account"),
    RUBBISH: ("account for good", "not_mail"),
    CLOSING: ("account", "busy"),
    LATER: ("account", "busy"),
    NEVER: ("account for good", "unwelcome"),
}
WITHIN_A_MAIL: dict[str, tuple[Kind, Reason]] = {
    **broken("temporary"),
    RUBBISH: ("temporary", "not_mail"),
    CLOSING: ("account", "busy"),
    LATER: ("temporary", "message"),
    NEVER: ("permanent", "message"),
}
EXPECTED: dict[str, dict[str, tuple[Kind, Reason]]] = {
    "banner": BEFORE_A_MAIL,
    "ehlo": BEFORE_A_MAIL,
    "starttls": BEFORE_A_MAIL
    | dict.fromkeys((CLOSING, LATER), ("account", "no_starttls"))
    | {NEVER: ("account for good", "no_starttls")},
    "auth": BEFORE_A_MAIL
    | dict.fromkeys((CLOSING, LATER), ("account", "login"))
    | {NEVER: ("account for good", "login")},
    "mail": BEFORE_A_MAIL | {NEVER: ("account for good", "sender")},
    "rcpt": WITHIN_A_MAIL | {LATER: ("temporary", "recipients"), NEVER: ("permanent", "recipients")},
    "data": WITHIN_A_MAIL,
    # Whether a goodbye in the middle of a message is heard before the line breaks is chance.
    "body": {kind: said for kind, said in WITHIN_A_MAIL.items() if kind != CLOSING},
    "before_taking": {
        CLOSING: ("account", "busy"),
        LATER: ("temporary", "message"),
        NEVER: ("permanent", "message"),
        **dict.fromkeys((DROP, RESET, STALL, RUBBISH), ("unclear", "message")),
    },
    "after_taking": dict.fromkeys((DROP, RESET, STALL, RUBBISH), ("unclear", "message")),
    "quit": dict.fromkeys((DROP, RESET, STALL, RUBBISH, CLOSING, LATER, NEVER), ("sent", "message")),
}
CASES = [(step, kind, *said) for step, kinds in EXPECTED.items() for kind, said in kinds.items()]
# More than the system holds on its way between two programs, so that it cannot all be sent before the fault.
LARGE = Enclosed("all.pdf", "application/pdf", bytes(range(256)) * 24_000)


def test_every_step_of_the_server_is_broken() -> None:
    assert tuple(EXPECTED) == faulty.STEPS


@pytest.mark.parametrize("step,kind,expected,reason", CASES, ids=[f"{one[0]}-{one[1][:6]}" for one in CASES])
def test_fault(certificate: Certificate, step: str, kind: str, expected: Kind, reason: Reason) -> None:
    mail = replace(LETTER, files=(LARGE,)) if step == "body" else LETTER
    with faulty_smtp(Fault(step, kind, times=1), certificate=certificate) as server:
        with connection(server, certificate, SHORT if kind == STALL else USUAL) as line:
            assert outcome(line, mail) == (expected, reason)
            assert len(server.taken) == (expected == "sent" or step == "after_taking")
            # The fault over, the same connection sends what comes next, and that once.
            follower = replace(LETTER, message_id="<next@firm.test>")
            assert line.send(follower).code == 250
        assert [b"<next@firm.test>" in one.data for one in server.taken].count(True) == 1
        assert server.taken[-1].recipients == ("anna@firm.test",)


@pytest.mark.parametrize("kind", [DROP, RESET, CLOSING, RUBBISH])
def test_line_that_died_between_two_mails_is_opened_anew(certificate: Certificate, kind: str) -> None:
    with faulty_smtp(Fault("mail", kind, times=1, after=1), certificate=certificate) as server:
        with connection(server, certificate) as line:
            line.send(LETTER)
            line.send(LETTER)
        assert len(server.taken) == 2
        assert server.connections == 2


def test_idle_line_is_asked_before_the_next_mail(certificate: Certificate) -> None:
    with faulty_smtp(certificate=certificate) as server:
        with connection(server, certificate, replace(USUAL, idle=-1)) as line:
            line.send(LETTER)
            line.send(LETTER)
        assert server.heard.count("NOOP") == 1
        assert server.connections == 1


def test_answer_without_end_is_not_read_for_ever(certificate: Certificate) -> None:
    endless = "250-" + "\r\n250-".join(str(line) for line in range(20_000))
    with (
        faulty_smtp(Fault("mail", endless, times=1), certificate=certificate) as server,
        connection(server, certificate) as line,
    ):
        assert outcome(line, LETTER) == ("account for good", "not_mail")
        assert server.taken == []


def connection(server: FaultySmtp, certificate: Certificate, patience: Patience = USUAL) -> Connection:
    where = Server("localhost", server.port, "starttls", verify=False, user=faulty.USER)
    return Connection(where, Password(faulty.PASSWORD), patience=patience)


def outcome(line: Connection, mail: Mail) -> tuple[Kind, Reason]:
    try:
        line.send(mail)
    except Unclear:
        return "unclear", "message"
    except NotSent as error:
        if error.account:
            return ("account for good" if error.permanent else "account"), error.reason
        return ("permanent" if error.permanent else "temporary"), error.reason
    line.close()
    return "sent", "message"


@pytest.mark.parametrize("step, expected", [("after_taking", Unclear), ("rcpt", NotSent), ("ehlo", NotSent)])
def test_a_line_that_is_cut_says_at_once_what_is_known(
    certificate: Certificate, step: str, expected: type[Exception]
) -> None:
    with (
        faulty_smtp(Fault(step, STALL, times=1), certificate=certificate) as server,
        connection(server, certificate) as line,
        ThreadPoolExecutor(1) as beside,
    ):
        going = beside.submit(line.send, LETTER)
        while not any(one.upper().startswith(_SAID[step]) for one in server.heard):
            assert not wait([going], 0.05).done
        line.cut()
        assert isinstance(going.exception(timeout=10), expected)
        # Nothing goes by it any more.
        with pytest.raises(NotSent):
            line.send(LETTER)
    assert len(server.taken) == (step == "after_taking")


_SAID = {"after_taking": "DATA", "rcpt": "RCPT", "ehlo": "EHLO"}
