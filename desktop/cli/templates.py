"""`templates`: how documents look; the list, as files, and which one prints for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desktop.cli.arguments import Commands
from desktop.cli.call import Call
from desktop.cli.tables import table
from desktop.errors import UserError
from desktop.i18n import _, moment_text, number_text

if TYPE_CHECKING:
    from db.engine import Book

_ACTS = ("list", "export", "import", "use")


def add(commands: Commands) -> None:
    one = commands.add("templates", _templates, _("how documents look: list, export, import, use"), writes=True)
    one.add_argument("act", nargs="?", choices=_ACTS, default="list", metavar="ACT", help=", ".join(_ACTS))
    one.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=_("export: a template's name and the file to write; import: the file; use: the template's name"),
    )
    one.add_argument("--name", metavar="NAME", default="", help=_("import: call it so"))
    whom = one.add_mutually_exclusive_group()
    whom.add_argument("--client", metavar="CODE", help=_("use: for this client"))
    whom.add_argument("--segment", metavar="NAME", help=_("use: for this segment"))
    one.add_argument("--kind", metavar="KIND", default="", help=_("use: only for these documents, such as credit_note"))
    one.add_argument("--language", metavar="CODE", default="", help=_("use: only in this language, such as de"))
    one.add_argument("--none", action="store_true", help=_("use: take the choice back, without a name"))


def _templates(call: Call) -> None:
    wanted = {"list": 0, "export": 2, "import": 1, "use": 0 if call.arguments.none else 1}[call.arguments.act]
    if len(call.arguments.names) != wanted:
        raise UserError(
            {
                "list": _("The list takes no name."),
                "export": _("Exporting needs a template's name and a file."),
                "import": _("Importing needs one file."),
                "use": _("Name the one template that shall print; with --none, name none."),
            }[call.arguments.act],
            _("See: sheaf templates --help"),
        )
    {"list": _list, "export": _export, "import": _import, "use": _use}[call.arguments.act](call)


def _list(call: Call) -> None:
    from desktop.services.templates import choices, templates

    with call.book() as book:
        rows, chosen = templates(book), choices(book)
    data: dict[str, Any] = {
        "templates": [
            {
                "name": row.name,
                "version": row.version,
                "made_at": row.made_at,
                "made_by": row.made_by or None,
                "note": row.note,
                "documents": row.documents,
                "default": row.is_default,
                "problem": row.problem or None,
            }
            for row in rows
        ],
        "choices": [
            {
                "scope": one.scope,
                "for": one.whose or None,
                "kind": one.kind or None,
                "language": one.language or None,
                "template": one.template,
            }
            for one in chosen
        ],
    }

    def text() -> str:
        return table(
            [_("Template"), ">" + _("Version"), ">" + _("Documents"), _("Made"), _("By"), ""],
            [
                [
                    row.name,
                    number_text(row.version),
                    number_text(row.documents),
                    moment_text(row.made_at) if row.made_at else "",
                    row.made_by,
                    row.problem or (_("default") if row.is_default else ""),
                ]
                for row in rows
            ],
        )

    call.answer(data, text)


def _export(call: Call) -> None:
    from desktop.services.templates import export_file, template_named

    name, target = call.arguments.names
    path = call.path(target)
    with call.book() as book:
        row = template_named(book, name)
        export_file(book, row.version_id, path)
    call.answer(
        {"template": row.name, "version": row.version, "file": str(path)},
        lambda: _("{name} is in {file}.").format(name=row.name, file=path),
    )


def _import(call: Call) -> None:
    from desktop.services.templates import import_file

    path = call.path(call.arguments.names[0])
    with call.book() as book:
        row = import_file(book, path, name=call.arguments.name, actor=call.actor)
    call.answer({"template": row.name, "id": row.id}, lambda: _("{name} is imported.").format(name=row.name))


def _use(call: Call) -> None:
    from desktop.services.templates import choose, template_named

    arguments = call.arguments
    with call.book() as book:
        row = template_named(book, arguments.names[0]) if arguments.names else None
        scope, scope_id = _scope(book, call)
        choose(
            book,
            row.id if row else None,
            scope=scope,
            scope_id=scope_id,
            kind=arguments.kind,
            language=arguments.language,
            actor=call.actor,
        )
    data = {
        "template": row.name if row else None,
        "scope": scope,
        "for": arguments.client or arguments.segment,
        "kind": arguments.kind or None,
        "language": arguments.language or None,
    }
    call.answer(
        data,
        lambda: _("{name} prints from now on.").format(name=row.name) if row else _("The choice is taken back."),
    )


def _scope(book: Book, call: Call) -> tuple[str, int]:
    from desktop.services.clients import client_id
    from desktop.services.segments import segment_id

    if call.arguments.client:
        return "client", client_id(book, call.arguments.client)
    if call.arguments.segment:
        return "segment", segment_id(book, call.arguments.segment)
    return "firm", 0
