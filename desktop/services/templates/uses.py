"""What uses a template: documents that it printed, and whoever is to print by it."""

from __future__ import annotations

from sqlalchemy import Connection

from desktop.errors import UserError
from desktop.i18n import _, ngettext, number_text

_NAMED = 3


def refuse_if_used(connection: Connection, template_id: int, name: str) -> None:
    """UserError that says by whom."""
    printed = connection.exec_driver_sql(
        "SELECT count(*) FROM invoice WHERE template_version_id IN"
        " (SELECT id FROM template_version WHERE template_id = ?)",
        (template_id,),
    ).scalar_one()
    if printed:
        raise UserError(
            ngettext(
                "{name} printed {count} document, which keeps its look for ever.",
                "{name} printed {count} documents, which keep their look for ever.",
                printed,
            ).format(name=name, count=number_text(printed)),
            _("Leave it, and let another template print from now on."),
        )
    users = uses(connection, template_id)
    if users:
        more = len(users) - _NAMED
        named = ", ".join(users[:_NAMED])
        if more > 0:
            named = ngettext("{names} and {count} more", "{names} and {count} more", more).format(
                names=named, count=number_text(more)
            )
        raise UserError(
            _("{name} prints for: {users}.").format(name=name, users=named),
            _("Choose another template there first."),
        )
    (count,) = connection.exec_driver_sql("SELECT count(*) FROM template").one()
    if count == 1:
        raise UserError(_("{name} is the only template of this book.").format(name=name), _("Make another one first."))


def uses(connection: Connection, template_id: int) -> list[str]:
    """Whom the template prints for, in words: the firm, segments, clients and agreements."""
    named: list[str] = []
    scopes = connection.exec_driver_sql(
        """SELECT 'firm', '', 0 FROM firm WHERE template_id = :id
        UNION ALL SELECT 'firm', '', 0 FROM template_choice WHERE scope = 'firm' AND template_id = :id
        UNION ALL SELECT 'segment', name, 1 FROM segment WHERE template_id = :id
        UNION ALL SELECT 'segment', s.name, 1 FROM template_choice c JOIN segment s ON s.id = c.scope_id
            WHERE c.scope = 'segment' AND c.template_id = :id
        UNION ALL SELECT 'client', name, 2 FROM client WHERE template_id = :id
        UNION ALL SELECT 'client', k.name, 2 FROM template_choice c JOIN client k ON k.id = c.scope_id
            WHERE c.scope = 'client' AND c.template_id = :id
        UNION ALL SELECT 'agreement', code, 3 FROM agreement WHERE template_id = :id
        ORDER BY 3, 2""",
        {"id": template_id},
    )
    for scope, name, _rank in scopes:
        named.append(
            {
                "firm": _("the firm"),
                "segment": _("segment {name}").format(name=name),
                "client": _("client {name}").format(name=name),
                "agreement": _("agreement {name}").format(name=name),
            }[scope]
        )
    return list(dict.fromkeys(named))
