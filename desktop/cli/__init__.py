"""The commands: the services without a window, for schedulers, scripts and tests."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from desktop.cli import (
    account_secrets,
    accounts,
    agreements,
    archive,
    backups,
    bank,
    billing,
    books,
    bounces,
    cash,
    claims,
    cleaning,
    closing,
    configuration,
    disputes,
    documents,
    dunning,
    einvoice,
    encryption,
    figures,
    gate,
    handover,
    imports,
    ledger,
    letters,
    mail_texts,
    money,
    orders,
    outbox,
    people,
    plans,
    printing,
    privacy,
    reconcile,
    remind,
    reports,
    sandbox,
    schedules,
    statements,
    story,
    templates,
    today,
    watching,
)
from desktop.cli.arguments import Commands, OfTheWindow, Parser
from desktop.cli.call import Call
from desktop.cli.progress import Progress, Stopped, stopped_by_ctrl_c
from desktop.cli.signing import agreed, answer_here
from desktop.errors import UserError
from desktop.i18n import _

if TYPE_CHECKING:
    from db.engine import Book
    from desktop.services.handover import Answer

_GROUPS = (
    books,
    backups,
    encryption,
    today,
    imports,
    watching,
    agreements,
    billing,
    gate,
    documents,
    einvoice,
    letters,
    mail_texts,
    archive,
    privacy,
    accounts,
    account_secrets,
    money,
    orders,
    cash,
    ledger,
    closing,
    reconcile,
    bank,
    outbox,
    bounces,
    printing,
    handover,
    plans,
    remind,
    dunning,
    claims,
    disputes,
    schedules,
    statements,
    reports,
    configuration,
    sandbox,
    cleaning,
    story,
    templates,
    figures,
    people,
)
log = logging.getLogger(__name__)


def main(argv: Sequence[str]) -> int:
    """Run a command of this process. The exit code: 0 done, 1 a problem the user can mend, 2 wrong usage."""
    try:
        return run(argv, out=sys.stdout, err=sys.stderr, folder=Path.cwd())
    except BrokenPipeError:
        # Who read the answer has seen enough; Python would complain once more when it closes stdout.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def run(
    argv: Sequence[str],
    *,
    out: TextIO,
    err: TextIO,
    folder: Path,
    held: Book | None = None,
    stop: threading.Event | None = None,
    ask: Answer | None = None,
) -> int:
    """Run a command with these streams; relative paths start at `folder`.

    The window runs a command that was handed over with its own book as `held`, with the event that the caller's
    Ctrl+C sets as `stop`, and with `ask` for what only the caller can answer.
    """
    try:
        arguments = _parser(out, err).parse_args(list(argv))
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 2
    screen = err.isatty()
    progress = Progress(err, shown=screen or arguments.progress, screen=screen, stop=stop)
    call = Call(arguments, out, err, folder, progress, held, ask)
    try:
        if held is None and arguments.hands_over:
            from desktop.services.handover import hand_over

            code = hand_over(call.path(arguments.book), argv, out=out, err=err, folder=folder, answer=answer_here)
            if code is not None:
                return code
        with stopped_by_ctrl_c(progress):
            return _done(call)
    except UserError as error:
        call.say(str(error))
    except Stopped as stopped:
        call.say(str(stopped) or _("Stopped. What was done until then is whole and safe; nothing is half-done."))
    except BrokenPipeError:
        raise
    except Exception:
        log.exception("The command %s failed", arguments.command)
        call.say(_("Something went wrong that should not have. Nothing is half-done; the log has the details."))
    return 1


def _done(call: Call) -> int:
    """Run the command, a second time where it takes a second person and --agreed-by names one who agrees."""
    try:
        return call.arguments.run(call) or 0
    except UserError as refused:
        if not getattr(call.arguments, "agreed_by", None):
            raise
        # Commands without a book start without what a book needs.
        from desktop.services.access.second_pair import SecondNeeded

        if not isinstance(refused, SecondNeeded):
            raise
        call.vouched = agreed(call, refused)
    return call.arguments.run(call) or 0


def _parser(out: TextIO, err: TextIO) -> Parser:
    parser = Parser(
        prog="sheaf",
        out=out,
        err=err,
        description=_(
            "Bulk invoicing on your own computer. Without a command, or with a book alone, the window opens."
        ),
        allow_abbrev=False,
    )
    # The start of the program reads them; here they are found, and refused where a command follows.
    window = parser.add_argument_group(_("the window"))
    for flag, words in (
        ("--safe", _("open it without what it remembers and without anything that works by itself")),
        ("--read-only", _("open it only to read in the book")),
        ("--encryption", _("open it with what can be done about the key of the book")),
    ):
        window.add_argument(flag, action=OfTheWindow, help=words)
    subparsers = parser.add_subparsers(title=_("commands"), metavar="COMMAND", required=True, parser_class=Parser)
    commands = Commands(subparsers, out, err)
    for group in _GROUPS:
        group.add(commands)
    return parser
