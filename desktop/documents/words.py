"""The words of documents in English, German, French, Spanish and Hindi. Figures come from `writing`; nothing here is a
translation of the window, whose language is the user's and not the client's."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from desktop.documents import words_de, words_en, words_es, words_fr, words_hi

LANGUAGES = ("en", "de", "fr", "es", "hi")

# What consumers and tax offices call the tax where it is not the language's own word.
_TAX_NAMES = {
    "AU": "GST",
    "CA": "GST/HST",
    "IN": "GST",
    "NZ": "GST",
    "SG": "GST",
    "US": "Sales tax",
}
_GERMAN_SWISS = "MWST"

# Units as catalogues and UN/ECE Recommendation 20 write them, by the key of the words tables.
_UNITS = {
    "h": "hour",
    "hr": "hour",
    "hrs": "hour",
    "hour": "hour",
    "hours": "hour",
    "hur": "hour",
    "day": "day",
    "days": "day",
    "day(s)": "day",
    "week": "week",
    "weeks": "week",
    "wee": "week",
    "month": "month",
    "months": "month",
    "mon": "month",
    "quarter": "quarter",
    "quarters": "quarter",
    "year": "year",
    "years": "year",
    "ann": "year",
    "piece": "piece",
    "pieces": "piece",
    "pc": "piece",
    "pcs": "piece",
    "h87": "piece",
    "unit": "unit",
    "units": "unit",
    "c62": "unit",
    "user": "user",
    "users": "user",
    "seat": "seat",
    "seats": "seat",
    "licence": "licence",
    "licences": "licence",
    "license": "licence",
    "licenses": "licence",
    "word": "word",
    "words": "word",
    "page": "page",
    "pages": "page",
    "call": "call",
    "calls": "call",
    "flat": "flat",
    "ls": "flat",
}


class Words(NamedTuple):
    """One language. Braces name what is filled in; `units` gives the form for one and the form for others."""

    titles: dict[str, str]
    draft: str
    draft_mark: str
    sandbox_mark: str
    number: str
    date: str
    due: str
    period: str
    supply_date: str
    client_code: str
    po_number: str
    reference: str
    agreement: str
    our_tax_id: str
    your_tax_id: str
    our_gstin: str
    your_gstin: str
    place: str
    certificate: str
    tax: str
    tax_id: str
    tax_number: str
    page: str
    position: str
    description: str
    quantity: str
    unit_price: str
    amount: str
    carried: str
    subtotal: str
    discount: str
    surcharge: str
    cap: str
    residue: str
    prepaid_discount: str
    per: str
    of_days: str
    unused: str
    committed: str
    included: str
    earlier: str
    by_period: str
    minimum: str
    net: str
    tax_on: str
    untaxed: dict[str, str]
    total: str
    prepaid: str
    rounding: str
    payable: str
    credited: str
    tax_in: str
    notes: dict[str, str]
    corrects: str
    corrects_undated: str
    reason: str
    pay_by: str
    pay_in_parts: str
    instalment: str
    of_instalments: str
    share: str
    payment: str
    in_parts: str
    nothing_due: str
    credit_note: str
    early: str
    withheld: str
    terms: str
    deposits: str
    deposit_number: str
    account_holder: str
    bank: str
    payment_reference: str
    scan_to_pay: str
    pay_online: str
    code_to_pay: str
    tax_invoice: str
    reverse_charge: str
    yes: str
    no: str
    registered: str
    ack_number: str
    ack_date: str
    signed_code: str
    phone: str
    project: str
    delivery: str
    unit_title: str
    rate: str
    gross: str
    basis: str
    in_words: str
    sign_here: str
    units: dict[str, tuple[str, str]]
    one_below_two: bool = False

    def title(self, kind: str) -> str:
        return self.titles.get(kind, self.titles["invoice"])

    def unit(self, unit: str, quantity: Decimal) -> str:
        """A common unit in this language, in the form that goes with the quantity; any other as it is written."""
        forms = self.units.get(_UNITS.get(unit.strip().lower(), ""))
        if forms is None:
            return unit
        size = abs(quantity)
        # French has the singular for everything below two.
        return forms[0] if size == 1 or (self.one_below_two and size < 2) else forms[1]


_WORDS = {
    "en": Words(**words_en.WORDS),
    "de": Words(**words_de.WORDS),
    "fr": Words(**words_fr.WORDS),
    "es": Words(**words_es.WORDS),
    "hi": Words(**words_hi.WORDS),
}


def words_for(locale: str) -> Words:
    """The words of a language or locale such as "de", "de_CH" or "de-CH"; English where there are none."""
    return _WORDS.get(locale.replace("-", "_").partition("_")[0], _WORDS["en"])


def tax_name(words: Words, locale: str, country: str) -> str:
    """What the seller's country calls the tax, in the document's language."""
    if country in ("CH", "LI") and locale.startswith("de"):
        return _GERMAN_SWISS
    return _TAX_NAMES.get(country, words.tax)
