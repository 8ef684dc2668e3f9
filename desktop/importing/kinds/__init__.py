"""The kinds of files that can be imported, each described as data: its fields, their many names, its rules."""

from __future__ import annotations

from desktop.errors import UserError
from desktop.i18n import _
from desktop.importing.kinds import agreements, billables, catalogue, clients, opening, projects, usage
from desktop.importing.kinds.fields import Field, Kind, Verdict

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        clients.KIND,
        catalogue.ITEMS,
        catalogue.RATES,
        agreements.KIND,
        projects.CHANGES,
        billables.TIME,
        usage.KIND,
        projects.MILESTONES,
        billables.CHARGES,
        opening.KIND,
    )
}


def kind_named(name: str) -> Kind:
    """UserError for a kind that does not exist."""
    kind = KINDS.get(name)
    if kind is None:
        raise UserError(
            _("“{name}” is nothing that can be imported.").format(name=name),
            _("Choose one of: {kinds}.").format(kinds=", ".join(KINDS)),
        )
    return kind


def headers(name: str) -> tuple[str, ...]:
    """The canonical column names of a kind, in the order of its template."""
    return tuple(field.name for field in kind_named(name).fields if field.offered)


__all__ = ["KINDS", "Field", "Kind", "Verdict", "headers", "kind_named"]
