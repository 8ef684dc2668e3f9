"""`einvoice`: registering documents with India's invoice portal: the file that goes up, the answer that comes back."""

from __future__ import annotations

from desktop.cli.arguments import Commands
from desktop.cli.call import Call
from desktop.cli.tables import table
from desktop.errors import UserError
from desktop.i18n import _, ngettext, number_text


def add(commands: Commands) -> None:
    command = commands.add(
        "einvoice",
        _einvoice,
        _("register documents with India's invoice portal: write what goes up, take in what comes back"),
        writes=True,
    )
    command.add_argument(
        "action",
        choices=("export", "import", "cancel"),
        help=_(
            "export: INV-01 of the documents that wait for their IRN; import: the portal's answer; "
            "cancel: note that the portal took a registration back"
        ),
    )
    command.add_argument("file", nargs="?", metavar="FILE", help=_("the JSON file to write or to take in"))
    which = command.add_mutually_exclusive_group()
    which.add_argument("--run", dest="run_number", metavar="RUN", help=_("only the documents of this run"))
    which.add_argument("--invoice", nargs="+", action="extend", default=[], metavar="NUMBER")


def _einvoice(call: Call) -> None:
    action = call.arguments.action
    if action == "cancel":
        _cancel(call)
    elif not call.arguments.file:
        raise UserError(_("The file is missing."), _("Give its name at the end of the command."))
    elif action == "export":
        _export(call)
    else:
        _import(call)


def _export(call: Call) -> None:
    from desktop.services.registrations import export_registrations

    arguments = call.arguments
    path = call.path(arguments.file)
    with call.book() as book:
        made = export_registrations(
            book, path, actor=call.actor, numbers=arguments.invoice, run=arguments.run_number or ""
        )
    data = {
        "file": str(path),
        "documents": list(made.numbers),
        "unready": [{"number": one.number, "problems": list(one.problems)} for one in made.unready],
    }

    def text() -> str:
        count = len(made.numbers)
        said = ngettext("{count} document in {file}.", "{count} documents in {file}.", count).format(
            count=number_text(count), file=path
        )
        if not made.unready:
            return said
        rows = [[one.number, " ".join(one.problems)] for one in made.unready]
        return said + "\n" + _("Left out:") + "\n" + table([_("Number"), _("Why")], rows)

    call.answer(data, text)


def _import(call: Call) -> None:
    from desktop.services.registrations import take_answers

    with call.book() as book:
        taken = take_answers(book, call.path(call.arguments.file), actor=call.actor)
    data = {
        "registered": list(taken.registered),
        "known": list(taken.known),
        "refused": [{"number": one.number, "reason": one.reason} for one in taken.refused],
    }

    def text() -> str:
        count = len(taken.registered)
        said = ngettext("{count} document is registered now.", "{count} documents are registered now.", count).format(
            count=number_text(count)
        )
        if taken.known:
            known = len(taken.known)
            more = ngettext("{count} was registered before.", "{count} were registered before.", known)
            said = f"{said}\n{more.format(count=number_text(known))}"
        if taken.refused:
            rows = [[one.number, one.reason] for one in taken.refused]
            said = f"{said}\n" + table([_("Number"), _("Why it was not taken in")], rows)
        return said

    call.answer(data, text)


def _cancel(call: Call) -> None:
    from desktop.services.registrations import cancel_registration

    numbers = call.arguments.invoice
    if len(numbers) != 1:
        raise UserError(_("A registration is cancelled one by one."), _("Name one document with --invoice."))
    with call.book() as book:
        cancel_registration(book, numbers[0], actor=call.actor)
    call.answer(
        {"number": numbers[0], "cancelled": True},
        lambda: _("The registration of {number} is noted as cancelled.").format(number=numbers[0]),
    )
