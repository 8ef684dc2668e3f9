"""Number series: patterns, year rules, and where each stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.engine import Book
from db.schema import Firm, Invoice, Series, SeriesYear
from desktop.domain.indian_einvoice import is_number
from desktop.domain.numbering import LONGEST_INDIAN, check_pattern, number, series_year
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.changes import change
from desktop.services.field_checks import check_needed, check_unique
from desktop.services.firm import FIRM
from desktop.services.problems import Problems
from desktop.services.records import Record, column_values, found, record

# A year's last number of a busy firm: what its pattern must still hold.
_SAMPLE = 9999
_KINDS = ("invoice", "credit_note", "deposit", "final")


def series_list(book: Book, *, today: date) -> list[Record]:
    """All series with `next_number`, the text that a document of today would get."""
    with book.reading() as session:
        month = session.get_one(Firm, FIRM).fiscal_start_month
        return [
            record(row) | {"next_number": _next_number(session, row, today, month)}
            for row in session.scalars(select(Series).order_by(Series.kind, Series.code))
        ]


def _next_number(session: Session, row: Series, day: date, fiscal_month: int) -> str:
    year = series_year(row.year_rule, fiscal_month, day)
    stand = session.scalar(select(SeriesYear.next).where(SeriesYear.series_id == row.id, SeriesYear.year == year))
    return number(row.pattern, stand or row.first, day, year)


def save_series(book: Book, values: Mapping[str, object], *, actor: str, series_id: int | None = None) -> int:
    """Add a series, or change one; a new default takes the place of its kind's old one. Raises ValidationError.

    Once a series gave numbers, its kind, year rule and first number stay; its pattern may change for numbers to come,
    as long as no other document has them.
    """
    with change(book, actor, _("Change the number series")) as made:
        session = made.session
        before: Series | None = found(session, Series, series_id, _("The series")) if series_id is not None else None
        problems = Problems()
        given = dict(values) if before else {"code": "", "kind": "invoice", "pattern": ""} | dict(values)
        cleaned = column_values(Series, given, problems)
        check_needed(cleaned, problems, code=_("A series needs a short name."))
        check_unique(session, Series.code, cleaned, problems, _("a series"), series_id)
        whole = (record(before) if before else {"year_rule": "calendar", "first": 1, "is_default": True}) | cleaned
        _check(session, whole, problems, before)
        problems.raise_any()
        if whole["is_default"]:
            for other in session.scalars(
                select(Series.id).where(Series.kind == whole["kind"], Series.is_default, Series.id != (series_id or 0))
            ).all():
                made.update(Series, other, is_default=False)
        made.summary = _("Change number series {code}").format(code=whole["code"])
        if before is None:
            return made.insert(Series, **cleaned)
        made.update(Series, before.id, **cleaned)
        return before.id


def _check(session: Session, whole: Record, problems: Problems, before: Series | None) -> None:
    if whole["kind"] not in _KINDS:
        problems.add("kind", _("“{word}” is no kind of document.").format(word=whole["kind"]))
    if whole["year_rule"] not in ("calendar", "fiscal", "never"):
        problems.add("year_rule", _("“{word}” is no rule for the year.").format(word=whole["year_rule"]))
        return
    try:
        check_pattern(whole["pattern"], whole["year_rule"])
    except ValueError as error:
        problems.add("pattern", str(error))
    else:
        _check_length(session, whole, problems)
        clash = _clash(session, whole, before)
        if clash:
            problems.add("pattern", _("Series {code} makes the same numbers.").format(code=clash))
    if whole["first"] < 1:
        problems.add("first", _("A series starts at 1 or later."))
    if before is None:
        return
    if before.is_default and not whole["is_default"]:
        problems.add("is_default", _("Make another series the default of its kind instead."))
    if session.scalar(select(func.count()).where(SeriesYear.series_id == before.id)):
        for name in ("kind", "year_rule", "first"):
            if whole[name] != getattr(before, name):
                problems.add(name, _("The series gave numbers already; make a new series instead."))


def _check_length(session: Session, whole: Record, problems: Problems) -> None:
    if session.get_one(Firm, FIRM).country != "IN":
        return
    sample = number(whole["pattern"], _SAMPLE, date(2026, 12, 31), 2026)
    if len(sample) > LONGEST_INDIAN:
        problems.add(
            "pattern",
            _("{number} has {count} characters; an Indian invoice number has at most {most}.").format(
                number=sample, count=len(sample), most=LONGEST_INDIAN
            ),
        )
    elif not is_number(sample):
        problems.add(
            "pattern",
            _(
                "{number} is no Indian invoice number: letters, digits, / and - only; no 0, / or - at its beginning."
            ).format(number=sample),
        )


def _clash(session: Session, whole: Record, before: Series | None) -> str | None:
    """Two series with one pattern would give one number twice."""
    own_id = before.id if before else 0
    return session.scalar(
        select(Series.code)
        .where(func.lower(Series.pattern) == func.lower(whole["pattern"]), Series.id != own_id)
        .limit(1)
    )


def delete_series(book: Book, series_id: int, *, actor: str) -> None:
    """Delete a series that never gave a number; UserError otherwise."""
    with change(book, actor, _("Delete a number series")) as made:
        row: Series = found(made.session, Series, series_id, _("The series"))
        used = made.session.scalar(select(func.count()).where(Invoice.series_id == series_id))
        if used:
            raise UserError(
                _("Series {code} gave {count} numbers.").format(code=row.code, count=used), _("Leave it as it is.")
            )
        if row.is_default:
            raise UserError(
                _("Series {code} is the default of its kind.").format(code=row.code),
                _("Make another series the default first."),
            )
        for year in made.session.scalars(select(SeriesYear.id).where(SeriesYear.series_id == series_id)).all():
            made.delete(SeriesYear, year)
        made.delete(Series, series_id)
