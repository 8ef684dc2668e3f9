"""Which template prints a document: by client, segment and firm, and at each level by kind and language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from db.queries.rows import ids_text
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.templates.reading import latest_versions

Level = tuple[str, int]
"""A scope and the id within it, such as ("segment", 3); the firm's id is 0."""
Chosen = Mapping[tuple[str, str], int]
"""Templates by kind and language, an empty one of which is any."""


def best(chosen: Chosen, kind: str, language: str) -> int | None:
    """The template that fits best: kind and language, then the kind, then the language, then any.

    A language without a country fits all of its countries.
    """
    short = language.replace("-", "_").partition("_")[0]
    for one in (kind, ""):
        for tongue in dict.fromkeys((language, short, "")):
            if (one, tongue) in chosen:
                return chosen[one, tongue]
    return None


@dataclass(frozen=True, slots=True)
class Resolver:
    """Resolves templates for some clients and agreements with what is set at this moment.

    `versions` are those that print now, by template. `levels` are the levels of each client, and of each agreement
    with a segment of its own, the nearest first; `own` is what a level says for everything.
    """

    versions: Mapping[int, int]
    fallback: int
    chosen: Mapping[Level, Chosen] = field(default_factory=dict)
    own: Mapping[Level, int] = field(default_factory=dict)
    client_levels: Mapping[int, tuple[Level, ...]] = field(default_factory=dict)
    agreement_levels: Mapping[int, tuple[Level, ...]] = field(default_factory=dict)

    def version(self, template_id: int | None, client_id: int, agreement_id: int | None, kind: str, lang: str) -> int:
        """The version that prints a document. `template_id` is what holds where no choice is made at all."""
        if self.chosen:
            levels = self.agreement_levels.get(agreement_id or 0) or self.client_levels.get(client_id, (("firm", 0),))
            template_id = self._by_levels(levels, kind, lang)
        return self.versions.get(template_id or 0, self.fallback)

    def for_kind(self, client_id: int, agreement_id: int | None, kind: str, language: str) -> int | None:
        """The version chosen for just this kind, if any: what a correction asks, which else looks like its invoice."""
        levels = self.agreement_levels.get(agreement_id or 0) or self.client_levels.get(client_id, (("firm", 0),))
        for level in levels:
            only = {key: one for key, one in self.chosen.get(level, {}).items() if key[0] == kind}
            if (template_id := best(only, kind, language)) is not None:
                return self.versions.get(template_id, self.fallback)
        return None

    def _by_levels(self, levels: Iterable[Level], kind: str, language: str) -> int | None:
        for level in levels:
            found = best(self.chosen[level], kind, language) if level in self.chosen else None
            found = self.own.get(level) if found is None else found
            if found is not None:
                return found
        return None


def resolver(connection: Connection, client_ids: Iterable[int], agreement_ids: Iterable[int] = ()) -> Resolver:
    """What these clients' and agreements' documents print by. UserError where the book has no template.

    A book without choices, as most are, costs two small queries.
    """
    versions = latest_versions(connection)
    if not versions:
        raise UserError(_("The book has no document template."), _("Restore a backup, or make a new book."))
    firm_template = connection.exec_driver_sql("SELECT template_id FROM firm").scalar_one()
    fallback = versions.get(firm_template, min(versions.values()))
    chosen: dict[Level, dict[tuple[str, str], int]] = {}
    for scope, scope_id, kind, language, template_id in connection.exec_driver_sql(
        "SELECT scope, scope_id, kind, language, template_id FROM template_choice"
    ):
        chosen.setdefault((scope, scope_id), {})[kind, language] = template_id
    if not chosen:
        return Resolver(versions, fallback)
    own: dict[Level, int] = {}
    if firm_template is not None:
        own["firm", 0] = firm_template
    for key, template_id in connection.exec_driver_sql("SELECT id, template_id FROM segment WHERE template_id > 0"):
        own["segment", key] = template_id
    by_client: dict[int, tuple[Level, ...]] = {}
    for key, segment_id, template_id in connection.exec_driver_sql(
        "SELECT id, segment_id, template_id FROM client WHERE id IN (SELECT value FROM json_each(?))",
        (ids_text(dict.fromkeys(client_ids)),),
    ):
        by_client[key] = (("client", key), *((("segment", segment_id),) if segment_id else ()), ("firm", 0))
        if template_id is not None:
            own["client", key] = template_id
    by_agreement: dict[int, tuple[Level, ...]] = {}
    for key, client_id, segment_id, template_id in connection.exec_driver_sql(
        "SELECT id, client_id, segment_id, template_id FROM agreement"
        " WHERE id IN (SELECT value FROM json_each(?)) AND (segment_id > 0 OR template_id > 0)",
        (ids_text(dict.fromkeys(agreement_ids)),),
    ):
        levels = by_client.get(client_id, (("firm", 0),))
        if segment_id is not None:
            levels = (("client", client_id), ("segment", segment_id), ("firm", 0))
        if template_id is not None:
            own["agreement", key] = template_id
            levels = (("agreement", key), *levels)
        by_agreement[key] = levels
    return Resolver(versions, fallback, chosen, own, by_client, by_agreement)


def template_for(
    connection: Connection, client_id: int | None, kind: str, language: str, agreement_id: int | None = None
) -> int:
    """The id of the version that prints a document of this kind for a client; None is the firm's own paper."""
    clients = [client_id] if client_id is not None else []
    agreements = [agreement_id] if agreement_id is not None else []
    found = resolver(connection, clients, agreements)
    own: int | None = None
    if not found.chosen:
        own = connection.exec_driver_sql(
            """SELECT coalesce((SELECT template_id FROM agreement WHERE id = ?), c.template_id,
            (SELECT template_id FROM segment WHERE id = coalesce((SELECT segment_id FROM agreement WHERE id = ?),
            c.segment_id))) FROM client c WHERE id = ?""",
            (agreement_id, agreement_id, client_id),
        ).scalar()
    return found.version(own, client_id or 0, agreement_id, kind, language)
