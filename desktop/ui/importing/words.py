"""Kinds of files, their fields and their habits, as the import names them."""

from __future__ import annotations

from desktop.i18n import _
from desktop.ui.editors import Choice

# What a file that is offered to the import may end with.
ENDINGS = (".csv", ".txt", ".tsv", ".xlsx", ".ods", ".xlsm", ".xls", ".xlsb")


def kinds() -> list[Choice]:
    """What a file may hold, in the order in which a new book needs them."""
    return [
        ("clients", _("Clients")),
        ("items", _("Items of the catalogue")),
        ("rates", _("Rate card")),
        ("agreements", _("Agreements")),
        ("changes", _("Changes of agreements")),
        ("time", _("Hours")),
        ("usage", _("Usage")),
        ("milestones", _("Milestones")),
        ("charges", _("One-off charges")),
        ("opening", _("Opening items: what is owed already")),
    ]


def kind_word(kind: str) -> str:
    if kind == "bank":
        # Statements have a way in of their own, but their files stand among the others.
        return _("Bank statements")
    return next((text for value, text in kinds() if value == kind), kind)


def field_word(name: str) -> str:
    """A field as people read it; most names of the template read as they are."""
    spelled = {
        "tax_id": _("Tax ID"),
        "hsn_sac": _("HSN/SAC"),
        "po_number": _("PO number"),
        "po_limit": _("PO limit"),
        "po_required": _("PO required"),
        "street2": _("Street, second line"),
        "up_to": _("Up to quantity"),
        "every": _("Every (interval)"),
        "line_start": _("First day of the line"),
        "line_end": _("Last day of the line"),
        "before": _("First day after it"),
        "tracker_id": _("Entry ID"),
        "tracker_code": _("Project code"),
        "tracker_project": _("Project"),
        "tracker_task": _("Task"),
        "tracker_start": _("Started at"),
    }
    return spelled.get(name) or name.replace("_", " ").capitalize()


def encodings() -> list[Choice]:
    return [
        ("utf-8", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("cp1252", _("Windows, western Europe")),
        ("cp1250", _("Windows, central Europe")),
        ("iso8859-15", _("ISO 8859-15, western Europe")),
        ("mac_roman", _("Macintosh")),
    ]


def encoding_word(encoding: str) -> str:
    """Encodings have several spellings, of which the file gives Python's own."""
    spelled = encoding.lower().replace("_", "-")
    return next((text for value, text in encodings() if str(value).replace("_", "-") == spelled), encoding.upper())


def delimiters() -> list[Choice]:
    return [(",", _("comma")), (";", _("semicolon")), ("\t", _("tab")), ("|", _("vertical bar"))]


def decimals() -> list[Choice]:
    return [(".", _("point, 1,234.50")), (",", _("comma, 1.234,50"))]


def date_orders() -> list[Choice]:
    return [
        ("dmy", _("day first, 31/12/2026")),
        ("mdy", _("month first, 12/31/2026")),
        ("ymd", _("year first, 2026-12-31")),
    ]


def word_of(choices: list[Choice], value: object) -> str:
    return next((text for one, text in choices if one == value), str(value))
