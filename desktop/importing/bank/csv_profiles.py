"""How the tables of banks are read: which column is what, what a sign means; shipped, guessed or told by a person."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from desktop.errors import UserError
from desktop.i18n import _
from desktop.importing.bank.amounts import known_currency
from desktop.importing.mapping import heading_key

# What a column can be. Of `amount` and `debit`/`credit` there is one; `payer` and `payee` are both sides of a movement,
# of which the other side is the party; `fee` is taken off the amount, `charges` was taken off before.
FIELDS: Final = (
    "booked_on", "valued_on", "amount", "debit", "credit", "marker", "currency", "party", "payer", "payee",
    "party_account", "party_bic", "text", "reference", "end_to_end", "mandate", "bank_reference", "code", "balance",
    "account", "fee", "charges", "original_amount", "original_currency", "state",
)  # fmt: skip
JOINED: Final = frozenset({"text", "party", "code", "reference"})
"""Fields that several columns may make up together; of any other the first that says something counts."""
DEBIT_WORDS: Final = (
    "d", "s", "dr", "debit", "debit card", "soll", "lastschrift", "belastung", "af", "debet", "bij/af: af", "débit",
    "cargo", "debe", "out", "withdrawal", "-", "h-",
)  # fmt: skip
_BRACKETS: Final = re.compile(r"[(\[][^)\]]*[)\]]")
_CODE: Final = re.compile(r"\b([A-Z]{3})\b")


@dataclass(frozen=True, slots=True)
class CsvProfile:
    """`columns` gives for a field its headings; several are joined or tried in turn, see JOINED.

    Where `negate` stands, what came in has a minus. `debit_words` are those of the marker column that mean money going
    out. `states` are the values of the state column that count; without them all do. What is None or "" the file tells
    itself. `signature` is that of the header by which a profile kept by a person is known again.
    """

    name: str
    columns: Mapping[str, tuple[str, ...]]
    negate: bool = False
    debit_words: tuple[str, ...] = DEBIT_WORDS
    states: tuple[str, ...] = ()
    date_order: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    currency: str = ""
    account: str = ""
    signature: str = ""
    # The headings that tell the bank; those of `columns` where nothing is said.
    needs: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        unknown = [name for name in self.columns if name not in FIELDS]
        if unknown:
            raise UserError(
                _("A bank's table has no field “{field}”.").format(field=unknown[0]),
                _("The fields are: {fields}.").format(fields=", ".join(FIELDS)),
            )

    @property
    def lacks(self) -> tuple[str, ...]:
        """The fields without which no row can be read."""
        lacking = [] if self.columns.get("booked_on") else ["booked_on"]
        if not (self.columns.get("amount") or self.columns.get("credit") or self.columns.get("debit")):
            lacking.append("amount")
        return tuple(lacking)

    def to_json(self) -> str:
        stated = {
            name: value
            for name, value in asdict(self).items()
            if name not in ("name", "signature", "columns") and value not in (None, "", (), False)
        }
        columns = {name: list(headings) for name, headings in self.columns.items()}
        return json.dumps({"columns": columns, **stated}, ensure_ascii=False)

    @classmethod
    def from_json(cls, name: str, signature: str, text: str) -> CsvProfile:
        """The inverse of to_json. UserError for a profile that cannot be read."""
        try:
            content: dict[str, Any] = json.loads(text)
            content["columns"] = {key: tuple(headings) for key, headings in content["columns"].items()}
            for key in ("debit_words", "states", "needs"):
                if key in content:
                    content[key] = tuple(content[key])
            return cls(name=name, signature=signature, **content)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise UserError(
                _("The profile “{name}” cannot be read.").format(name=name),
                _("Map the columns again and save it anew."),
            ) from None


def column_key(heading: str) -> str:
    """A heading as it is compared: without case, accents, signs, brackets and a currency's code at its end."""
    plain = _BRACKETS.sub(" ", heading).strip() or heading
    words = plain.replace("€", " ").split()
    if len(words) > 1 and _CODE.fullmatch(words[-1]) and known_currency(words[-1]):
        words.pop()
        if len(words) > 1 and words[-1].casefold() in ("in", "en"):
            words.pop()
    return heading_key(" ".join(words))


def currency_in(heading: str) -> str:
    """The currency that a heading names, as in “Betrag (EUR)” or “Gutschrift in CHF”; "" where it names none."""
    if "€" in heading:
        return "EUR"
    inside = " ".join(_BRACKETS.findall(heading))
    found = _CODE.search(inside) or re.search(r"\s(?:in\s|en\s)?([A-Z]{3})\s*$", heading)
    return found[1] if found else ""
