"""Gives a person what the book knows of them: one ZIP with a page to read, the data for machines, and the documents."""

from __future__ import annotations

import base64
import html
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Column, Connection

from db.engine import Book
from db.schema import Base
from desktop.documents.forms import ending
from desktop.domain.file_names import safe_name
from desktop.errors import UserError
from desktop.i18n import _, current_language, date_text
from desktop.paths import resource
from desktop.services.column_words import column_word, value_word
from desktop.services.delivery.kept import files_of
from desktop.services.privacy.person import Person, person
from desktop.services.privacy.planning import Rules, rules_of
from desktop.services.subjects import word
from desktop.services.table_files import replaced

DATA: Final = "data.json"
PAGE: Final = "index.html"
_MOMENT: Final = (1980, 1, 1, 0, 0, 0)
# Shown on the page; the rest is in the data.
_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Exported:
    """`rows` by table; `documents` are the files of issued documents, letters and what lay beside them."""

    path: Path
    rows: Mapping[str, int]
    documents: int


def export_person(book: Book, client_id: int, path: Path, *, contact_id: int | None = None, today: date) -> Exported:
    """Write all that the book knows of a client or a contact into a ZIP. UserError where there is no such person, and
    where the file cannot be written.
    """
    if path.suffix.lower() != ".zip":
        raise UserError(_("The data of a person are a ZIP file."), _("Give the file the ending .zip."))
    rules = rules_of(book)
    with book.reading() as session:
        connection = session.connection()
        who = person(connection, client_id, contact_id)
        tables = _tables(connection, who)
        invoices = [row["id"] for row in tables.get("invoice", ())]
        firm = connection.exec_driver_sql("SELECT name FROM firm").scalar_one()
    files = _files(book, invoices, tables)
    with book.reading() as session:
        page = _page(session.connection(), str(firm), who, tables, sorted(files), rules, today)
    told = {
        "firm": firm,
        "person": who.called,
        "date": today.isoformat(),
        "data": {table: [_json(row) for row in rows] for table, rows in tables.items()},
    }
    with replaced(path) as unfinished, zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as target:
        _put(target, PAGE, page.encode())
        _put(target, DATA, (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode())
        for name, content in files.items():
            _put(target, name, content)
    return Exported(path, {table: len(rows) for table, rows in tables.items()}, len(files))


def _put(target: zipfile.ZipFile, name: str, content: bytes) -> None:
    target.writestr(zipfile.ZipInfo(name, _MOMENT), content, zipfile.ZIP_DEFLATED)


def _tables(connection: Connection, who: Person) -> dict[str, list[dict[str, Any]]]:
    """Whole rows of every place, by table; the amounts beside the texts belong to what is told."""
    values = who.values(number="", erasure=None)
    found: dict[str, dict[Any, dict[str, Any]]] = {}
    for place in who.places:
        rows = connection.exec_driver_sql(f"SELECT t.* FROM {place.table} t WHERE {place.rows} ORDER BY t.id", values)
        if place.table == "rendering":
            continue
        kept = found.setdefault(place.table, {})
        for row in rows.mappings():
            kept.setdefault(row["id"], dict(row))
    return {table: list(rows.values()) for table, rows in found.items() if rows}


def _files(book: Book, invoices: Sequence[int], tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    numbers = {row["id"]: row["number"] for row in tables.get("invoice", ()) if row["kind"] != "opening"}
    wanted = [(key, "pdf") for key in invoices if key in numbers]
    for file in files_of(book, wanted, refused=lambda _key, _why: None):
        found[f"documents/{safe_name(numbers[file.invoice_id]) or file.invoice_id}{ending('pdf')}"] = file.content
    with book.reading() as session:
        connection = session.connection()
        keys = {row["file_id"] for row in tables.get("attachment", ())} | {row["id"] for row in tables.get("file", ())}
        for key, name, content in connection.exec_driver_sql(
            "SELECT id, name, content FROM file WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
            (json.dumps(sorted(keys)),),
        ):
            if content:
                found[f"files/{key}-{safe_name(name) or 'file'}"] = bytes(content)
    return found


def _json(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: base64.b64encode(value).decode() if isinstance(value, bytes) else value for name, value in row.items()
    }


def _page(
    connection: Connection,
    firm: str,
    who: Person,
    tables: Mapping[str, Sequence[Mapping[str, Any]]],
    files: Sequence[str],
    rules: Rules,
    today: date,
) -> str:
    """A page that any browser shows; everything that came from the book is escaped."""
    title = _("What {firm} knows of {name}").format(firm=firm, name=who.called)
    law = rules.retention.statute or _("as set for the book")
    kept = _(
        "Invoices, payments and what belongs to them are kept {documents} years, letters and e-mails {letters} years"
        " after the end of their fiscal year ({law}). Everything else can be erased on request."
    ).format(documents=rules.retention.documents, letters=rules.retention.letters, law=law)
    parts = [
        f"<h1>{html.escape(title)}</h1>",
        f"<p>{html.escape(_('As of {day}.').format(day=date_text(today)))} {html.escape(kept)}</p>",
    ]
    for table, rows in tables.items():
        parts.append(f"<h2>{html.escape(word(table).capitalize())} ({len(rows)})</h2>")
        parts.append(_table(connection, table, rows[:_SHOWN]))
        if len(rows) > _SHOWN:
            parts.append(f"<p>{html.escape(_('The rest is in {file}.').format(file=DATA))}</p>")
    if files:
        parts.append(f"<h2>{html.escape(_('Documents'))}</h2><ul>")
        parts += [f'<li><a href="{html.escape(name, quote=True)}">{html.escape(name)}</a></li>' for name in files]
        parts.append("</ul>")
    style = resource("style/person.css").read_text(encoding="utf-8")
    return (
        f'<!doctype html>\n<html lang="{html.escape(current_language(), quote=True)}"><head><meta charset="utf-8">'
        f"<title>{html.escape(title)}</title><style>{style}</style></head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body></html>\n"
    )


def _table(connection: Connection, table: str, rows: Sequence[Mapping[str, Any]]) -> str:
    columns = [
        column
        for column in Base.metadata.tables[table].columns
        if not column.primary_key
        and not column.foreign_keys
        and column.name != "digest"
        and any(row[column.name] not in (None, "", 0) and not isinstance(row[column.name], bytes) for row in rows)
    ]
    head = "".join(f"<th>{html.escape(column_word(column))}</th>" for column in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(_shown(connection, column, row))}</td>" for column in columns) + "</tr>"
        for row in rows
    )
    return f"<table><tr>{head}</tr>{body}</table>"


def _shown(connection: Connection, column: Column[Any], row: Mapping[str, Any]) -> str:
    value = row[column.name]
    if value in (None, "") or isinstance(value, bytes):
        return ""
    return value_word(connection, column, value, str(row.get("currency") or ""))
