"""`people` and `passphrase`: who works with the book, in which role, and how they sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from desktop.cli.arguments import Commands, amount
from desktop.cli.call import Call
from desktop.cli.signing import answer, kept_name
from desktop.cli.tables import table
from desktop.domain.access import ROLES
from desktop.domain.money import major_text, to_minor
from desktop.errors import UserError
from desktop.i18n import _, local_moment_text, pgettext

if TYPE_CHECKING:
    from db.engine import Book

_ACTS: Final = ("list", "add", "change", "remove", "sign-ins")
_LIMITS: Final = ("approval", "credit", "write_off")
_NONE: Final = "none"


def add(commands: Commands) -> None:
    people = commands.add("people", _people, _("who works with the book, and what each may do"), writes=True)
    people.add_argument("act", nargs="?", choices=_ACTS, default="list", metavar="ACT", help=", ".join(_ACTS))
    people.add_argument("name", nargs="?", metavar="NAME")
    people.add_argument("--role", choices=ROLES, help=_("add, change: what they may do; a new person is a clerk"))
    people.add_argument("--rename", metavar="NAME", help=_("change: call them so"))
    for limit, words in zip(
        _LIMITS,
        (
            _("add, change: they may approve drafts up to it; or none"),
            _("add, change: they may credit so much of an invoice; or none"),
            _("add, change: they may write off so much of an invoice; or none"),
        ),
        strict=True,
    ):
        people.add_argument(f"--{limit.replace('_', '-')}-limit", type=_limit, metavar="AMOUNT", help=words)
    switch = people.add_mutually_exclusive_group()
    switch.add_argument("--out", action="store_true", help=_("change: they sign in no more"))
    switch.add_argument("--in", dest="in_", action="store_true", help=_("change: they sign in again"))

    phrase = commands.add(
        "passphrase", _passphrase, _("choose a passphrase, or give one to somebody, as an owner"), writes=True
    )
    phrase.add_argument("name", nargs="?", metavar="NAME", help=_("whose; your own where it is left out"))
    phrase.add_argument("--remove", action="store_true", help=_("take it away; they cannot sign in then"))
    phrase.add_argument(
        "--open-to-everyone", action="store_true", help=_("take all of them away; nobody signs in any more")
    )
    phrase.add_argument("--keep", action="store_true", help=_("keep your own in the system's keyring, for commands"))
    phrase.add_argument("--forget", action="store_true", help=_("take your own out of the keyring"))


def _limit(text: str) -> Any:
    return _NONE if text == _NONE else amount(text)


def _people(call: Call) -> None:
    arguments = call.arguments
    if arguments.act in ("add", "change", "remove") and not arguments.name:
        raise UserError(_("Say whom."), _("For example: sheaf people BOOK {act} NAME").format(act=arguments.act))
    with call.book() as book:
        if arguments.act == "sign-ins":
            _show_entries(call, book)
            return
        _act(call, book)
        _show(call, book)


def _act(call: Call, book: Book) -> None:
    from desktop.services.people import remove_person, save_person

    arguments = call.arguments
    if arguments.act == "add":
        values = {"name": arguments.name, "role": arguments.role or "clerk", **_limits(call, book)}
        save_person(book, values, actor=call.actor)
    elif arguments.act == "change":
        given = _limits(call, book)
        if arguments.role:
            given["role"] = arguments.role
        if arguments.rename:
            given["name"] = arguments.rename
        if arguments.out or arguments.in_:
            given["active"] = bool(arguments.in_)
        save_person(book, given, actor=call.actor, person_id=_known(book, arguments.name))
    elif arguments.act == "remove":
        remove_person(book, _known(book, arguments.name), actor=call.actor)


def _limits(call: Call, book: Book) -> dict[str, object]:
    from desktop.services.firm import firm

    currency = str(firm(book)["currency"])
    given = {f"{limit}_limit": getattr(call.arguments, f"{limit}_limit") for limit in _LIMITS}
    return {
        name: None if value == _NONE else to_minor(value, currency)
        for name, value in given.items()
        if value is not None
    }


def _known(book: Book, name: str) -> int:
    from desktop.services.people import people

    known = {str(one["name"]): int(one["id"]) for one in people(book)}
    if name not in known:
        raise UserError(
            _("Nobody of this name works with the book: {name}.").format(name=name),
            _("There are: {names}.").format(names=", ".join(known)) if known else _("Add the person first."),
        )
    return known[name]


def _show(call: Call, book: Book) -> None:
    from desktop.services.access.passphrases import with_passphrase
    from desktop.services.access.words import role_word
    from desktop.services.firm import firm
    from desktop.services.people import people

    currency, have = str(firm(book)["currency"]), with_passphrase(book)
    rows = [
        {
            "name": one["name"],
            "role": one["role"],
            "active": one["active"],
            "passphrase": one["id"] in have,
            **{
                f"{limit}_limit": None if one[f"{limit}_limit"] is None else major_text(one[f"{limit}_limit"], currency)
                for limit in _LIMITS
            },
        }
        for one in people(book)
    ]

    def text() -> str:
        return table(
            [
                _("Name"),
                pgettext("rights", "Role"),
                _("Passphrase"),
                ">" + _("May approve"),
                ">" + _("May credit, an invoice"),
                ">" + _("May write off, an invoice"),
            ],
            [
                (
                    str(row["name"]),
                    role_word(str(row["role"])) if row["active"] else _("signs in no more"),
                    _("yes") if row["passphrase"] else _("no"),
                    *(row[f"{limit}_limit"] or _("no limit") for limit in _LIMITS),
                )
                for row in rows
            ],
            empty=_("Nobody is entered; everybody who has the file works with it without a limit."),
        )

    call.answer({"people": rows}, text)


def _show_entries(call: Call, book: Book) -> None:
    from desktop.services.access.signing_in import entries
    from desktop.services.access.words import outcome_word

    found = entries(book)
    call.answer(
        {"sign_ins": [{"at": one.at, "name": one.name, "outcome": one.outcome, "place": one.place} for one in found]},
        lambda: table(
            [_("When"), _("Who"), _("What"), _("Computer")],
            [(local_moment_text(one.moment), one.name or "?", outcome_word(one.outcome), one.place) for one in found],
            empty=_("Nobody has signed in yet."),
        ),
    )


def _passphrase(call: Call) -> None:
    from desktop.services.access.passphrases import open_to_everyone, set_passphrase, take_away

    arguments = call.arguments
    with call.book() as book:
        name = arguments.name or call.actor
        if arguments.open_to_everyone:
            open_to_everyone(book, actor=call.actor)
            call.answer({"guarded": False}, lambda: _("Nobody has a passphrase any more; the file opens to everyone."))
            return
        own = name == call.actor
        if arguments.forget:
            answer(call, {"forget": kept_name(book, call.actor)})
            call.answer({"kept": False}, lambda: _("It is not in the keyring any more."))
            return
        if arguments.remove:
            take_away(book, _known(book, name), actor=call.actor)
            call.answer(
                {"name": name, "passphrase": False}, lambda: _("{name} has no passphrase now.").format(name=name)
            )
            return
        words = _typed(call, _("New passphrase of {name}").format(name=name))
        set_passphrase(book, _known(book, name), words, actor=call.actor, must_change=book.guarded and not own)
        if arguments.keep and own:
            answer(call, {"keep": kept_name(book, name), "secret": words})
        call.answer({"name": name, "passphrase": True}, lambda: _("{name} has a passphrase.").format(name=name))


def _typed(call: Call, prompt: str) -> str:
    words = answer(call, {"prompt": prompt})
    if not words:
        raise UserError(_("No passphrase was given."), _("Type it, or pipe it in: sheaf … < FILE"))
    if call.err.isatty() and answer(call, {"prompt": _("Once more")}) != words:
        raise UserError(_("The two were not the same. Nothing was changed."), _("Type it again."))
    return words
