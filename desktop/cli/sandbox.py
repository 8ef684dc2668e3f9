"""`sandbox`: a copy of the book to try things out in, compared with the real one, thrown away again."""

from __future__ import annotations

from typing import Final

from desktop.cli.arguments import Commands, day
from desktop.cli.call import Call
from desktop.cli.differences import difference_data, difference_text, totals_data
from desktop.errors import UserError
from desktop.i18n import _, date_text

_ACTS: Final = ("make", "compare", "discard")


def add(commands: Commands) -> None:
    one = commands.add(
        "sandbox", _sandbox, _("a copy of the book that cannot send: make it, compare its run, discard it"), writes=True
    )
    one.add_argument("act", choices=_ACTS, metavar="ACT", help=", ".join(_ACTS))
    one.add_argument(
        "--run", dest="billed", default="", metavar="RUN", help=_("compare: a run that was billed in the sandbox")
    )
    one.add_argument(
        "--through", type=day, metavar="DATE", help=_("compare: the run of this day; by default the next run's")
    )
    one.add_argument("--to", metavar="FILE.csv", help=_("compare: write the lines that differ into this file"))


def _sandbox(call: Call) -> None:
    {"make": _make, "compare": _compare, "discard": _discard}[call.arguments.act](call)


def _make(call: Call) -> None:
    from desktop.services.sandbox.making import make_sandbox

    with call.book() as book:
        made = make_sandbox(book, actor=call.actor, report=call.progress)
    call.answer(
        {"sandbox": str(made.path), "made_at": made.made_at},
        lambda: _("{path} is a sandbox of the book: try things out in it, nothing leaves it.").format(path=made.path),
    )


def _compare(call: Call) -> None:
    from desktop.services.configuration.difference_files import write_differences
    from desktop.services.sandbox.comparing import compare
    from desktop.services.sandbox.making import sandbox_of

    arguments = call.arguments
    with call.book() as book:
        sandbox = sandbox_of(book)
        if sandbox is None:
            raise UserError(_("The book has no sandbox beside it."), _("Make one first: sheaf sandbox BOOK make"))
        found = compare(
            book, sandbox.path, today=call.today, run=arguments.billed, through=arguments.through, report=call.progress
        )
    written = None
    if arguments.to:
        written = call.path(arguments.to)
        write_differences(found.differences, written)
    data = {
        "sandbox": str(sandbox.path),
        "through": found.through,
        "run": found.run or None,
        "agreements": found.looked_at,
        "before": totals_data(found.before),
        "after": totals_data(found.after),
        "differences": difference_data(found.differences),
        "file": None if written is None else str(written),
    }
    heading = _("A run on {day}, in the book and in its sandbox:").format(day=date_text(found.through))
    call.answer(data, lambda: difference_text(found.differences, found.before, found.after, heading))


def _discard(call: Call) -> None:
    from desktop.services.sandbox.making import discard_sandbox, sandbox_of

    with call.book() as book:
        sandbox = sandbox_of(book)
        if sandbox is None:
            raise UserError(_("The book has no sandbox beside it."), _("There is nothing to discard."))
        discard_sandbox(sandbox.path, who=book.signed_in, driver=book.driver)
    call.answer({"discarded": str(sandbox.path)}, lambda: _("{path} is discarded.").format(path=sandbox.path))
