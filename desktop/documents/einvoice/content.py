"""What a document says in the terms of EN 16931 (BT- and BG- numbers), before either syntax spells it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from desktop.documents.einvoice.spelling import amounts, decimals, iso, plain
from desktop.documents.words import Words, words_for
from desktop.domain import references
from desktop.domain.document import (
    CAP_WORDS,
    EARLIER_WORDS,
    INCLUDED_WORDS,
    PREPAID_WORDS,
    RESIDUE_WORDS,
    RETURNED_WORDS,
    BankAccount,
    Document,
    DocumentLine,
    Party,
    commitment_amounts,
    minimum_of,
    unused_days,
)
from desktop.domain.tax_catalogue import EU_COUNTRIES

CORE: Final = "urn:cen.eu:en16931:2017"
XRECHNUNG: Final = f"{CORE}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
PEPPOL: Final = f"{CORE}#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
BILLING: Final = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"

DEBITS: Final = ("49", "59")
# Countries whose accounts SEPA reaches (EPC409-09).
_SEPA_BEYOND: Final = "AD AL CH GB GI IS LI MC MD ME MK NO RS SM VA"
_SEPA: Final = EU_COUNTRIES.union(_SEPA_BEYOND.split())
_CAP = re.compile(CAP_WORDS + r" (\d+(?:\.\d+)?) [A-Z]{3}")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_CENT = Decimal("0.01")


class Means(NamedTuple):
    """How the document is paid: UNTDID 4461, the accounts to pay to, and what of a card may be shown."""

    code: str
    accounts: tuple[BankAccount, ...] = ()
    card: str = ""
    network: str = ""


class Change(NamedTuple):
    """An allowance or a charge of a line (BG-27, BG-28), positive minor units; its base where a percentage gives it."""

    charge: bool
    amount: int
    reason: str
    base: int | None = None
    percent: str = ""


def type_code(document: Document, profile: str) -> str:
    """UNTDID 1001 (BT-3). A deposit is 386, for which XRechnung's list has 326, a part of what will be billed.

    What corrects an invoice is a credit note of its own with positive amounts, hence never 384.
    """
    match document.kind:
        case "credit_note":
            return "381"
        case "deposit":
            return "326" if profile.startswith("xrechnung") else "386"
    return "380"


def both_in(document: Document, country: str) -> bool:
    """Whether both parties are in that country, which has rules of its own for that."""
    return document.seller.country == document.buyer.country == country


def outside(document: Document) -> bool:
    """Whether it is not subject to VAT at all: then it names no VAT id (BR-O-02 to 04)."""
    return any(tax.category == "O" for tax in document.taxes)


@lru_cache(maxsize=4096)
def notes(document: Document) -> list[str]:
    """What a person wrote above and below the figures (BT-22), why it corrects, and what being late costs."""
    reason = words_for(document.language).reason.format(reason=document.reason) if document.reason else ""
    late = document.late_clause if document.kind != "credit_note" else ""
    return [text for text in (document.intro, reason, document.closing, late) if text and text.strip()]


def preceding(document: Document) -> list[tuple[str, date | None]]:
    """(number, issue date) of the invoice that this one corrects and of those whose deposits it deducts (BG-3)."""
    found: list[tuple[str, date | None]] = [(document.corrects, document.corrects_date)] if document.corrects else []
    return found + [(number, day) for number, day, *_amounts in document.deposits]


def payment_reference(document: Document) -> str:
    """What the payer writes so that the payment is known (BT-83); nobody pays a credit note."""
    return "" if document.kind == "credit_note" else references.payment_reference(document)


def means(document: Document, profile: str) -> Means:
    """How it is paid (BG-16). A credit note is set off (97); a transfer without an account is not defined (1).

    The code is empty where nothing may be said: the Netherlands know neither of the two on Peppol (NL-R-008).
    """
    if document.kind == "credit_note":
        return Means("" if profile == "peppol" and document.seller.country == "NL" else "97")
    euro = document.currency == "EUR"
    if document.means == "debit":
        return Means("59" if euro else "49")
    if document.means == "card":
        digits, network = _card(document.card)
        # Germany wants the number with the code (BR-DE-24, DE-R-024); without it the way to pay is not defined.
        german = profile.startswith("xrechnung") or (profile == "peppol" and both_in(document, "DE"))
        return Means("48" if digits or not german else "1", (), digits, network)
    if not document.bank:
        return Means("1")
    numbers = [bare(account.iban) for account in document.bank]
    sepa = euro and all(is_iban(number) and number[:2] in _SEPA for number in numbers)
    if sepa:
        return Means("58", document.bank)
    if profile == "peppol" and both_in(document, "DK"):
        # Between Danes Peppol has no code 30, and 31 names the account's bank (DK-R-005, DK-R-006).
        return Means("31" if all(bare(account.bic) for account in document.bank) else "1", document.bank)
    return Means("30", document.bank)


@lru_cache(maxsize=1024)
def _card(text: str) -> tuple[str, str]:
    """(last four digits, network) of what the book keeps of a card: no more of the number leaves the house (BR-51)."""
    digits = "".join(letter for letter in text if letter.isdigit())
    network = " ".join("".join(letter if letter.isalpha() else " " for letter in text).split())
    return digits[-4:], network


def invoicing_period(document: Document) -> tuple[date | None, date | None]:
    """First day and first day after of what is billed (BG-14); every line's own lies within it (Peppol R110, R111)."""
    start, end = document.period_start, document.period_end
    if start is None or end is None:
        return None, None
    for line in document.lines:
        if line.period_start is not None and line.period_end is not None:
            if line.period_start < start:
                start = line.period_start
            if line.period_end > end:
                end = line.period_end
    return start, end


def supplied(document: Document) -> date | None:
    """The day of supply (BT-72), where no period says it; a deposit is paid before anything is supplied."""
    if document.period_start is not None and document.period_end is not None:
        return None
    if document.kind == "deposit" and all(tax.category != "K" for tax in document.taxes):
        return None
    return document.tax_date or document.issue_date


def told_tax(document: Document) -> int | None:
    """The tax in the currency that the seller reports in (BT-111), in its minor units, where that is another one."""
    return document.tax_in_tax_currency if document.tax_currency not in ("", document.currency) else None


def bare(text: str) -> str:
    """An account's number without the spaces that people write into it."""
    return "".join(text.split())


@lru_cache(maxsize=1024)
def is_iban(number: str) -> bool:
    """Whether an account's number has the shape of an IBAN."""
    return _IBAN.fullmatch(number) is not None


def terms(document: Document, profile: str) -> str:
    """What a due date cannot say (BT-20): instalments, early payment, what becomes of a credit; empty without any."""
    words = words_for(document.language)
    if document.kind == "credit_note":
        return words.credit_note if document.payable > 0 else ""
    if document.payable <= 0:
        return ""
    said = []
    money = _money(document.currency)
    if document.instalments:
        said.append(words.pay_in_parts.format(amount=money(document.payable), count=len(document.instalments)))
        said += [
            f"{words.of_instalments.format(number=place, count=len(document.instalments))}: {iso(day)}, {money(part)}"
            for place, (day, part) in enumerate(document.instalments, start=1)
        ]
    skonto = ""
    if (percent := document.discount_percent) and (until := document.discount_until):
        xrechnung = profile.startswith("xrechnung")
        if xrechnung or both_in(document, "DE"):
            skonto = _skonto(document, percent, until)
        if not (xrechnung and skonto):
            said.append(_early(document, words, percent, until))
    if document.terms.strip():
        said.append(words.terms.format(terms=document.terms.strip().rstrip(". ")))
    # A number sign begins a line of the German syntax (BR-DE-18); what a person wrote must not look like one.
    text = "\n".join([line.lstrip("# \t") for line in "\n".join(said).splitlines()])
    return f"{text}\n{skonto}" if text and skonto else text or skonto


def _skonto(document: Document, percent: Decimal, until: date) -> str:
    """Early payment as Germany writes it for programs; nothing where that has no words for the percentage."""
    days = (until - document.issue_date).days
    if days < 0 or percent != percent.quantize(_CENT):
        return ""
    return f"#SKONTO#TAGE={days}#PROZENT={percent.quantize(_CENT)}#\n"


def _early(document: Document, words: Words, percent: Decimal, until: date) -> str:
    discount = int((document.payable * percent / 100).quantize(Decimal(1), rounding="ROUND_HALF_UP"))
    money = _money(document.currency)
    return words.early.format(
        date=iso(until),
        percent=f"{plain(percent)} %",
        discount=money(discount),
        amount=money(document.payable - discount),
    )


@lru_cache(maxsize=64)
def _money(currency: str) -> Callable[[int], str]:
    spelled = amounts(currency)
    return lambda minor: f"{spelled(minor)} {currency}"


def changes(line: DocumentLine, language: str, currency: str) -> list[Change]:
    """Allowance and charge of a line; one that is below nothing is the other, as on the return of a discounted one."""
    words = words_for(language)
    found = []
    if line.allowance:
        reason = said_reason(line.allowance_reason, language) or words.discount
        found.append(_change(line, line.allowance < 0, abs(line.allowance), reason, currency))
    if line.charge:
        reason = "" if line.allowance else said_reason(line.allowance_reason, language)
        found.append(_change(line, line.charge > 0, abs(line.charge), reason or words.surcharge, currency))
    return found


def _change(line: DocumentLine, charge: bool, amount: int, reason: str, currency: str) -> Change:
    """Base and percentage stand together or not at all (Peppol R041, R042), and only where they give the amount.

    Peppol allows 0.02 between them (R040), which is less than the rounding of a currency without minor units.
    """
    base = line.net + line.allowance - line.charge
    if base <= 0:
        return Change(charge, amount, reason)
    # In hundredths of a percent, as a person would have typed it.
    hundredths, rest = divmod(amount * 10_000, base)
    if 2 * rest >= base:
        hundredths += 1
    off = abs(base * hundredths - amount * 10_000)
    if hundredths > 1_000_000 or off > (5_000 if decimals(currency) else 200):
        return Change(charge, amount, reason)
    whole, part = divmod(hundredths, 100)
    return Change(charge, amount, reason, base, f"{whole}.{part:02d}")


@lru_cache(maxsize=1024)
def said_reason(reason: str, language: str) -> str:
    """What billing gave as a reason on its own, in the document's language; anything else as it is written."""
    words = words_for(language)
    parts = []
    for part in reason.split(", "):
        if cap := _CAP.fullmatch(part):
            parts.append(words.cap.format(amount=cap[0].removeprefix(CAP_WORDS + " ")))
        elif part.startswith(PREPAID_WORDS + " "):
            parts.append(words.prepaid_discount + part.removeprefix(PREPAID_WORDS))
        else:
            parts.append(words.residue if part == RESIDUE_WORDS else part)
    return ", ".join(parts).strip()


@lru_cache(maxsize=1024)
def said_detail(detail: str, language: str) -> str:
    """What billing says of a line on its own, in the document's language; anything else as it is written."""
    words = words_for(language)
    if unused := unused_days(detail):
        return words.unused.format(*unused)
    if amount := commitment_amounts(detail):
        return words.committed.format(committed=amount[0], spent=amount[1])
    if least := minimum_of(detail):
        return words.minimum.format(amount=" ".join(least))
    if detail.startswith(EARLIER_WORDS + " "):
        return words.earlier + detail.removeprefix(EARLIER_WORDS)
    return {INCLUDED_WORDS: words.included, RETURNED_WORDS: words.by_period}.get(detail, detail)


@lru_cache(maxsize=1024)
def classification(code: str) -> tuple[str, str]:
    """(list, code) of a class of goods (BT-158): HS for headings of the Harmonised System, ZZZ for any other.

    India's codes of services begin with 99, which the Harmonised System does not know.
    """
    bare = "".join(code.split())
    harmonised = bare.isdigit() and len(bare) in (4, 6, 8, 10) and not bare.startswith("99")
    return ("HS" if harmonised else "ZZZ"), bare


def delivered_to(document: Document) -> Party | None:
    """Where goods went (BG-13). Goods to another EU state name it always (BR-IC-12): then it is the buyer's address."""
    if document.delivery is not None:
        return document.delivery
    return document.buyer if any(tax.category == "K" for tax in document.taxes) else None


def electronic_address(party: Party, profile: str) -> tuple[str, str]:
    """(address, scheme) (BT-34, BT-49). XRechnung takes a mail address, which Peppol's list has no scheme for."""
    if party.endpoint:
        return party.endpoint, party.endpoint_scheme
    if party.email and profile != "peppol":
        return party.email, "EM"
    return "", ""


def price_and_quantity(line: DocumentLine) -> tuple[str, str]:
    """Quantity and net price; the sign stands at the quantity, because the standard has no negative price (BR-27)."""
    if line.unit_price < 0:
        return plain(-line.quantity), plain(-line.unit_price)
    return plain(line.quantity), plain(line.unit_price)
