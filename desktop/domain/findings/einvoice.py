"""What the rules on e-invoices share: which standard a draft is held to, and how what is missing is said.

The numbers of rules in the sentences are those of EN 16931 (BR-), of XRechnung (BR-DE-) and of Peppol BIS Billing 3
(PEPPOL-EN16931-, and the country rules such as DK-R-).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from desktop.domain.findings.rule import Case
from desktop.domain.wording import Figure, Said, phrase, words

Found = Iterator[tuple[Said, Said, str]]

RULES_OF: Final = {"K": "IC", "L": "AF", "M": "AG"}
"""What a category is called in the numbers of its rules, where that is not the category."""
_SHOWN: Final = re.compile(r"[^\s\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_NAMES = {"facturx": "Factur-X", "xrechnung": "XRechnung", "xrechnung_ubl": "XRechnung", "peppol": "Peppol"}


def shows(text: str) -> bool:
    """Whether an XML document shows anything of a text: white space and control characters it does not."""
    return _SHOWN.search(text) is not None


class Part(NamedTuple):
    """Something that should be there: the column that holds it, its own_word, and the rule that asks."""

    column: str
    name: tuple[str, str]
    rule: str
    there: object

    @property
    def is_there(self) -> bool:
        return shows(self.there) if isinstance(self.there, str) else bool(self.there)


def form_name(case: Case) -> str:
    """What the draft's form of e-invoice is called."""
    return _NAMES[case.draft.einvoice]


def is_xrechnung(case: Case) -> bool:
    return case.draft.einvoice.startswith("xrechnung")


def is_peppol(case: Case) -> bool:
    return case.draft.einvoice == "peppol"


def is_german(case: Case) -> bool:
    """XRechnung, and what Peppol asks for between two firms in Germany (DE-R-001 to 031): the same rules."""
    return is_xrechnung(case) or (is_peppol(case) and case.billing.firm.country == case.client.country == "DE")


def taxed(case: Case) -> list[str]:
    """The categories on the draft that are not outside the scope of VAT."""
    return sorted({line.category for line in case.draft.lines} - {"O", ""})


def missing(case: Case, parts: Sequence[Part]) -> Figure | None:
    """The names of what is not there, joined; None where nothing is missing."""
    names = dict.fromkeys(part.name for part in parts if not part.is_there)
    return words(*names) if names else None


def rules_of(parts: Sequence[Part]) -> str:
    """The rules that ask for what is not there."""
    return ", ".join(dict.fromkeys(part.rule for part in parts if not part.is_there))


def first_missing(parts: Sequence[Part]) -> str:
    return next(part.column for part in parts if not part.is_there)


def firm_lacks(case: Case, parts: Sequence[Part]) -> Found:
    """One finding for all that the firm's own data lack."""
    if (names := missing(case, parts)) is not None:
        yield (
            phrase(
                "{form} wants more of your firm: {parts} ({rules}).",
                form=form_name(case),
                parts=names,
                rules=rules_of(parts),
            ),
            phrase("Complete your firm under Settings, Firm."),
            f"firm:1:{first_missing(parts)}",
        )


def client_lacks(case: Case, parts: Sequence[Part]) -> Found:
    """One finding for all that the client's data lack."""
    if (names := missing(case, parts)) is not None:
        yield (
            phrase(
                "{form} wants more of {client}: {parts} ({rules}).",
                form=form_name(case),
                parts=names,
                client=case.client.name,
                rules=rules_of(parts),
            ),
            phrase("Complete the client."),
            f"client:{case.client.id}:{first_missing(parts)}",
        )
