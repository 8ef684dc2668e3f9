"""What a person may say about a file instead of having it found."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from desktop.errors import UserError
from desktop.i18n import _

Decimal = Literal[".", ","]
DateOrder = Literal["dmy", "mdy", "ymd"]

DELIMITERS = ",;\t|"
DEFAULT_CODE_PAGE = "cp1252"


@dataclass(frozen=True, slots=True)
class TableOptions:
    """Every field None lets the file speak for itself.

    `code_page` is tried only when the file is not Unicode; `locale` decides only what the file leaves open.
    `header_row` is the line of the column names, 1 for the first. `sheet` is the one to read of a workbook.
    `first_row` is the number of the first line: 0 where column names were put above rows that had none.
    """

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None
    header_row: int | None = None
    decimal: Decimal | None = None
    date_order: DateOrder | None = None
    code_page: str | None = None
    locale: str | None = None
    sheet: str | None = None
    first_row: int | None = None

    def __post_init__(self) -> None:
        for name in ("delimiter", "quote", "escape"):
            sign = getattr(self, name)
            if sign is not None and (len(sign) != 1 or sign in "\r\n\0"):
                raise UserError(
                    _("“{sign}” cannot be the {name} of a table.").format(sign=sign, name=name),
                    _("Give exactly one character, such as a semicolon."),
                )
        if self.delimiter is not None and self.delimiter in (self.quote, self.escape):
            raise UserError(
                _("“{sign}” cannot both separate cells and enclose them.").format(sign=self.delimiter),
                _("Choose two different characters."),
            )
        if self.decimal not in (None, ".", ","):
            raise UserError(_("“{sign}” is no decimal sign.").format(sign=self.decimal), _("Choose . or ,"))
        if self.date_order not in (None, "dmy", "mdy", "ymd"):
            raise UserError(
                _("“{order}” is no order of dates.").format(order=self.date_order), _("Choose dmy, mdy or ymd.")
            )
        if self.header_row is not None and self.header_row < 1:
            raise UserError(
                _("Line {row} cannot hold the column names.").format(row=self.header_row), _("Lines count from 1.")
            )

    def over(self, other: TableOptions) -> TableOptions:
        """These options, and those of `other` where these say nothing."""
        return replace(other, **self.stated())

    def stated(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value is not None}
