"""`handover`: what is given to clients by hand: their account as a page, or all documents of a run in one file."""

from __future__ import annotations

from desktop.cli.arguments import Commands, day
from desktop.cli.call import Call
from desktop.cli.progress import Stopped
from desktop.errors import UserError
from desktop.i18n import _, ngettext, number_text


def add(commands: Commands) -> None:
    handover = commands.add(
        "handover",
        _handover,
        _("write what is handed over: a client's account as a page with its documents, or a run's documents as a ZIP"),
        writes=True,
    )
    which = handover.add_mutually_exclusive_group(required=True)
    which.add_argument("--client", nargs="+", action="extend", metavar="CODE", help=_("the page of these clients"))
    which.add_argument("--all", action="store_true", help=_("the page of every client to whom anything was issued"))
    which.add_argument(
        "--run",
        dest="run_number",
        metavar="RUN",
        help=_("all documents of this run; those that wait to be handed over are marked as handed over"),
    )
    handover.add_argument(
        "--to", required=True, metavar="PATH", help=_("a folder for pages, which is made; a .zip file for a run")
    )
    handover.add_argument("--as-of", type=day, metavar="DATE", help=_("what a page says is of the end of this day"))
    handover.add_argument(
        "--embed", action="store_true", help=_("put the documents into the page, so that it is one file")
    )
    handover.add_argument("--language", default="", metavar="L", help=_("of the page; by default the client's"))
    handover.add_argument("--unmarked", action="store_true", help=_("with --run: mark nothing as handed over"))


def _handover(call: Call) -> None:
    if call.arguments.run_number:
        _run(call)
    else:
        _pages(call)


def _pages(call: Call) -> None:
    from desktop.services.delivery.handover.portal import hand_over_pages

    arguments = call.arguments
    folder = call.path(arguments.to)
    try:
        with call.book() as book:
            made = hand_over_pages(
                book,
                folder,
                as_of=arguments.as_of or call.today,
                codes=arguments.client or (),
                embed=arguments.embed,
                language=arguments.language,
                report=call.progress,
            )
    except Stopped as stopped:
        raise Stopped(_("Stopped. The pages written until then are whole.")) from stopped
    data = {
        "pages": [
            {"client": one.client, "file": str(one.path), "documents": one.documents, "open_items": one.open_items}
            for one in made
        ]
    }

    def text() -> str:
        if len(made) == 1:
            return _("The page is written: {file}").format(file=made[0].path)
        words = ngettext("{count} page written to {folder}.", "{count} pages written to {folder}.", len(made))
        return words.format(count=number_text(len(made)), folder=folder)

    call.answer(data, text)


def _run(call: Call) -> None:
    from desktop.services.delivery.handover.bundle import hand_over_run

    arguments = call.arguments
    path = call.path(arguments.to)
    if path.suffix.lower() != ".zip":
        raise UserError(_("The documents of a run go into a ZIP file."), _("Give the file the ending .zip."))
    if arguments.as_of or arguments.embed or arguments.language:
        raise UserError(
            _("--as-of, --embed and --language are of pages."), _("Leave them out, or name clients instead of a run.")
        )
    try:
        with call.book() as book:
            made = hand_over_run(
                book,
                path,
                arguments.run_number,
                actor=call.actor,
                marked=not arguments.unmarked,
                report=call.progress,
            )
    except Stopped as stopped:
        raise Stopped(_("Stopped. Nothing was marked as handed over.")) from stopped
    archive, count = made.archive, len(made.handed_over)
    data = {
        "file": str(archive.path),
        "bytes": archive.size,
        "sha256": archive.sha256,
        "documents": archive.documents,
        "handed_over": count,
        "left_out": list(archive.left_out),
    }

    def text() -> str:
        words = ngettext("{count} document is in {file}.", "{count} documents are in {file}.", archive.documents)
        lines = [words.format(count=number_text(archive.documents), file=archive.path)]
        if count:
            words = ngettext(
                "{count} is marked as handed over; take it back with: sheaf undo {book}",
                "{count} are marked as handed over; take it back with: sheaf undo {book}",
                count,
            )
            lines.append(words.format(count=number_text(count), book=arguments.book))
        return "\n".join([*lines, *archive.left_out])

    call.answer(data, text)
