"""A template as one file: readable JSON with its layout and its logo, refused with line, column and reason."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Final, NamedTuple
from unicodedata import category

from db.engine import Book
from db.files import in_words
from desktop.domain.document import TemplateVersion
from desktop.domain.placed_json import JsonProblem, Place, Placed, placed_json
from desktop.domain.template import Layout, layout_data, layout_from
from desktop.domain.template_values import TemplateProblem
from desktop.domain.wording import Said, phrase
from desktop.errors import UserError
from desktop.i18n import _, number_text
from desktop.paths import resource
from desktop.saying import put
from desktop.services.templates.library import (
    TemplateRow,
    check_layout,
    free_name,
    new_template,
    template_version,
    templates,
)
from desktop.services.text_files import file_text

ENDING: Final = ".sheaf-template.json"
FORMAT: Final = 1
_NAME: Final = "sheaf template"
_MOST_CHARACTERS: Final = 40 * 1024 * 1024


class TemplateFile(NamedTuple):
    """What a file holds; a file without a logo leaves the firm's."""

    name: str
    layout: Layout
    logo: bytes | None


def template_text(template: TemplateVersion) -> str:
    """The file's text: every value of the layout is named, so that nothing hangs on what is usual elsewhere."""
    differing = layout_data(template.layout)
    usual = Layout()
    layout = {field.name: differing.get(field.name, _plain(getattr(usual, field.name))) for field in fields(Layout)}
    whole: dict[str, Any] = {"format": _NAME, "format_version": FORMAT, "name": template.name, "layout": layout}
    whole["logo"] = base64.b64encode(template.logo).decode("ascii") if template.logo else None
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _plain(value: Any) -> Any:
    return [one if isinstance(one, str) else _named(one) for one in value] if isinstance(value, tuple) else value


def _named(value: Any) -> dict[str, Any]:
    """The usual columns say no more than their name."""
    first, *others = fields(value)
    more = {one.name: getattr(value, one.name) for one in others if getattr(value, one.name) != one.default}
    return {first.name: getattr(value, first.name)} | more


def template_file(text: str, file_name: str = "") -> TemplateFile:
    """What a file's text holds. UserError with line, column and reason where it is no template that prints."""
    if len(text) > _MOST_CHARACTERS:
        raise UserError(
            _("{file} is larger than any template.").format(file=file_name or _("This file")),
            _("Choose a file that Sheaf exported."),
        )
    try:
        placed = placed_json(text.removeprefix("\ufeff"))
    except JsonProblem as problem:
        raise _refused(file_name, problem.place, problem.said) from problem
    data = placed.data
    if not isinstance(data, dict) or data.get("format") != _NAME:
        raise UserError(
            _("{file} is not a template of Sheaf.").format(file=file_name or _("This file")),
            _('Choose a file that Sheaf exported, or one that says "format": "{name}".').format(name=_NAME),
        )
    _check_version(placed, file_name)
    for name in data:
        if name not in ("format", "format_version", "name", "layout", "logo"):
            raise _at(placed, file_name, (name,), phrase("“{name}” is not known.", name=str(name)))
    name = _one_line(data["name"]) if isinstance(data.get("name"), str) else ""
    if not name:
        raise _at(placed, file_name, ("name",), phrase("The template needs a name."))
    if "layout" not in data:
        raise _at(placed, file_name, (), phrase("“{name}” is missing.", name="layout"))
    try:
        layout = layout_from(data["layout"])
    except TemplateProblem as problem:
        raise _at(placed, file_name, ("layout", *problem.path), problem.said) from problem
    logo = _logo(placed, file_name)
    try:
        check_layout(layout, logo or b"")
    except UserError as problem:
        where = ("logo",) if logo else ("layout",)
        raise UserError(_placed_words(file_name, placed.place(where), problem.message), problem.remedy) from problem
    return TemplateFile(name, layout, logo)


def _one_line(name: str) -> str:
    return " ".join("".join(" " if category(sign) == "Cc" else sign for sign in name).split())


def _check_version(placed: Placed, file_name: str) -> None:
    number = placed.data.get("format_version")
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise _at(placed, file_name, ("format_version",), phrase("Here belongs the number of the format, such as 1."))
    if number > FORMAT:
        raise UserError(
            _("{file} was written by a newer Sheaf: its format is {number}, this one reads up to {most}.").format(
                file=file_name or _("This file"), number=number_text(number), most=number_text(FORMAT)
            ),
            _("Update Sheaf, then import it again."),
        )


def _logo(placed: Placed, file_name: str) -> bytes | None:
    text = placed.data.get("logo")
    if text is None:
        return None
    if not isinstance(text, str):
        raise _at(placed, file_name, ("logo",), phrase("Here belongs a picture in base64, or null."))
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise _at(placed, file_name, ("logo",), phrase("The picture is no base64 text.")) from None


def _at(placed: Placed, file_name: str, path: Sequence[str | int], said: Said) -> UserError:
    return _refused(file_name, placed.place(tuple(path)), said)


def _refused(file_name: str, place: Place, said: Said) -> UserError:
    return UserError(
        _placed_words(file_name, place, put(said)), _("Mend it there and import it again. Nothing was changed.")
    )


def _placed_words(file_name: str, place: Place, reason: str) -> str:
    return _("{file}, line {line}, column {column}: {reason}").format(
        file=file_name or _("This file"), line=place.line, column=place.column, reason=reason
    )


def import_template(book: Book, text: str, *, file_name: str = "", name: str = "", actor: str) -> TemplateRow:
    """A new template from a file's text; a name that is taken gets a number behind it. UserError."""
    read = template_file(text, file_name)
    chosen = free_name([one.name for one in templates(book)], name or read.name)
    made = new_template(book, chosen, read.layout, logo=read.logo, note=_("Imported"), actor=actor)
    return next(one for one in templates(book) if one.id == made)


def finished() -> dict[str, str]:
    """The templates that come with the program: the text of each file by its name."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(resource("templates").glob("*.json"))]
    return {json.loads(text)["name"]: text for text in texts}


def import_file(book: Book, path: Path, *, name: str = "", actor: str) -> TemplateRow:
    """As `import_template`, from a file of UTF-8. UserError where it cannot be read."""
    if path.is_file() and path.stat().st_size > _MOST_CHARACTERS:
        raise UserError(
            _("{file} is larger than any template.").format(file=path.name),
            _("Choose a file that Sheaf exported."),
        )
    text = file_text(path)
    return import_template(book, text, file_name=path.name, name=name, actor=actor)


def export_file(book: Book, version_id: int, path: Path) -> None:
    """Write a version to a file, in place of one of that name. UserError where it cannot be written."""
    text = template_text(template_version(book, version_id))
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise in_words(path, error) from error
