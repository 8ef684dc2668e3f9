"""`print` and `printers`: documents on paper without a dialog, or as one PDF for a print shop."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from desktop.cli.arguments import Commands, count
from desktop.cli.call import Call
from desktop.cli.progress import Stopped
from desktop.cli.tables import table
from desktop.errors import UserError
from desktop.i18n import _, ngettext, number_text

if TYPE_CHECKING:
    from db.engine import Book
    from desktop.services.delivery.paper.papers import Papers
    from desktop.services.delivery.paper.print_jobs import PrintJobRow
    from desktop.services.delivery.paper.print_settings import PrintSettings
    from desktop.services.delivery.paper.printers import Queue

_SIDES = {"no": "one-sided", "long": "two-sided-long-edge", "short": "two-sided-short-edge"}
_ORDERS = ("number", "client", "postcode")
_SECONDS_BETWEEN_LOOKS = 0.5


def add(commands: Commands) -> None:
    _add_print(commands)
    commands.add("printers", _printers, _("the printers of this computer, and what they can do"), book=False)
    jobs = commands.add("print-jobs", _jobs, _("what became of print jobs; and take them back"), writes=True)
    jobs.add_argument("--cancel", nargs="+", action="extend", default=[], type=count, metavar="ID")


def _add_print(commands: Commands) -> None:
    parser = commands.add("print", _print, _("print documents without a dialog, or write them as one PDF"), writes=True)
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--run", dest="run_number", metavar="RUN", help=_("what waits for the printer of this run; else all that waits")
    )
    which.add_argument("--invoice", nargs="+", action="extend", default=[], metavar="NUMBER", help=_("these documents"))
    parser.add_argument("--all", action="store_true", help=_("of the run, those too that go another way or went"))
    parser.add_argument("--range", nargs=2, metavar=("FIRST", "LAST"), help=_("only from this number to that one"))
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--queue", metavar="QUEUE", help=_("the printer; by default the one that was used last"))
    where.add_argument("--to", metavar="FILE.pdf", help=_("write one PDF instead, for a print shop"))
    parser.add_argument("--copies", type=count, metavar="N")
    parser.add_argument("--duplex", choices=_SIDES, metavar="EDGE", help=_("print on both sides: no, long, short"))
    parser.add_argument("--tray", metavar="NAME", help=_("where the paper comes from, as “sheaf printers” names it"))
    parser.add_argument("--paper", metavar="NAME", help=_("the size of the paper, as “sheaf printers --json” names it"))
    parser.add_argument("--per-client", action="store_true", help=_("a job for each client"))
    parser.add_argument("--cover", action="store_true", help=_("a cover sheet before each job"))
    parser.add_argument("--order", choices=_ORDERS, metavar="BY", help=", ".join(_ORDERS))
    parser.add_argument("--split", type=count, metavar="N", help=_("with --to: at most N documents in a file"))
    parser.add_argument(
        "--wait",
        type=count,
        default=60,
        metavar="SECONDS",
        help=_("how long to wait for the printer; what is not done by then goes on in its queue (60)"),
    )
    parser.add_argument("--remember", action="store_true", help=_("print like this from now on"))


def _print(call: Call) -> int:
    from desktop.services.delivery.paper.following import follow
    from desktop.services.delivery.paper.papers import Choice, papers
    from desktop.services.delivery.paper.print_settings import keep_print_settings, print_settings

    arguments = call.arguments
    first, last = arguments.range or ("", "")
    if arguments.all and not (arguments.run_number or arguments.to):
        raise UserError(
            _("--all means every document that was ever issued."), _("Name a run with --run, or a file with --to.")
        )
    with call.book() as book:
        settings = _settings(call, print_settings(book))
        # What the queues finished meanwhile does not wait any more.
        if not arguments.to:
            follow(book)
        chosen = papers(
            book,
            Choice(
                run=arguments.run_number or "",
                numbers=tuple(arguments.invoice),
                first=first,
                last=last,
                everything=arguments.all,
            ),
            order=settings.order,
        )
        if arguments.remember:
            keep_print_settings(book, settings, actor=call.actor)
        return _merge(call, book, chosen, settings) if arguments.to else _queue(call, book, chosen, settings)


def _settings(call: Call, kept: PrintSettings) -> PrintSettings:
    """What was kept, but for what is said here; a file for a shop takes nothing that was kept for a printer."""
    from desktop.services.delivery.paper.print_settings import PrintSettings

    arguments = call.arguments
    settings = PrintSettings() if arguments.to else kept
    said: dict[str, Any] = {
        "queue": arguments.queue,
        "copies": arguments.copies,
        "sides": _SIDES.get(arguments.duplex or ""),
        "tray": arguments.tray,
        "media": arguments.paper,
        "order": arguments.order,
        "per_client": arguments.per_client or None,
        "cover": arguments.cover or None,
    }
    return replace(settings, **{name: value for name, value in said.items() if value is not None})


def _merge(call: Call, book: Book, chosen: Papers, settings: PrintSettings) -> int:
    from desktop.services.delivery.paper.stacking import merge_to

    if not chosen.found:
        raise UserError(_("There is nothing to print."), _("With --all, all documents of a run go into the file."))
    arguments = call.arguments
    path = call.path(arguments.to)
    run = arguments.run_number or ""
    try:
        made = merge_to(
            book,
            path,
            chosen.found,
            settings,
            on=call.today,
            report=call.progress,
            title=run or path.stem,
            run=run,
            most=arguments.split or 0,
        )
    except Stopped as stopped:
        raise Stopped(_("Stopped. The files written until then are whole.")) from stopped
    data = {
        "files": [
            {"file": str(one.path), "documents": one.documents, "pages": one.pages, "bytes": one.size} for one in made
        ],
        "documents": len(chosen.found),
        "pages": sum(one.pages for one in made),
        "held_back": list(chosen.held_back),
    }

    def text() -> str:
        return "\n".join(
            ngettext(
                "{count} document, pages in all: {pages}. {file}",
                "{count} documents, pages in all: {pages}. {file}",
                one.documents,
            ).format(count=number_text(one.documents), pages=number_text(one.pages), file=one.path)
            for one in made
        )

    call.answer(data, text)
    _say_held_back(call, chosen)
    return 0


def _queue(call: Call, book: Book, chosen: Papers, settings: PrintSettings) -> int:
    from desktop.services.delivery.paper.print_jobs import print_jobs
    from desktop.services.delivery.paper.printing import print_papers

    run = call.arguments.run_number or ""
    if not chosen.found:
        # For a schedule that is no problem.
        none = {"queue": settings.queue, "documents": 0, "pages": 0, "left": 0, "jobs": []}
        call.answer(none | {"held_back": list(chosen.held_back)}, lambda: _("Nothing waits for the printer."))
        _say_held_back(call, chosen)
        return 0
    made = print_papers(
        book,
        chosen.found,
        settings,
        actor=call.actor,
        on=call.today,
        report=call.progress,
        what=run or _("Documents"),
        run=run,
    )
    _wait(call, book, made.jobs)
    jobs = print_jobs(book, made.jobs) if made.jobs else []
    states = [one.state for one in jobs]
    data = {
        "queue": settings.queue,
        "documents": made.documents,
        "pages": made.pages,
        "left": made.left,
        "jobs": [_job_data(one) for one in reversed(jobs)],
        "held_back": list(chosen.held_back),
    }
    if made.problem is not None:
        data["problem"] = {"message": made.problem.message, "remedy": made.problem.remedy}

    def text() -> str:
        said = ngettext(
            "{count} document in the queue of {queue}.", "{count} documents in the queue of {queue}.", made.documents
        )
        first = said.format(count=number_text(made.documents), queue=settings.queue) if made.documents else ""
        return "\n".join(part for part in (first, _jobs_text(list(reversed(jobs)))) if part)

    call.answer(data, text)
    _say_held_back(call, chosen)
    if made.problem is not None:
        call.say(str(made.problem))
    return 1 if made.problem is not None or "failed" in states or "uncertain" in states else 0


def _wait(call: Call, book: Book, ids: list[int]) -> None:
    """Until the printer is done with these jobs, or the time is up."""
    from desktop.services.delivery.paper.following import follow
    from desktop.services.delivery.paper.print_jobs import print_jobs

    if call.held is not None:
        # The window has the book, follows its jobs itself, and works on while the printer does.
        return
    end = time.monotonic() + call.arguments.wait
    while ids and not follow(book).problems:
        left = sum(one.state == "sending" for one in print_jobs(book, ids))
        if not left or time.monotonic() > end:
            return
        call.progress(len(ids) - left, len(ids), _("Printing"))
        time.sleep(_SECONDS_BETWEEN_LOOKS)


def _say_held_back(call: Call, chosen: Papers) -> None:
    if chosen.held_back:
        said = ngettext(
            "{numbers} waits for its registration and is not printed.",
            "{numbers} wait for their registration and are not printed.",
            len(chosen.held_back),
        )
        call.say(said.format(numbers=", ".join(chosen.held_back)))


def _job_data(one: PrintJobRow) -> dict[str, Any]:
    return {
        "id": one.id,
        "queue": one.queue,
        "job": one.number,
        "title": one.title,
        "copies": one.copies,
        "documents": one.documents,
        "clients": one.clients,
        "pages": one.pages,
        "state": one.state,
        "answer": one.answer,
        "by": one.actor,
        "at": one.made_at,
    }


def _jobs_text(rows: list[PrintJobRow]) -> str:
    # Whoever prints for a thousand clients looks at what is not done.
    return table(
        [">" + _("Job"), _("Printer"), ">" + _("In the queue"), ">" + _("Documents"), ">" + _("Pages"), _("State"), ""],
        [
            [
                str(one.id),
                one.queue,
                "" if one.number is None else str(one.number),
                number_text(one.documents),
                number_text(one.pages),
                one.state,
                one.answer,
            ]
            for one in rows
        ],
    )


def _jobs(call: Call) -> None:
    from desktop.services.delivery.paper.following import cancel_jobs, follow
    from desktop.services.delivery.paper.print_jobs import print_jobs

    with call.book() as book:
        cancelled = cancel_jobs(book, call.arguments.cancel, actor=call.actor) if call.arguments.cancel else 0
        followed = follow(book)
        rows = print_jobs(book)
    call.answer(
        {"cancelled": cancelled, "jobs": [_job_data(one) for one in rows]},
        lambda: _jobs_text(rows) or _("Nothing was printed by the program yet."),
    )
    for problem in followed.problems:
        call.say(str(problem))


def _printers(call: Call) -> None:
    from desktop.services.delivery.paper.printers import queues

    found = queues()
    data = {
        "printers": [
            {
                "name": one.name,
                "info": one.info,
                "location": one.location,
                "state": one.state,
                "message": one.words,
                "accepting": one.accepting,
                "jobs": one.jobs,
                "usual": one.usual,
                "duplex": [edge for edge, sides in _SIDES.items() if sides in one.sides],
                "trays": list(one.trays),
                "papers": list(one.media),
            }
            for one in found
        ]
    }

    def text() -> str:
        return table(
            [_("Printer"), _("State"), ">" + _("Jobs"), _("Both sides"), _("Trays"), _("Where")],
            [
                [
                    one.name,
                    _state(one),
                    number_text(one.jobs),
                    _("yes") if len(one.sides) > 1 else _("no"),
                    ", ".join(one.trays),
                    one.location,
                ]
                for one in found
            ],
            empty=_("This computer has no printer. Add one in the system's settings."),
        )

    call.answer(data, text)


def _state(one: Queue) -> str:
    if not one.accepting:
        return _("takes no jobs")
    words = {"idle": _("ready"), "printing": _("printing"), "stopped": _("stopped")}[one.state]
    return f"{words}: {one.words}" if one.words else words
