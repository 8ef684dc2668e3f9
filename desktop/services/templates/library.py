"""The templates of a book and their versions: made, changed by new versions, copied, renamed, removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from db.engine import Book
from db.schema import File, Firm, Invoice, Template, TemplateVersion
from desktop.domain import document
from desktop.domain.template import USUAL_LAYOUT, Layout, layout_data, layout_from
from desktop.domain.template_values import TemplateProblem
from desktop.errors import UserError
from desktop.i18n import _
from desktop.saying import put
from desktop.services.changes import Change, change
from desktop.services.files import keep_file, media_type
from desktop.services.problems import Problems
from desktop.services.records import found
from desktop.services.templates.reading import latest_versions, printable, read_layout, specification_of
from desktop.services.templates.uses import refuse_if_used

_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """A template as it prints now. `documents` counts those that any of its versions printed, `problem` says why the
    usual look stands in for it, or why its logo is left out; empty where all is well."""

    id: int
    name: str
    version_id: int
    version: int
    made_at: str
    made_by: str
    note: str
    documents: int
    is_default: bool
    problem: str
    layout: Layout


@dataclass(frozen=True, slots=True)
class VersionRow:
    """`made_at` is UTC text; an empty `made_by` is the program."""

    id: int
    version: int
    made_at: str
    made_by: str
    note: str
    documents: int


def templates(book: Book) -> list[TemplateRow]:
    """By name."""
    with book.reading() as session:
        connection = session.connection()
        default = session.scalar(select(Firm.template_id))
        latest = latest_versions(connection)
        printed = _printed(connection)
        rows = connection.exec_driver_sql(
            """SELECT t.id, t.name, v.id, v.version, v.created_at, v.made_by, v.note, v.specification, v.logo_id
            FROM template t JOIN template_version v ON v.template_id = t.id ORDER BY t.name COLLATE NOCASE, v.id"""
        ).fetchall()
        logos = _unreadable_logos(connection)
    documents: dict[int, int] = {}
    for row in rows:
        documents[row[0]] = documents.get(row[0], 0) + printed.get(row[2], 0)
    shown = []
    for template_id, name, version_id, version, made_at, made_by, note, specification, logo_id in rows:
        if latest[template_id] == version_id:
            read = read_layout(specification)
            shown.append(
                TemplateRow(
                    id=template_id,
                    name=name,
                    version_id=version_id,
                    version=version,
                    made_at=made_at,
                    made_by=made_by or "",
                    note=note or "",
                    documents=documents[template_id],
                    is_default=template_id == default,
                    problem=put(read.problem) if read.problem else logos.get(logo_id, ""),
                    layout=read.layout,
                )
            )
    return shown


def _unreadable_logos(connection: Connection) -> dict[int, str]:
    """What is wrong with logos that no template can print, by file."""
    from desktop.documents.render import check_template

    found = {}
    for file_id, content in connection.exec_driver_sql(
        "SELECT id, content FROM file WHERE id IN (SELECT logo_id FROM template_version)"
    ):
        try:
            check_template(document.TemplateVersion(0, "", 0, USUAL_LAYOUT, content))
        except UserError as problem:
            found[file_id] = problem.message
    return found


def versions(book: Book, template_id: int) -> list[VersionRow]:
    """The newest first."""
    with book.reading() as session:
        printed = _printed(session.connection())
        rows = session.execute(
            select(
                TemplateVersion.id,
                TemplateVersion.version,
                TemplateVersion.created_at,
                TemplateVersion.made_by,
                TemplateVersion.note,
            )
            .where(TemplateVersion.template_id == template_id)
            .order_by(TemplateVersion.id.desc())
        ).all()
    return [
        VersionRow(key, number, at, by or "", note or "", printed.get(key, 0)) for key, number, at, by, note in rows
    ]


def template_version(book: Book, version_id: int) -> document.TemplateVersion:
    """A version as it prints. UserError where it is gone."""
    with book.reading() as session:
        row: TemplateVersion = found(session, TemplateVersion, version_id, _("The version"))
        name = session.scalars(select(Template.name).where(Template.id == row.template_id)).one()
        logo = session.scalar(select(File.content).where(File.id == row.logo_id)) or b""
        layout = read_layout(row.specification).layout
        return printable(document.TemplateVersion(row.id, name, row.version, layout, logo))


def template_named(book: Book, name: str) -> TemplateRow:
    """UserError where there is none of that name."""
    known = templates(book)
    wanted = name.strip().casefold()
    for one in known:
        if one.name.casefold() == wanted:
            return one
    raise UserError(
        _("There is no template “{name}”.").format(name=name.strip()),
        _("There are: {names}.").format(names=", ".join(one.name for one in known)),
    )


def new_template(
    book: Book, name: str, layout: Layout, *, logo: bytes | None = None, note: str = "", actor: str
) -> int:
    """A template with its first version; without a logo of its own it takes the firm's. ValidationError."""
    with change(book, actor, _("New template {name}").format(name=name.strip())) as made:
        return add_template(made, name, layout, logo=logo, note=note)


def add_template(made: Change, name: str, layout: Layout, *, logo: bytes | None = None, note: str = "") -> int:
    """As `new_template`, within the caller's change."""
    _check_name(made.session, name, None)
    check_layout(layout, logo or b"")
    logo_id = made.session.scalar(select(Firm.logo_id)) if logo is None else _kept(made, logo)
    template_id = made.insert(Template, name=name.strip())
    _add_version(made, template_id, 1, specification_of(layout), logo_id, note)
    return template_id


def copy_template(book: Book, template_id: int, name: str, *, actor: str) -> int:
    """A new template that begins as this one looks now. ValidationError."""
    with change(book, actor, _("Copy a template")) as made:
        row: Template = found(made.session, Template, template_id, _("The template"))
        made.summary = _("Copy template {name}").format(name=row.name)
        _check_name(made.session, name, None)
        last = _current(made, template_id)
        copy = made.insert(Template, name=name.strip())
        note = _("As {name}, version {version}").format(name=row.name, version=last.version)
        _add_version(made, copy, 1, last.specification, last.logo_id, note)
        return copy


def save_version(
    book: Book,
    template_id: int,
    layout: Layout,
    *,
    logo: bytes | None = None,
    note: str = "",
    replace: bool = False,
    actor: str,
) -> int:
    """The id of the version that prints from now on. `logo`: None leaves it, no bytes take it off.

    A version that printed a document stays for ever; `replace` puts the new one in the place of the last where that
    printed nothing. What is no different from the last makes no version. UserError for a layout or logo that does not
    print.
    """
    with change(book, actor, _("Change a template")) as made:
        row: Template = found(made.session, Template, template_id, _("The template"))
        last = _last(made.session, template_id)
        check_layout(layout, logo or b"")
        logo_id = last.logo_id if logo is None else _kept(made, logo)
        specification = specification_of(layout)
        if (specification, logo_id) == (last.specification, last.logo_id):
            return last.id
        if replace and not _used(made.session, last.id):
            made.summary = _("Change template {name}").format(name=row.name)
            made.update(
                TemplateVersion,
                last.id,
                specification=specification,
                logo_id=logo_id,
                created_at=made.at,
                made_by=made.actor,
                note=note.strip(),
            )
            return last.id
        number = last.version + 1
        made.summary = _("Change template {name}, version {version}").format(name=row.name, version=number)
        return _add_version(made, template_id, number, specification, logo_id, note)


def take_again(book: Book, version_id: int, *, actor: str) -> int:
    """Print as an older version did: the id of the new version that says the same."""
    with change(book, actor, _("Take an older version of a template again")) as made:
        row: TemplateVersion = found(made.session, TemplateVersion, version_id, _("The version"))
        last = _last(made.session, row.template_id)
        if (row.specification, row.logo_id) == (last.specification, last.logo_id):
            return last.id
        if (problem := read_layout(row.specification).problem) is not None:
            raise UserError(
                _("Version {version} cannot be read: {problem}").format(version=row.version, problem=put(problem)),
                _("Choose another version."),
            )
        note = _("As version {version}").format(version=row.version)
        return _add_version(made, row.template_id, last.version + 1, row.specification, row.logo_id, note)


def rename_template(book: Book, template_id: int, name: str, *, actor: str) -> None:
    """ValidationError for a name that is empty or taken."""
    with change(book, actor, _("Rename a template")) as made:
        row: Template = found(made.session, Template, template_id, _("The template"))
        made.summary = _("Rename template {name}").format(name=row.name)
        _check_name(made.session, name, template_id)
        made.update(Template, template_id, name=name.strip())


def remove_template(book: Book, template_id: int, *, actor: str) -> None:
    """UserError, which says by what, while documents, clients or choices use it."""
    with change(book, actor, _("Remove a template")) as made:
        row: Template = found(made.session, Template, template_id, _("The template"))
        made.summary = _("Remove template {name}").format(name=row.name)
        refuse_if_used(made.connection, template_id, row.name)
        for version_id in made.session.scalars(
            select(TemplateVersion.id).where(TemplateVersion.template_id == template_id)
        ).all():
            made.delete(TemplateVersion, version_id)
        made.delete(Template, template_id)


def check_layout(layout: Layout, logo: bytes) -> None:
    """UserError for what would not print: a template is refused when it is saved, never in the middle of a run."""
    from desktop.documents.render import check_template

    try:
        layout_from(layout_data(layout))
    except TemplateProblem as problem:
        raise UserError(put(problem.said), _("Change it and save again.")) from problem
    if logo and media_type("", logo) not in ("image/png", "image/jpeg"):
        raise UserError(_("The logo is not a picture that a PDF can hold."), _("Save it as PNG or JPEG."))
    check_template(document.TemplateVersion(0, "", 0, layout, logo))


def _kept(made: Change, logo: bytes) -> int | None:
    if not logo:
        return None
    ending = "png" if media_type("", logo) == "image/png" else "jpg"
    return keep_file(made, f"logo.{ending}", logo)


def _add_version(
    made: Change, template_id: int, number: int, specification: str, logo_id: int | None, note: str
) -> int:
    return made.insert(
        TemplateVersion,
        template_id=template_id,
        version=number,
        specification=specification,
        logo_id=logo_id,
        created_at=made.at,
        made_by=made.actor,
        note=note.strip(),
    )


def _last(session: Session, template_id: int) -> TemplateVersion:
    return session.scalars(
        select(TemplateVersion)
        .where(TemplateVersion.template_id == template_id)
        .order_by(TemplateVersion.id.desc())
        .limit(1)
    ).one()


def _current(made: Change, template_id: int) -> TemplateVersion:
    return made.session.get_one(TemplateVersion, latest_versions(made.connection)[template_id])


def _used(session: Session, version_id: int) -> bool:
    return bool(session.scalar(select(Invoice.id).where(Invoice.template_version_id == version_id).limit(1)))


def _printed(connection: Connection) -> dict[int, int]:
    return {
        row[0]: row[1]
        for row in connection.exec_driver_sql(
            "SELECT template_version_id, count(*) FROM invoice WHERE kind <> 'opening' GROUP BY template_version_id"
        )
    }


def _check_name(session: Session, name: str, template_id: int | None) -> None:
    problems = Problems()
    wanted = name.strip()
    taken = session.execute(select(Template.id, Template.name)).all()
    if not wanted:
        problems.add("name", _("A template needs a name."))
    elif len(wanted) > _LONGEST_NAME:
        problems.add("name", _("A name has at most {most} characters.").format(most=_LONGEST_NAME))
    elif any(row.name.casefold() == wanted.casefold() for row in taken if row.id != template_id):
        problems.add("name", _("There is a template “{name}” already.").format(name=wanted))
    problems.raise_any()


def free_name(names: Sequence[str], wanted: str) -> str:
    """The name, or the first with a number behind it that is not taken."""
    taken = {name.casefold() for name in names}
    wanted = wanted.strip()[: _LONGEST_NAME - 4]
    if wanted.casefold() not in taken:
        return wanted
    number = 2
    while f"{wanted} {number}".casefold() in taken:
        number += 1
    return f"{wanted} {number}"
