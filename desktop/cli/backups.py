"""`backups`, `restore`, `salvage`: copies that make themselves, what one holds, and what is left of a damaged book."""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from desktop.cli.arguments import Commands
from desktop.cli.call import Call
from desktop.cli.signing import owner_of
from desktop.cli.tables import pairs, table
from desktop.i18n import _, date_text, money_text, number_text

if TYPE_CHECKING:
    from desktop.services.backups.choices import Choices
    from desktop.services.backups.comparing import Difference
    from desktop.services.salvage.saving import Salvaged


def add(commands: Commands) -> None:
    backups = commands.add(
        "backups", _backups, _("list the backups of a book, make one, choose where they go"), writes=True
    )
    backups.add_argument("--now", action="store_true", help=_("make one now, on the shelf where they all lie"))
    backups.add_argument("--prove", action="store_true", help=_("open each of them and look for damage"))
    backups.add_argument("--folder", metavar="DIR", help=_("where they go; “own” is the program's own folder"))
    backups.add_argument("--second", metavar="DIR", help=_("a second place for each of them, or “none”"))
    for name, words in (
        ("daily", _("for how many days the last one of the day stays")),
        ("weekly", _("for how many weeks the last one of the week stays")),
        ("monthly", _("for how many months the last one of the month stays")),
    ):
        backups.add_argument(f"--{name}", type=_number, metavar="N", help=words)
    backups.add_argument("--automatic", choices=["on", "off"], help=_("whether they are made without being asked for"))
    backups.add_argument(
        "--this-book", action="store_true", help=_("choose for this book alone, not for all of this computer")
    )

    restore = commands.add("restore", _restore, _("put a backup in the place of a book"), book=False)
    restore.add_argument("file", metavar="FILE")
    restore.add_argument("book", metavar="BOOK")
    restore.add_argument("--as", dest="actor", metavar="PERSON", help=_("who does it; by default who is logged in"))
    restore.add_argument("--preview", action="store_true", help=_("only show what it holds and what would be lost"))

    salvage = commands.add("salvage", _salvage, _("save what can be read of a damaged book into a new one"), book=False)
    salvage.add_argument("file", metavar="FILE", help=_("the damaged book; it stays as it is"))
    salvage.add_argument("to", metavar="BOOK", help=_("the new book to make"))
    salvage.add_argument(
        "--backup", action="append", metavar="FILE", help=_("lends what is gone; by default all that are found")
    )


def _number(text: str) -> int:
    if text.isdecimal() and len(text) < 5:
        return int(text)
    raise argparse.ArgumentTypeError(_("“{text}” is not a whole number").format(text=text))


def _backups(call: Call) -> int:
    from desktop.services.backups import choices as chosen
    from desktop.services.backups.making import make_backup
    from desktop.services.backups.record import record_of
    from desktop.services.backups.shelf import Why, backups_of, identity
    from desktop.services.backups.verifying import faults_of

    arguments = call.arguments
    with call.book() as book:
        standing = chosen.choices_of(book) if arguments.this_book else chosen.machine_choices()
        wanted = _wanted(call, standing)
        if wanted is not None and arguments.this_book:
            chosen.keep_own_choices(book, wanted, actor=call.actor)
        elif wanted is not None:
            chosen.keep_machine_choices(wanted, who=book.signed_in)
        moment = datetime.now().astimezone()
        made = make_backup(book, Why.ASKED, now=moment, report=call.progress) if arguments.now else None
        holds, uid = chosen.choices_of(book), identity(book)
        record = record_of(book.path, uid)
        found = backups_of(book.path, holds, uid)
        proofs = {one.path: faults_of(one.path) for one in found} if arguments.prove else {}
    data = {
        "automatic": holds.automatic,
        "folder": str(holds.folder or chosen.own_folder()),
        "second": str(holds.second) if holds.second else None,
        "daily": holds.rotation.daily,
        "weekly": holds.rotation.weekly,
        "monthly": holds.rotation.monthly,
        "made": str(made.path) if made else None,
        "last": record.made_at or None,
        "failure": record.failure or record.second_failure or None,
        "backups": [
            {
                "file": str(one.path),
                "at": one.at.isoformat(),
                "why": one.why.value if one.why else None,
                "bytes": one.size,
                **({"sound": not proofs[one.path]} if one.path in proofs else {}),
            }
            for one in found
        ],
    }

    def text() -> str:
        head = pairs(
            [
                (_("By themselves"), _("on") if holds.automatic else _("off")),
                (_("Folder"), str(data["folder"])),
                (_("Second place"), str(holds.second or _("none"))),
                (
                    _("Kept"),
                    _("{daily} days, {weekly} weeks, {monthly} months").format(
                        daily=holds.rotation.daily, weekly=holds.rotation.weekly, monthly=holds.rotation.monthly
                    ),
                ),
                *([(_("Last failure"), str(data["failure"]))] if data["failure"] else []),
            ]
        )
        rows = [
            [
                f"{date_text(one.at.date())} {one.at:%H:%M}",
                _size(one.size),
                *([_("damaged") if proofs[one.path] else _("sound")] if one.path in proofs else []),
                str(one.path),
            ]
            for one in found
        ]
        columns = [_("When"), ">" + _("Size"), *([_("Proof")] if proofs else []), _("File")]
        return head + "\n\n" + table(columns, rows, empty=_("There is no backup yet."))

    call.answer(data, text)
    return 1 if any(proofs.values()) else 0


def _wanted(call: Call, standing: Choices) -> Choices | None:
    """What the options change; None where they change nothing."""
    given = call.arguments
    rotation = {name: value for name in ("daily", "weekly", "monthly") if (value := getattr(given, name)) is not None}
    changes: dict[str, object] = {}
    if given.folder is not None:
        changes["folder"] = None if given.folder == "own" else call.path(given.folder)
    if given.second is not None:
        changes["second"] = None if given.second == "none" else call.path(given.second)
    if given.automatic is not None:
        changes["automatic"] = given.automatic == "on"
    if rotation:
        changes["rotation"] = replace(standing.rotation, **rotation)
    return replace(standing, **changes) if changes else None  # type: ignore[arg-type]


def _size(size: int) -> str:
    return _("{count} KB").format(count=number_text(-(-size // 1024)))


def _restore(call: Call) -> None:
    from desktop.services.backups.comparing import difference
    from desktop.services.books import restore

    source, target = call.path(call.arguments.file), call.path(call.arguments.book)
    who = owner_of(call, target, source) if target.exists() else None
    found = difference(source, target)
    data: dict[str, object] = {"book": str(target), "kept": None, "loses": _losses(found)}
    if call.arguments.preview:
        call.answer(data, lambda: _told(found))
        return
    kept = restore(source, target, now=call.now, who=who, report=call.progress)
    data["kept"] = str(kept) if kept else None

    def text() -> str:
        words = _("{path} is restored.").format(path=target)
        return words if kept is None else words + " " + _("What stood there is kept in {kept}.").format(kept=kept)

    call.answer(data, text)


def _losses(found: Difference) -> dict[str, object]:
    return {
        "kinship": found.kinship.value,
        "changes": found.changes,
        "documents": [one.number for one in found.documents],
        "document_count": found.document_count,
        "payments": [one.number for one in found.payments],
        "payment_count": found.payment_count,
        "gains": found.gained,
        "unreadable": found.unreadable or None,
    }


def _told(found: Difference) -> str:
    from desktop.services.backups.telling import sentences

    lines = [sentences(found)]
    if found.documents:
        lines.append(
            table(
                [_("Document"), _("Client"), _("Issued"), ">" + _("Amount")],
                [
                    [one.number, one.client, date_text(one.issued), money_text(one.gross, one.currency)]
                    for one in found.documents
                ],
            )
        )
    if found.payments:
        lines.append(
            table(
                [_("Payment"), _("Client"), _("Date"), ">" + _("Amount")],
                [
                    [one.number, one.client, date_text(one.paid), money_text(one.amount, one.currency)]
                    for one in found.payments
                ],
            )
        )
    return "\n\n".join(lines)


def _salvage(call: Call) -> int:
    from desktop.services.salvage.saving import salvage

    named = call.arguments.backup
    found = salvage(
        call.path(call.arguments.file),
        call.path(call.arguments.to),
        backups=None if named is None else [call.path(one) for one in named],
        report=call.progress,
    )
    data = {
        "book": str(found.book),
        "read": found.read,
        "from_backup": found.from_backup,
        "lost": found.lost,
        "left_out": str(found.left_out) if found.left_out else None,
        "complete": found.complete,
        "tables": [
            {
                "table": one.table,
                "read": one.read,
                "from_backup": one.from_backup,
                "lost": one.lost,
                "maybe_more": one.maybe_more,
                "left_out": one.left_out,
            }
            for one in found.tables
        ],
        "problems": [{"what": one.what, "where": one.where, "detail": one.detail} for one in found.problems],
    }
    call.answer(data, lambda: _saved(found))
    return 0 if found.complete else 1


def _saved(found: Salvaged) -> str:
    from desktop.services.salvage.telling import report_lines

    return "\n".join(report_lines(found))
