"""A book whose people sign in has an owner among them, whatever is changed or undone."""

from __future__ import annotations

from sqlalchemy import Connection

from desktop.errors import UserError
from desktop.i18n import _


def refuse_without_owner(connection: Connection) -> None:
    """UserError where people sign in and none of them is an owner: nobody could ever let others in again."""
    (people, owners) = connection.exec_driver_sql(
        """SELECT count(*), coalesce(sum(p.role = 'owner' AND p.active), 0)
        FROM passphrase w JOIN person p ON p.id = w.person_id"""
    ).one()
    if people and not owners:
        raise UserError(
            _("This is the last owner who can sign in; without one nobody could let people in or out."),
            _("Make somebody else an owner with a passphrase first."),
        )
