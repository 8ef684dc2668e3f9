"""What a new book starts with: the firm, its country's tax codes, number series and the finished templates."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, dataclass

from db import chain, row_seals
from db.schema import Base
from desktop.domain.money import percent_to_scaled
from desktop.domain.place_catalogue import rate_rows, tax_codes, tax_rules
from desktop.i18n import _
from desktop.paths import resource

_SERIES = (
    ("invoices", "invoice", "INV-{year}-{n:04}"),
    ("credit-notes", "credit_note", "CN-{year}-{n:04}"),
    ("deposits", "deposit", "DP-{year}-{n:04}"),
    ("final-invoices", "final", "FI-{year}-{n:04}"),
)
ROUNDING = "rounding"
"""The setting of what a payable amount is rounded to: by currency, a step in minor units."""
WHOLE_RUPEES = 100
# The first is what a firm prints by until it chooses another.
_TEMPLATES = ("classic", "modern", "compact", "window", "us_letter", "preprinted", "elegant", "detailed")
_LETTER_PAPER = frozenset({"US", "CA", "MX", "PH", "CL", "CO"})


@dataclass(frozen=True, slots=True)
class NewFirm:
    """Country is ISO 3166 alpha-2, currency ISO 4217, language a locale such as `de`; checked by whoever asks.

    `region` is the state, where the law asks for it.
    """

    name: str
    country: str
    currency: str
    language: str = "en"
    region: str = ""


def plant(connection: sqlite3.Connection, firm: NewFirm, uid: str, now: str, made_by: str, actor: str) -> None:
    """Write the first rows, and their place in the log, within the caller's transaction; `now` is UTC text."""
    none_yet = row_seals.marks(connection)
    connection.execute("INSERT INTO book (id, uid, created_at, made_by) VALUES (1, ?, ?, ?)", (uid, now, made_by))
    for number, file in enumerate(_TEMPLATES, 1):
        _plant_template(connection, number, file, firm.country, now)
    _insert(
        connection,
        "firm",
        id=1,
        name=firm.name,
        country=firm.country,
        currency=firm.currency,
        language=firm.language,
        region=firm.region,
        template_id=1,
        fiscal_start_month=4 if firm.country == "IN" else 1,
    )
    # Rule 46(b) of India's CGST Rules: unique in a fiscal year, which begins in April.
    year_rule = "fiscal" if firm.country == "IN" else "calendar"
    for code, kind, pattern in _SERIES:
        _insert(connection, "series", code=code, kind=kind, pattern=pattern, year_rule=year_rule)
    codes: dict[str, int] = {}
    for tax in tax_codes(firm.country):
        tax_id = _insert(
            connection,
            "tax_code",
            code=tax.code,
            name=tax.name,
            country=firm.country,
            category=tax.category,
            exemption_code=tax.exemption_code,
            exemption_text=tax.exemption_text,
        )
        connection.executemany(
            "INSERT INTO tax_rate (tax_code_id, name, valid_from, rate) VALUES (?, ?, ?, ?)",
            [(tax_id, name, day.isoformat(), percent_to_scaled(percent)) for name, day, percent in rate_rows(tax)],
        )
        codes[tax.code] = tax_id
    for position, rule in enumerate(tax_rules(firm.country), 1):
        _insert(
            connection,
            "tax_rule",
            position=position,
            country=firm.country,
            region=rule.region,
            item_code=rule.item_code,
            tax_code_id=codes[rule.code],
        )
    if firm.country == "IN":
        _insert(connection, "setting", key=ROUNDING, value=json.dumps({"INR": WHOLE_RUPEES}))
    summary = _("New book for {firm}").format(firm=firm.name)
    change_set = _insert(connection, "change_set", at=now, actor=actor, summary=summary, undoable=False)
    made = chain.Event("book", 1, "made", None, {"uid": uid, "made_by": made_by, **asdict(firm)})
    sealed = row_seals.seal_new_rows(connection, none_yet, {})
    chain.append(connection, change_set, now, actor, summary, [made, *sealed])


def _plant_template(connection: sqlite3.Connection, number: int, file: str, country: str, now: str) -> None:
    template = json.loads((resource("templates") / f"{file}.json").read_text(encoding="utf-8"))
    layout = template["layout"] | ({"page": "LETTER"} if country in _LETTER_PAPER else {})
    specification = json.dumps(layout, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    _insert(connection, "template", id=number, name=template["name"])
    _insert(
        connection,
        "template_version",
        id=number,
        template_id=number,
        version=1,
        specification=specification,
        created_at=now,
    )


def _insert(connection: sqlite3.Connection, table: str, **values: object) -> int:
    # The defaults stand in the models: the database itself has none.
    for column in Base.metadata.tables[table].columns:
        default = column.default
        if column.name not in values and default is not None and default.is_scalar:
            values[column.name] = default.arg  # type: ignore[attr-defined]
    names = ", ".join(values)
    marks = ", ".join("?" * len(values))
    made = connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))
    assert made.lastrowid is not None
    return made.lastrowid
