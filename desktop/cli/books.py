"""`new`, `sample`, `undo`, `log`, `settings`, `check`, `backup`: the book as a whole."""

from __future__ import annotations

import argparse
from decimal import Decimal

from desktop.cli.arguments import Commands, count, day
from desktop.cli.call import Call
from desktop.cli.tables import pairs, table
from desktop.i18n import _, ngettext, number_text


def add(commands: Commands) -> None:
    new = commands.add("new", _new, _("make a book for a firm"), book=False, writes=True)
    new.add_argument("book", metavar="BOOK", help=_("the file to make, such as firm.sheaf"))
    new.add_argument("--firm", required=True, metavar="NAME")
    new.add_argument("--country", required=True, metavar="CC", help=_("ISO code, such as DE"))
    new.add_argument("--currency", required=True, metavar="CUR", help=_("ISO code, such as EUR"))
    new.add_argument(
        "--region", default="", metavar="STATE", help=_("the state, where tax goes by it (India, US, Canada)")
    )
    new.add_argument("--language", default="", metavar="LANG", help=_("of documents; by default the country's"))

    sample = commands.add("sample", _sample, _("make a book with a lifelike firm and a year of history"), book=False)
    sample.add_argument("book", metavar="BOOK", help=_("the file to make"))
    sample.add_argument("--clients", type=count, default=60, metavar="N")
    sample.add_argument(
        "--seed", type=_whole, default=1, metavar="S", help=_("the same seed and date make the same book")
    )
    sample.add_argument("--today", type=day, metavar="DATE", help=_("the history goes up to this day"))
    sample.add_argument("--clean", action="store_true", help=_("without the faults that a run would hold"))

    undo = commands.add("undo", _undo, _("take the last change back"), writes=True)
    undo.add_argument("change", nargs="?", type=int, metavar="CHANGE", help=_("another one than the last; see `log`"))

    log = commands.add("log", _log, _("what was changed, by whom and when"))
    log.add_argument("--last", type=count, default=20, metavar="N", help=_("how many changes; by default 20"))

    settings = commands.add("settings", _settings, _("show or change what is set for the book"), writes=True)
    settings.add_argument("key", nargs="?", metavar="KEY")
    settings.add_argument("value", nargs="?", metavar="VALUE")

    check = commands.add("check", _check, _("prove that the book is whole and unchanged"))
    check.add_argument("--head", metavar="HASH", help=_("compare the log with a head noted elsewhere"))

    backup = commands.add("backup", _backup, _("copy the book into one proved file"))
    backup.add_argument("file", metavar="FILE")


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("“{text}” is not a whole number").format(text=text)) from None


def _new(call: Call) -> None:
    from desktop.services import books

    arguments = call.arguments
    path = call.path(arguments.book)
    books.new(
        path,
        name=arguments.firm,
        country=arguments.country,
        currency=arguments.currency,
        language=arguments.language,
        region=arguments.region,
        actor=call.actor,
    ).close()
    call.answer({"book": str(path)}, lambda: _("{path} is made.").format(path=path))


def _sample(call: Call) -> None:
    from desktop.services.sample import make_sample

    arguments = call.arguments
    path = call.path(arguments.book)
    made = make_sample(
        path,
        clients=arguments.clients,
        seed=arguments.seed,
        today=arguments.today or call.today,
        clean=arguments.clean,
        report=call.progress,
    )
    data = {"book": str(path), "clients": made.clients, "agreements": made.agreements, "invoices": made.invoices}
    call.answer(
        data,
        lambda: _("{path}: {clients} clients, {agreements} agreements, {invoices} invoices.").format(
            path=path, clients=made.clients, agreements=made.agreements, invoices=made.invoices
        ),
    )


def _undo(call: Call) -> None:
    from desktop.services.changes import undo

    with call.book() as book:
        summary = undo(book, call.actor, call.arguments.change, past_money=False)
    call.answer({"undone": summary}, lambda: _("Undone: {summary}").format(summary=summary))


def _log(call: Call) -> None:
    from desktop.services.changes import changes

    with call.book() as book:
        rows = changes(book, call.arguments.last)
    data = [
        {
            "id": row.id,
            "at": row.at,
            "actor": row.actor,
            "summary": row.summary,
            "undoable": row.undoable and row.undone_by is None,
        }
        for row in rows
    ]

    def text() -> str:
        return table(
            [">" + _("Change"), _("When"), _("Who"), _("What")],
            [[str(row.id), row.at.replace("T", " ").removesuffix("Z"), row.actor, row.summary] for row in rows],
            empty=_("Nothing was changed yet."),
        )

    call.answer({"changes": data}, text)


def _settings(call: Call) -> None:
    from desktop.services.setting_keys import set_setting, setting, settings

    key, value = call.arguments.key, call.arguments.value
    with call.book() as book:
        if key is None:
            found = settings(book)
        else:
            if value is not None:
                set_setting(book, key, value, actor=call.actor, today=call.today, folder=call.folder)
            found = {key: setting(book, key)}
    data = {name: str(one) if isinstance(one, Decimal) else one for name, one in found.items()}
    call.answer({"settings": data}, lambda: pairs((name, _shown(one)) for name, one in found.items()))


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if isinstance(value, Decimal | int):
        return number_text(value)
    return "" if value is None else str(value).replace("\n", " / ")


def _check(call: Call) -> int:
    from desktop.services.check import check

    with call.book() as book:
        found = check(book, head=call.arguments.head, report=call.progress)
    data = {
        "clean": found.clean,
        "problems": [{"what": one.what, "where": one.where, "detail": one.detail} for one in found.problems],
        "head": found.head,
    }

    def text() -> str:
        if found.clean:
            return _("The book is clean. Head of its log: {head}").format(head=found.head)
        return table(
            [_("What"), _("Where"), _("Detail")], [[one.called, one.where, one.detail] for one in found.problems]
        )

    call.answer(data, text)
    if not found.clean:
        problems = len(found.problems)
        call.say(
            ngettext(
                "{count} thing in the book is not as it was written.",
                "{count} things in the book are not as they were written.",
                problems,
            ).format(count=problems)
        )
    return 0 if found.clean else 1


def _backup(call: Call) -> None:
    from desktop.services import books

    target = call.path(call.arguments.file)
    with call.book() as book:
        books.back_up(book, target, report=call.progress)
    call.answer({"file": str(target)}, lambda: _("{path} is a proved copy of the book.").format(path=target))
