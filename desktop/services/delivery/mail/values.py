"""What the fields of a mail stand for: figures and days of its documents, as the documents' language writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote

from db.queries.mails import CarriedRow
from desktop.delivery.mail.html import Heads, Listed
from desktop.delivery.mail.words import MailWords, mail_words
from desktop.documents.cldr import document_locale, money_pattern, patterns_for
from desktop.documents.einvoice.spelling import amounts
from desktop.documents.words import words_for
from desktop.documents.writing import Writer
from desktop.domain.mail_text import one_line
from desktop.domain.pay_codes import is_link
from desktop.services.delivery.mail.recipients import ClientFacts, Recipients

_texts = lru_cache(maxsize=256)(json.loads)
_day = lru_cache(maxsize=8_192)(date.fromisoformat)
_CREDIT = "credit_note"
_REMINDER = "reminder"
_ASKING = frozenset({"invoice", "deposit", "final"})


class Open(NamedTuple):
    """What is open of a document, minor units: all of it, in how many parts, and the next part with its day."""

    all: int = 0
    parts: int = 0
    due: date | None = None
    next: int = 0


@dataclass(frozen=True, slots=True)
class Carried:
    """One document of a mail. Amounts in minor units; `amount` is what it asks for, credits or confirms.

    `means` is how the client pays. Of a letter `open` is what it asks for, and `file` what its file is
    called, without the ending.
    """

    delivery_id: int
    kind: str
    number: str
    language: str
    currency: str
    amount: int
    open: Open
    issued: date | None
    due: date | None
    start: date | None = None
    end: date | None = None
    po_number: str = ""
    reference: str = ""
    agreement: str = ""
    corrects: str = ""
    means: str = "transfer"
    iban: str = ""
    link: str = ""
    level: int = 0
    payment_reference: str = ""
    file: str = ""

    @property
    def signed(self) -> int:
        return -self.amount if self.kind == _CREDIT else self.amount


@dataclass(frozen=True, slots=True)
class FirmFacts:
    name: str
    contact: str
    email: str
    language: str
    country: str
    link: str


def document_carried(row: CarriedRow, opened: Open) -> Carried:
    """An issued document, with what is open of it now."""
    told: Mapping[str, Any] = _texts(row.texts)
    bank: Sequence[Mapping[str, str]] = told.get("bank") or ({},)
    means = told.get("means", "transfer")
    asks = row.kind != _CREDIT and means == "transfer" and opened.all > 0
    return Carried(
        delivery_id=row.delivery,
        kind=row.kind,
        number=row.number,
        language=row.language,
        currency=row.currency,
        amount=row.payable,
        open=opened,
        issued=_day(row.issued),
        due=opened.due or _day(row.due),
        start=_day(row.start) if row.start else None,
        end=_day(row.end) if row.end else None,
        po_number=row.po_number,
        reference=row.reference,
        agreement=row.agreement or "",
        corrects=row.corrects or "",
        means=means,
        iban=_grouped(bank[0].get("iban", "")),
        link=_link(told.get("link", ""), row.number, opened.next, row.currency) if asks else "",
        payment_reference=row.number,
    )


def letter_carried(row: CarriedRow, language: str) -> Carried:
    """A letter, from what was noted of it when it was put into the outbox; else in the client's language."""
    told: Mapping[str, Any] = json.loads(row.facts) if row.facts else {}

    def day(name: str) -> date | None:
        return date.fromisoformat(told[name]) if told.get(name) else None

    asked = int(told.get("payable", 0))
    return Carried(
        delivery_id=row.delivery,
        kind=told.get("kind") or row.letter,
        number=told.get("number") or row.title,
        language=told.get("language") or language,
        currency=told.get("currency", ""),
        amount=int(told.get("amount", asked)),
        open=Open(asked, 1, day("due_date"), asked) if asked else Open(),
        issued=day("issue_date"),
        due=day("due_date"),
        start=day("period_start"),
        end=day("period_end"),
        means=told.get("means", "transfer"),
        iban=_grouped(told.get("iban", "")),
        link=told.get("link", "") if asked and is_link(told.get("link", "")) else "",
        level=int(told.get("level", 0)),
        payment_reference=told.get("payment_reference", ""),
        file=told.get("file", ""),
    )


class Speaker:
    """Puts the documents of mails into words of one language."""

    def __init__(self, language: str, firm: FirmFacts, today: date) -> None:
        self.words: MailWords = mail_words(language)
        self._titles = words_for(language)
        self._locale = document_locale(language, firm.country)
        self._firm = firm
        self._today = today
        self._writers: dict[str, Writer] = {}
        self.heads = Heads(self.words.document, self.words.date, self.words.due, self.words.amount)

    def values(self, client: ClientFacts, to: Recipients, carried: Sequence[Carried]) -> dict[str, str]:
        """What each field says of a mail with these documents. Nothing in it can steer a header."""
        first = carried[0]
        days = [one.due for one in carried if one.due and one.kind != _CREDIT]
        values = {
            "greeting": self.words.greeting.format(name=to.name) if to.name else self.words.greeting_all,
            "contact": to.name,
            "client": client.name,
            "client_code": client.code,
            "firm": self._firm.name,
            "sender": self._firm.contact,
            "title": self._titles.title(first.kind) if len(carried) == 1 else "",
            "number": ", ".join(one.number for one in carried),
            "issue_date": self._write_day(first.issued),
            "due_date": self._write_day(min(days) if days else None),
            "amount": self._sum(carried, open_only=False),
            "open": self._sum(carried, open_only=True),
            "currency": _shared([one.currency for one in carried]),
            "period": self._period(first) if len(carried) == 1 else "",
            "po_number": _shared([one.po_number for one in carried]),
            "reference": _shared([one.reference for one in carried]),
            "agreement": _shared([one.agreement for one in carried]),
            "corrects": _shared([one.corrects for one in carried]),
            "iban": _shared([one.iban for one in carried]),
            "payment_reference": ", ".join(one.payment_reference for one in carried if one.payment_reference),
            "link": first.link if len(carried) == 1 else "",
            "level": str(first.level or ""),
            "count": str(len(carried)),
        }
        # What can be printed as it stands steers nothing; nearly all of it can.
        values = {name: value if value.isprintable() else one_line(value, 4_000) for name, value in values.items()}
        values["payment"] = self._payment(client, carried)
        return values

    def listed(self, carried: Sequence[Carried]) -> tuple[str, list[Listed]]:
        """The documents as lines of a text, and as rows of a table."""
        lines, rows = [], []
        for one in carried:
            title = self._titles.title(one.kind)
            day, amount = self._write_day(one.issued), self._money(one.signed, one.currency) if one.currency else ""
            due = self._write_day(one.due) if one.kind != _CREDIT and one.open.all else ""
            form = self.words.list_line_due if due else self.words.list_line
            lines.append(one_line(form.format(title=title, number=one.number, date=day, amount=amount, due=due), 400))
            rows.append(Listed(title, one_line(one.number), day, due, amount))
        return "\n".join(lines), rows

    def _payment(self, client: ClientFacts, carried: Sequence[Carried]) -> str:
        """What the client has to do about the money, in one sentence."""
        words = self.words
        asking = [one for one in carried if one.kind != _CREDIT and one.open.all > 0]
        if not asking:
            if all(one.kind == _CREDIT for one in carried):
                return words.credited.format(amount=self._sum(carried, open_only=False).replace("−", ""))
            # Of a letter that asks for nothing it is not known here what else is open.
            return words.nothing_due if any(one.amount and one.kind in _ASKING for one in carried) else ""
        amount = self._sum(asking, open_only=True)
        first = asking[0]
        days = {one.open.due for one in asking}
        means = {one.means for one in asking}
        due = self._write_day(first.open.due)
        if means == {"card"}:
            return words.card.format(amount=amount)
        if first.open.due is None:
            return words.pay_now.format(amount=amount)
        if len(days) > 1 or len(means) > 1 or (len(asking) > 1 and any(one.open.parts > 1 for one in asking)):
            return (words.debit_list if means == {"debit"} else words.pay_list).format(amount=amount)
        if first.open.parts > 1:
            part = self._money(first.open.next, first.currency)
            return words.pay_parts.format(amount=amount, count=first.open.parts, part=part, date=due)
        if means == {"debit"}:
            return words.debit.format(amount=amount, date=due)
        if first.open.due < self._today:
            # What a reminder names was due long before the day by which it asks for it.
            if first.kind == _REMINDER:
                return words.pay_now.format(amount=amount)
            return words.pay_late.format(amount=amount, date=due)
        return (words.pay_withheld if client.withheld else words.pay_by).format(amount=amount, date=due)

    def _sum(self, carried: Sequence[Carried], *, open_only: bool) -> str:
        """One amount a currency, in the order of the documents."""
        sums: dict[str, int] = {}
        for one in carried:
            if one.currency:
                minor = one.open.all if open_only else one.signed if len(carried) > 1 else one.amount
                sums[one.currency] = sums.get(one.currency, 0) + minor
        return " + ".join(self._money(minor, currency) for currency, minor in sums.items())

    def _money(self, minor: int, currency: str) -> str:
        return self._writer(currency).money(minor)

    def _write_day(self, day: date | None) -> str:
        return self._writer("EUR").day(day) if day else ""

    def _period(self, one: Carried) -> str:
        return self._writer("EUR").span(one.start, one.end) if one.start and one.end else ""

    def _writer(self, currency: str) -> Writer:
        if currency not in self._writers:
            self._writers[currency] = Writer(patterns_for(self._locale), money_pattern(self._locale, currency))
        return self._writers[currency]


def _shared(values: Sequence[str]) -> str:
    """Each value once, the empty ones left out."""
    return ", ".join(dict.fromkeys(value for value in values if value))


def _grouped(iban: str) -> str:
    bare = iban.replace(" ", "")
    return " ".join(bare[at : at + 4] for at in range(0, len(bare), 4))


def _link(link: str, number: str, amount: int, currency: str) -> str:
    """The firm's payment link with what it asks for, where it is one that a payer can trust."""
    values = {"{number}": quote(number, safe=""), "{amount}": amounts(currency)(amount), "{currency}": currency}
    for field, value in values.items():
        link = link.replace(field, value)
    return link if is_link(link) else ""
