"""An invoice before its number: its lines and its totals."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from desktop.domain.billing.facts import Billing
from desktop.domain.billing.lines import Charged, Line, TaxLine, divide, part_of
from desktop.domain.tax_parts import by_tax, parts_at, parts_text


@dataclass(slots=True)
class Draft:
    """One document to be. `exemptions` gives the words for a category without tax: category -> (code, text).

    `step` is what its payable amount is rounded to, in minor units (5 for a Swiss bill in cash, 100 for whole rupees).
    `einvoice` is one of EINVOICES.
    """

    kind: str
    client_id: int
    currency: str
    agreement_ids: list[int] = field(default_factory=list)
    terms: str = ""
    language: str = "en"
    delivery: str = ""
    template_id: int | None = None
    po_number: str = ""
    buyer_reference: str = ""
    title: str = ""
    lines: list[Line] = field(default_factory=list)
    charges: list[Charged] = field(default_factory=list)
    taxes: list[TaxLine] = field(default_factory=list)
    exemptions: dict[str, tuple[str, str]] = field(default_factory=dict)
    net: int = 0
    tax: int = 0
    gross: int = 0
    note: str = ""
    step: int = 1
    rounding: int = 0
    einvoice: str = "none"

    @property
    def payable(self) -> int:
        """What is asked for, minor units (BR-CO-16): nothing of a draft is prepaid, deposits are lines."""
        return self.gross + self.rounding

    @property
    def period(self) -> tuple[str | None, str | None]:
        """First day and first day after of all that the lines bill, ISO texts."""
        starts = [line.period_start for line in self.lines if line.period_start]
        ends = [line.period_end for line in self.lines if line.period_end]
        return (min(starts) if starts else None, max(ends) if ends else None)

    def body(self) -> dict[str, Any]:
        """Plain values for the book; `from_body` is the inverse."""
        return {
            "agreements": self.agreement_ids,
            "terms": self.terms,
            "language": self.language,
            "delivery": self.delivery,
            "template": self.template_id,
            "po": self.po_number,
            "reference": self.buyer_reference,
            "title": self.title,
            "note": self.note,
            "exemptions": self.exemptions,
            "step": self.step,
            "einvoice": self.einvoice,
            "lines": self.lines,
            "charges": self.charges,
        }

    @classmethod
    def from_body(cls, kind: str, client_id: int, currency: str, body: dict[str, Any]) -> Draft:
        draft = cls(
            kind=kind,
            client_id=client_id,
            currency=currency,
            agreement_ids=body["agreements"],
            terms=body["terms"],
            language=body["language"],
            delivery=body["delivery"],
            template_id=body["template"],
            po_number=body["po"],
            buyer_reference=body["reference"],
            title=body["title"],
            note=body["note"],
            exemptions={category: (code, text) for category, (code, text) in body["exemptions"].items()},
            lines=[Line(*line) for line in body["lines"]],
            charges=[Charged(*charge) for charge in body["charges"]],
            step=body["step"],
            einvoice=body["einvoice"],
        )
        recalculate(draft)
        return draft


def complete(draft: Draft, billing: Billing) -> None:
    """Fill in what follows from the lines: the taxes that their codes are made of, their words, HSN or SAC, totals."""
    used = dict.fromkeys(line.tax_code_id for line in draft.lines if line.tax_code_id is not None)
    words: dict[str, tuple[list[str], list[str]]] = {}
    parted = False
    for code_id in used:
        entry = billing.taxes_by_id.get(code_id)
        if entry is None:
            continue
        parted = parted or bool(entry.parts)
        if entry.exemption_code or entry.exemption_text:
            codes, texts = words.setdefault(entry.category, ([], []))
            codes += [entry.exemption_code] if entry.exemption_code and entry.exemption_code not in codes else []
            texts += [entry.exemption_text] if entry.exemption_text and entry.exemption_text not in texts else []
    # A group has one code (BT-121); where two differ, the words alone say why.
    draft.exemptions = {
        category: (codes[0] if len(codes) == 1 else "", "; ".join(texts)) for category, (codes, texts) in words.items()
    }
    if parted:
        draft.lines = [_parted(line, billing) for line in draft.lines]
    if billing.classified:
        draft.lines = [_classified(line, billing) for line in draft.lines]
    draft.step = billing.rounding.get(draft.currency, 1)
    recalculate(draft)


def _parted(line: Line, billing: Billing) -> Line:
    """The line with the taxes that its rate is the sum of; what was frozen before, a deposit or unused days, keeps its
    own."""
    entry = billing.taxes_by_id.get(line.tax_code_id or 0)
    if line.tax_parts or entry is None or not entry.parts:
        return line
    day = date.fromisoformat(line.period_start) if line.period_start else billing.issue_date
    return line._replace(tax_parts=parts_text(parts_at(entry.parts, line.rate, day)))


def _classified(line: Line, billing: Billing) -> Line:
    item = billing.items.get(line.item_id or 0)
    if line.classification or item is None or not item.hsn_sac:
        return line
    return line._replace(classification=item.hsn_sac)


def recalculate(draft: Draft) -> None:
    """Tax groups and totals from the lines' nets: each tax once on all that bears it (BR-CO-14, BR-CO-17).

    Never per line; of a rate that is the sum of several taxes, each of them is rounded on its own.
    """
    bases: dict[tuple[str, int, str], int] = {}
    for line in draft.lines:
        key = (line.category, line.rate, line.tax_parts)
        bases[key] = bases.get(key, 0) + line.net
    draft.taxes = [
        TaxLine(category, rate, basis, part_of(basis, rate), *draft.exemptions.get(category, ("", "")), name)
        for (category, rate, name), basis in by_tax(bases.items()).items()
    ]
    draft.net = sum(bases.values())
    draft.tax = sum([group.tax for group in draft.taxes])
    draft.gross = draft.net + draft.tax
    draft.rounding = divide(draft.gross, draft.step) * draft.step - draft.gross if draft.step > 1 else 0
