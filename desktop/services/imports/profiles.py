"""How the columns of a file were mapped once: kept by name, and found again by the headings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.engine import Book
from db.schema import SavedMapping
from desktop.errors import UserError
from desktop.i18n import _
from desktop.importing.files import open_file
from desktop.importing.kinds import kind_named
from desktop.importing.mapping import Profile, signature
from desktop.importing.options import TableOptions
from desktop.services.changes import change


def profiles(book: Book, kind: str) -> list[Profile]:
    """The kept profiles of a kind by name."""
    with book.reading() as session:
        query = select(SavedMapping).where(SavedMapping.kind == kind).order_by(SavedMapping.name)
        return [_profile(row) for row in session.scalars(query)]


def kept_profiles(book: Book) -> list[tuple[str, str]]:
    """Kind and name of every kept profile, by name."""
    with book.reading() as session:
        rows = session.execute(
            select(SavedMapping.kind, SavedMapping.name).order_by(SavedMapping.name, SavedMapping.kind)
        )
        return [(kind, name) for kind, name in rows]


def named_profile(book: Book, kind: str, name: str) -> Profile:
    """UserError where there is none of that name."""
    known = profiles(book, kind)
    for profile in known:
        if profile.name.casefold() == name.casefold():
            return profile
    raise UserError(
        _("There is no profile “{name}” for {kind}.").format(name=name, kind=kind),
        _("There are: {names}.").format(names=", ".join(f"“{one.name}”" for one in known))
        if known
        else _("Map the columns once and give the mapping that name."),
    )


def profile_for(session: Session, kind: str, header: str) -> Profile | None:
    """The profile kept last for a file with this signature of its header."""
    query = select(SavedMapping).where(SavedMapping.kind == kind, SavedMapping.signature == header)
    row = session.scalars(query.order_by(SavedMapping.id.desc()).limit(1)).first()
    return None if row is None else _profile(row)


def mapped(
    source: Path | str | bytes,
    kind: str,
    columns: Mapping[str, str],
    *,
    name: str = "",
    options: TableOptions | None = None,
) -> Profile:
    """A profile of what is recognised in a file, changed by `columns`: field to heading, an empty one for none.

    UserError for a heading that the file does not have, a field that the kind does not have, and as for a file.
    """
    file = open_file(source, kind, options)
    fields = {field.name for field in kind_named(kind).fields}
    headings = {heading.casefold(): heading for heading in file.table.header if heading}
    found = dict(file.mapping.as_profile(name, options).columns)
    for field, column in columns.items():
        if field not in fields:
            raise UserError(
                _("{kind} have no field “{field}”.").format(kind=kind, field=field),
                _("The fields are: {fields}.").format(
                    fields=", ".join(field.name for field in kind_named(kind).fields)
                ),
            )
        heading = headings.get(column.strip().casefold())
        if column and heading is None:
            raise UserError(
                _("The file has no column “{column}”.").format(column=column),
                _("The columns are: {columns}.").format(columns=", ".join(headings.values())),
            )
        # A column that is given to one field is taken from the one that had it.
        found = {one: those for one, those in found.items() if one != field and those != (heading,)}
        if heading is not None:
            found[field] = (heading,)
    return Profile(name, kind, found, signature(file.table.header), options or TableOptions())


def remember(book: Book, profile: Profile, *, actor: str) -> None:
    """Keep a profile under its name, in place of an earlier one of that name."""
    text = _("Remember how “{name}” maps the columns of {kind}").format(name=profile.name, kind=profile.kind)
    with change(book, actor, text) as made:
        known = made.session.scalars(
            select(SavedMapping).where(SavedMapping.kind == profile.kind, SavedMapping.name == profile.name)
        ).first()
        values = {"signature": profile.signature, "mapping": profile.to_json()}
        if known is None:
            made.insert(SavedMapping, kind=profile.kind, name=profile.name, **values)
        else:
            made.update(SavedMapping, known.id, **values)


def forget(book: Book, kind: str, name: str, *, actor: str) -> None:
    """UserError where there is none of that name."""
    profile = named_profile(book, kind, name)
    with change(book, actor, _("Forget the profile “{name}”").format(name=profile.name)) as made:
        known = made.session.scalars(
            select(SavedMapping.id).where(SavedMapping.kind == kind, SavedMapping.name == profile.name)
        ).one()
        made.delete(SavedMapping, known)


def _profile(row: SavedMapping) -> Profile:
    return Profile.from_json(row.name, row.kind, row.signature, row.mapping)
