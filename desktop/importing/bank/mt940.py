"""SWIFT's statements MT940 and MT942: the same bones under every bank's own flesh."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from desktop.domain.bank_statement import Balance, Entry, Statement
from desktop.errors import UserError
from desktop.i18n import _
from desktop.importing.bank.amounts import known_currency, minor_of_decimal
from desktop.importing.bank.bank_file import BankFile
from desktop.importing.bank.mt940_details import Details, read_details, read_numbered
from desktop.importing.bank.mt940_fields import Field, fields
from desktop.importing.bank.mt940_movement import Movement, figure_of, read_movement, short_day
from desktop.importing.bank.problems import Problems, off_balance
from desktop.importing.bank.sources import Source
from desktop.importing.results import Report

_BALANCE: Final = re.compile(
    r"\s*(?P<mark>[CD])\s*(?P<day>\d{6})\s*(?P<currency>[A-Z]{3})?\s*(?P<amount>\d[\d.' ]*(?:,\d*)?|,\d+)"
)
_HEAD: Final = frozenset({"20", "25", "25P", "28", "28C", "60", "60F", "60M", "13", "13D", "34F"})
_OLD_DUTCH: Final = re.compile(r"(\S+)\s{2,}(\S.*)")
_IBAN: Final = re.compile(r"[A-Z]{2}\d{2}[A-Z]{4}\d{10}")
_LIMIT: Final = re.compile(r"\s*([A-Z]{3})[CD]?\s*\d")
_CURRENCY_BEHIND: Final = re.compile(r"[/ ]?([A-Z]{3})\s*$")
_SUMMED: Final = re.compile(r"\s*\d*\s*([A-Z]{3})\s*\d")
_MOMENT: Final = re.compile(r"\s*(\d{6})")
_EVERY: Final = 4_000
_DAY: Final = timedelta(1)


@dataclass(slots=True)
class _Message:
    """One message as far as it was read."""

    row: int
    format: str
    account: str = ""
    number: str = ""
    reference: str = ""
    currency: str = ""
    opening: Field | None = None
    closing: Field | None = None
    moment: date | None = None
    movements: list[tuple[Field, list[Field]]] = field(default_factory=list)

    @property
    def speaks(self) -> bool:
        return bool(self.movements or self.opening or self.closing or self.number or self.moment)


def read_mt940(source: Source, report: Report | None = None, *, currency: str = "") -> BankFile:
    """The statements of a file. `currency` counts where neither balance nor account names one.

    UserError where there is no statement in it.
    """
    messages = list(_messages(source, report))
    statements = tuple(_statement(one, currency) for one in messages)
    spoken = [one for one in statements if one.entries or one.opening or one.closing or one.problems]
    if not spoken:
        raise UserError(
            _("“{name}” looks like MT940, but there is no statement in it: neither a balance nor a movement.").format(
                name=source.name
            ),
            _("It may be cut off. Download the statement again from your bank."),
        )
    if not any(one.entries or one.opening or one.closing for one in spoken):
        raise UserError(spoken[0].problems[0], _("Download the statement again from your bank."))
    # Files of both kinds are told by the first; each statement has its own.
    return BankFile(spoken[0].format, tuple(spoken))


def _messages(source: Source, report: Report | None) -> Iterator[_Message]:
    kind = "mt940"
    current: _Message | None = None
    details: list[Field] | None = None
    closed = ended = False
    for done, one in enumerate(fields(_lines(source))):
        if report is not None and done % _EVERY == 0:
            report(done, 0, source.name)
        if one.tag == "":
            # A hyphen alone may stand in a text as well.
            details, ended = None, True
            continue
        if ended and one.tag in _HEAD:
            if current is not None and current.speaks:
                yield current
            current, closed = None, False
        ended = False
        if one.tag in ("940", "942", "950"):
            kind = "mt942" if one.tag == "942" else "mt940"
            continue
        begins = one.tag == "20" or (one.tag in ("60", "60F", "60M") and (closed or _opened(current)))
        if current is None or begins:
            if current is not None and current.speaks:
                yield current
            fresh = _Message(one.row, "mt942" if one.message == "942" else kind)
            if current is not None and one.tag != "20":
                # Banks leave the head away where a statement goes on.
                fresh.account, fresh.number, fresh.currency = current.account, current.number, current.currency
            current, details, closed = fresh, None, False
        details, closed = _take(current, one, details, closed)
    if current is not None and current.speaks:
        yield current


def _opened(message: _Message | None) -> bool:
    return message is not None and message.opening is not None and bool(message.movements)


def _take(message: _Message, one: Field, details: list[Field] | None, closed: bool) -> tuple[list[Field] | None, bool]:
    """Put a field where it belongs; the details that may follow, and whether the closing balance is past."""
    tag, text = one.tag, one.text.strip()
    if tag == "61":
        details = []
        message.movements.append((one, details))
        return details, closed
    if details is not None and (tag in ("86", "NS") or (tag == "25" and re.match(r"\d{3}\?", text))):
        details.append(one)
        return details, closed
    if tag == "20":
        message.reference = text
    elif tag in ("25", "25P") and not message.account:
        message.account, behind = _account(one.lines[0].strip())
        message.currency = message.currency or behind
    elif tag in ("28", "28C"):
        message.number = text
    elif tag.startswith("60"):
        message.opening = one
    elif tag.startswith("62"):
        message.closing = one
        return None, True
    elif tag in ("34F", "90C", "90D"):
        message.format = "mt942"
        found = _LIMIT.match(text) if tag == "34F" else _SUMMED.match(text)
        message.currency = message.currency or (found[1] if found and known_currency(found[1]) else "")
        return None, closed
    elif tag in ("13", "13D"):
        found = _MOMENT.match(text)
        message.moment = short_day(found[1]) if found else None
    return (details if tag in ("86", "NS") else None), closed


def _account(text: str) -> tuple[str, str]:
    """The account and the currency that some banks write behind it."""
    found = _CURRENCY_BEHIND.search(text)
    if found and known_currency(found[1]) and re.search(r"\d", text[: found.start()]):
        return "".join(text[: found.start()].split()), found[1]
    return "".join(text.split()), ""


def _statement(message: _Message, fallback: str) -> Statement:
    problems = Problems()
    opening, closing = _balance(message.opening), _balance(message.closing)
    stated = next((one[2] for one in (opening, closing) if one and one[2]), "") or message.currency
    currency = stated or fallback
    entries = []
    for one, details in message.movements:
        entry = _entry(one, details, currency, problems)
        if entry is not None:
            entries.append(entry)
    start, end = _stated(opening, currency), _stated(closing, currency)
    for balance, told in ((message.opening, start), (message.closing, end)):
        if balance is not None and told is None:
            problems.add(
                _("Line {row}: the balance “{text}” cannot be read.").format(row=balance.row, text=balance.text[:40])
            )
    off = off_balance(start, end, entries)
    if off and message.format == "mt940":
        problems.add(off)
    booked = [one.booked_on for one in entries]
    first, last = _days(start, end, message.moment, booked)
    return Statement(
        message.format,
        message.account,
        currency,
        tuple(entries),
        number=message.number,
        from_day=first,
        to_day=last,
        opening=start,
        closing=end,
        preliminary=message.format == "mt942",
        problems=problems.said(),
    )


def _days(
    opening: Balance | None, closing: Balance | None, moment: date | None, booked: list[date]
) -> tuple[date | None, date | None]:
    """The first and last day. A balance is that of the day's end, so that a statement begins a day after its first."""
    first = min(booked, default=None)
    last = (closing.on if closing else None) or moment or max(booked, default=None)
    if opening and opening.on and last and last < opening.on:
        # The closing balance has a wrong day.
        last = max([opening.on, *booked])
    if opening and opening.on and closing and closing.on and opening.on <= closing.on:
        after = min(opening.on + _DAY, closing.on)
        # Banks differ in whether the day of the opening balance is the day before or the first day.
        first = after if first is None or not opening.on <= first <= closing.on else min(after, first)
    if first is None or last is None:
        return first or last, last or first
    return min(first, last), max(last, max(booked, default=last)) if not closing else last


def _balance(one: Field | None) -> tuple[int, date, str, str] | None:
    """Sign, day, currency and figure."""
    found = _BALANCE.match(one.text) if one is not None else None
    day = short_day(found["day"]) if found else None
    if found is None or day is None:
        return None
    currency = found["currency"] or ""
    return (1 if found["mark"] == "C" else -1, day, currency if known_currency(currency) else "", found["amount"])


def _stated(told: tuple[int, date, str, str] | None, currency: str) -> Balance | None:
    if told is None:
        return None
    sign, day, own, figure = told
    minor = minor_of_decimal(figure_of(figure), own or currency)
    return None if minor is None else Balance(day, sign * minor.minor, own or currency)


def _entry(one: Field, details: list[Field], currency: str, problems: Problems) -> Entry | None:
    movement = read_movement(one.lines)
    minor = minor_of_decimal(movement.amount, currency) if movement else None
    if movement is None or minor is None:
        problems.add(
            _("Line {row}: the movement “{text}” cannot be read and is left out.").format(
                row=one.row, text=one.text[:60].strip()
            )
        )
        return None
    if minor.rounded:
        problems.add(
            _("Line {row}: “{text}” has more decimals than its currency; it is rounded.").format(
                row=one.row, text=one.text[:40].strip()
            )
        )
    told = _details(details)
    account, party = _other_side(movement, told)
    return Entry(
        booked_on=movement.booked_on,
        amount=movement.sign * minor.minor,
        currency=currency,
        valued_on=movement.valued_on,
        party=party,
        party_account=account,
        party_bic=told.party_bic,
        text=_text(movement, told, account, party),
        reference=told.reference,
        end_to_end=told.end_to_end,
        mandate=told.mandate,
        bank_reference=movement.bank_reference,
        code="/".join(part for part in (movement.kind[:4], told.code) if part),
        returns=movement.reversal or told.returns,
        return_reason=told.return_reason,
        place=str(one.row),
    )


def _details(found: list[Field]) -> Details:
    if not found:
        return Details()
    if found[0].tag == "NS":
        return read_numbered([line for one in found for line in one.lines])
    # A bank that gives each line a field of its own means one text.
    return read_details([line for one in found for line in one.lines])


def _other_side(movement: Movement, told: Details) -> tuple[str, str]:
    """Account and name; Dutch banks write them where the references of the movement stand."""
    account, party = told.party_account, told.party
    old = _OLD_DUTCH.fullmatch(movement.reference)
    if old:
        account = account or (old[1] if sum(map(str.isdigit, old[1])) > 6 else "")
        party = party or old[2].strip()
    for text in (movement.supplement.split(" ")[0], movement.reference):
        if not account and _IBAN.fullmatch(text):
            account = text
    supplement = movement.supplement
    if not party and len(supplement) > 3 and not any(map(str.isdigit, supplement)):
        # Said twice, it is a name and no kind of movement.
        party = supplement if told.text.casefold().startswith(supplement.casefold()) else ""
    return account, party


def _text(movement: Movement, told: Details, account: str, party: str) -> str:
    """The details, and what of the movement's own references they leave out: a payer's reference may stand there."""
    parts = [told.text]
    own = "" if _OLD_DUTCH.fullmatch(movement.reference) else movement.reference
    for said in (own, movement.supplement):
        plain = " ".join(said.split())
        known = " ".join([*parts, account, party, told.end_to_end, told.kind])
        if plain and plain.casefold() not in known.casefold() and account not in (plain, plain.split(" ")[0]):
            parts.append(plain)
    return " ".join(part for part in parts if part)


def _lines(source: Source) -> Iterator[str]:
    """Line by line, each in the code that it is in: banks mix UTF-8 and the code pages of old."""
    with source.open() as stream:
        head = stream.read(4)
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            stream.seek(0)
            yield from io.TextIOWrapper(stream, "utf-16", errors="replace")
            return
        stream.seek(3 if head.startswith(b"\xef\xbb\xbf") else 0)
        for raw in stream:
            for part in raw.split(b"\r") if raw.count(b"\r") > 1 else (raw,):
                try:
                    yield part.decode("utf-8")
                except UnicodeDecodeError:
                    yield part.decode("cp1252", "replace")
