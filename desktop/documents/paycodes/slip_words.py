"""The captions of the Swiss QR-bill's slip, word for word from the guidelines' annex D. It knows four languages."""

from __future__ import annotations

from typing import Final, NamedTuple


class SlipWords(NamedTuple):
    payment_part: str
    receipt: str
    account: str
    reference: str
    additional: str
    payable_by: str
    payable_by_blank: str
    currency: str
    amount: str
    acceptance: str
    separate: str


_WORDS: Final = {
    "de": SlipWords(
        "Zahlteil",
        "Empfangsschein",
        "Konto / Zahlbar an",
        "Referenz",
        "Zusätzliche Informationen",
        "Zahlbar durch",
        "Zahlbar durch (Name/Adresse)",
        "Währung",
        "Betrag",
        "Annahmestelle",
        "Vor der Einzahlung abzutrennen",
    ),
    "fr": SlipWords(
        "Section paiement",
        "Récépissé",
        "Compte / Payable à",
        "Référence",
        "Informations supplémentaires",
        "Payable par",
        "Payable par (nom/adresse)",
        "Monnaie",
        "Montant",
        "Point de dépôt",
        "A détacher avant le versement",
    ),
    "it": SlipWords(
        "Sezione pagamento",
        "Ricevuta",
        "Conto / Pagabile a",
        "Riferimento",
        "Informazioni supplementari",
        "Pagabile da",
        "Pagabile da (nome/indirizzo)",
        "Valuta",
        "Importo",
        "Punto di accettazione",
        "Da staccare prima del versamento",
    ),
    "en": SlipWords(
        "Payment part",
        "Receipt",
        "Account / Payable to",
        "Reference",
        "Additional information",
        "Payable by",
        "Payable by (name/address)",
        "Currency",
        "Amount",
        "Acceptance point",
        "Separate before paying in",
    ),
}

CAPTION_SIGNS: Final = frozenset("".join("".join(words) for words in _WORDS.values()))
"""All that is ever bold on a slip."""


def slip_words(language: str) -> SlipWords:
    """The captions in the document's language; in English where the slip does not know it."""
    return _WORDS.get(language.replace("-", "_").partition("_")[0], _WORDS["en"])
