"""`note` and `history`: a word put to a thing, and all that happened to it."""

from __future__ import annotations

from desktop.cli.arguments import Commands, count, day
from desktop.cli.call import Call
from desktop.cli.tables import table
from desktop.errors import UserError
from desktop.i18n import _, date_text, moment_text

_SHOWN = 50


def add(commands: Commands) -> None:
    note = commands.add("note", _note, _("put a note to a client, an agreement, an invoice, a payment"), writes=True)
    note.add_argument("subject", metavar="SUBJECT", help=_("its code or number"))
    note.add_argument("text", metavar="TEXT", help=_("what is to be kept in mind"))
    note.add_argument("--due", type=day, metavar="DATE", help=_("the day to follow up"))
    note.add_argument("--owner", metavar="NAME", help=_("whose it is; one of the people of the book"))
    history = commands.add("history", _history, _("what happened to a client, an agreement or an invoice"))
    history.add_argument("subject", metavar="SUBJECT", help=_("its code or number"))
    history.add_argument(
        "--limit", type=count, default=_SHOWN, metavar="N", help=_("how many, the newest; 50 unless told otherwise")
    )


def _note(call: Call) -> None:
    from desktop.services.named_things import thing_named
    from desktop.services.notes import add_note
    from desktop.services.people import people

    arguments = call.arguments
    with call.book() as book:
        subject, subject_id = thing_named(book, arguments.subject)
        owner = None
        if arguments.owner:
            known = {str(one["name"]).casefold(): int(one["id"]) for one in people(book)}
            owner = known.get(arguments.owner.strip().casefold())
            if owner is None:
                raise UserError(
                    _("Nobody in this book is called “{name}”.").format(name=arguments.owner),
                    _("There are: {names}.").format(names=", ".join(str(one["name"]) for one in people(book)))
                    if known
                    else _("Add the people in the settings first."),
                )
        note = add_note(
            book, subject, subject_id, arguments.text, actor=call.actor, due_on=arguments.due, owner_id=owner
        )
    due = _("It comes up on {day}.").format(day=date_text(arguments.due)) if arguments.due else _("The note is kept.")
    call.answer({"note": note, "subject": subject, "name": arguments.subject, "due": arguments.due}, lambda: due)


def _history(call: Call) -> None:
    from desktop.services.history import history
    from desktop.services.named_things import thing_named

    with call.book() as book:
        subject, subject_id = thing_named(book, call.arguments.subject)
        found = history(book, subject, subject_id, limit=call.arguments.limit)
    data = {
        "subject": subject,
        "name": call.arguments.subject,
        "entries": [
            {
                "at": one.at,
                "actor": one.actor,
                "summary": one.summary,
                "lines": list(one.lines),
                "change": one.change_set,
                "undoable": one.undoable,
                "undone": one.undone,
            }
            for one in found.entries
        ],
        "more": found.more,
    }
    rows = []
    for one in found.entries:
        rows.append((moment_text(one.at), one.actor, one.summary))
        rows += [("", "", f"  {line}") for line in one.lines]
    call.answer(data, lambda: table((_("When"), _("Who"), _("What")), rows, empty=_("Nothing happened to it yet.")))
