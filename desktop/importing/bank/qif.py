"""QIF, as Quicken and many banks write it. It states neither its currency nor the order of its days."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from stdnum import iban

from desktop.domain.bank_statement import Balance, Entry, Statement
from desktop.errors import UserError
from desktop.i18n import _, amount_text, number_text
from desktop.importing.bank.amounts import known_currency, minor_of
from desktop.importing.bank.bank_file import BankFile
from desktop.importing.bank.problems import Problems
from desktop.importing.bank.sources import Source
from desktop.importing.bank.texts import text_of
from desktop.importing.results import Report

FORMAT: Final = "qif"
_ACCOUNTS: Final = frozenset({"bank", "cash", "ccard", "oth a", "oth l"})
_DAY: Final = re.compile(r"(\d{1,4})\s*[/.\-' ]\s*(\d{1,2})\s*([/.\-' ])\s*(\d{2,4})", re.ASCII)
_PLAIN_DAY: Final = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_NUMBER: Final = re.compile(r"[\d\- ]{5,34}", re.ASCII)
_LONGEST_LINE: Final = 1 << 14
_LONGEST_TEXT: Final = 2_000
_MOST_ENTRIES: Final = 1_000_000
# So many days in order, and in disorder the other way round, tell which way they are written.
_ENOUGH_DAYS: Final = 4

_Reader = Callable[[str], date | None]


@dataclass(slots=True)
class _Record:
    line: int
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Section:
    account: str
    records: list[_Record] = field(default_factory=list)


def read_qif(source: Source, report: Report | None = None, *, currency: str = "") -> BankFile:
    """One statement a section of an account. UserError where the file holds none, where its days fit both orders and
    where none of its entries can be read."""
    if not known_currency(currency):
        currency = ""
    sections = _sections(source, report)
    if not sections:
        raise UserError(
            _("“{name}” holds no movements of a bank account.").format(name=source.name),
            _("Choose the file in which your bank or program gives the movements of an account."),
        )
    written = list(
        dict.fromkeys(one.fields["D"] for section in sections for one in section.records if "D" in one.fields)
    )
    read_day = _order_of_days(written, source.name)
    problems = [Problems() for _section in sections]
    statements = [_statement(*one, read_day, currency) for one in zip(sections, problems, strict=True)]
    rejected = tuple(one for each in problems for one in each.rejected)
    if not any(one.entries or one.opening for one in statements):
        first = next((one.problem for one in rejected), "")
        raise UserError(
            _("No entry of “{name}” can be read. {first}").format(name=source.name, first=first).strip(),
            _("Download the statement again from your bank, or show your bank this message."),
        )
    return BankFile(FORMAT, tuple(statements), rejected=rejected)


def _sections(source: Source, report: Report | None) -> list[_Section]:
    found: list[_Section] = []
    section: _Section | None = None
    account, in_account_list = "", False
    record = _Record(1)
    count = 0
    for number, line in enumerate(_lines(text_of(source, "", report)), 1):
        head = line[:1]
        if head == "!":
            kind = line[1:].strip().lower()
            in_account_list = kind.startswith("account")
            section = None
            if kind.startswith("type:") and kind[5:].strip() in _ACCOUNTS:
                section = _Section(account)
                found.append(section)
            record = _Record(number + 1)
        elif head == "^":
            if in_account_list:
                account = record.fields.get("N", "")
            elif section is not None and record.fields:
                count += 1
                if count > _MOST_ENTRIES:
                    raise UserError(
                        _("“{name}” holds more than {most} movements.").format(
                            name=source.name, most=number_text(_MOST_ENTRIES)
                        ),
                        _("Download the statements again for a shorter span of time."),
                    )
                section.records.append(record)
            record = _Record(number + 1)
        elif line:
            # Of a split entry the first amount and the first words are those of the whole.
            record.fields.setdefault(head.upper(), line[1:].strip())
    if section is not None and record.fields:
        section.records.append(record)
    return [one for one in found if one.records]


def _lines(chunks: Iterator[str]) -> Iterator[str]:
    rest = ""
    for chunk in chunks:
        *whole, rest = (rest + chunk).replace("\r\n", "\n").split("\n")
        for line in whole:
            yield from _bare(line)
        rest = rest[:_LONGEST_LINE]
    yield from _bare(rest)


def _bare(line: str) -> Iterator[str]:
    # Programs of old Macs end their lines with a carriage return alone.
    for one in line.split("\r"):
        yield one.strip("\ufeff \t\x1a\0")[:_LONGEST_LINE]


def _order_of_days(written: Sequence[str], name: str) -> _Reader:
    """How all days of the file are read. UserError where they fit day first and month first alike, and differ."""
    readers: tuple[_Reader, ...] = (_day_first, _month_first)
    days = [[reader(text) for text in written] for reader in readers]
    good = [sum(day is not None for day in one) for one in days]
    if days[0] == days[1]:
        return _day_first
    if good[0] != good[1]:
        return readers[good.index(max(good))]
    for these, others, reader in ((0, 1, _day_first), (1, 0, _month_first)):
        if _in_order(days[these]) and not _in_order(days[others]):
            return reader
    example = next(text for text, one, other in zip(written, *days, strict=True) if one != other)
    raise UserError(
        _("The days of “{name}” can be read in two ways: “{day}” may begin with the day or with the month.").format(
            name=name, day=example
        ),
        _("Download the file again with more movements, so that one of them is after the 12th, or as OFX or CAMT."),
    )


def _in_order(days: Sequence[date | None]) -> bool:
    known = [day for day in days if day is not None]
    return len(known) >= _ENOUGH_DAYS and (known == sorted(known) or known == sorted(known, reverse=True))


def _day_first(text: str) -> date | None:
    return _day(text, month_first=False)


def _month_first(text: str) -> date | None:
    return _day(text, month_first=True)


def _day(text: str, *, month_first: bool) -> date | None:
    plain = _PLAIN_DAY.fullmatch(text.strip())
    if plain is not None:
        return _date(int(plain[1]), int(plain[2]), int(plain[3]))
    found = _DAY.fullmatch(text.strip())
    if found is None:
        return None
    first, second, last = int(found[1]), int(found[2]), int(found[4])
    if len(found[1]) == 4:
        return _date(first, second, last)
    if len(found[4]) < 4:
        # Quicken writes an apostrophe before the years from 2000 on.
        last += 2000 if found[3] == "'" or last < 70 else 1900
    # Where points stand between, the day comes first everywhere.
    if month_first and "." not in text:
        return _date(last, first, second)
    return _date(last, second, first)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _statement(section: _Section, problems: Problems, read_day: _Reader, currency: str) -> Statement:
    entries: list[Entry] = []
    opening: Balance | None = None
    account = section.account
    for position, record in enumerate(section.records):
        entry = _entry(record, read_day, currency, problems)
        if entry is None:
            continue
        if position == 0 and entry.party.casefold() == "opening balance":
            opening = Balance(entry.booked_on, entry.amount, currency)
            account = account or record.fields.get("L", "").strip("[]")
        else:
            entries.append(entry)
    days = [one.booked_on for one in entries]
    return Statement(
        format=FORMAT,
        account=_number(account),
        currency=currency,
        entries=tuple(entries),
        from_day=min(days, default=None),
        to_day=max(days, default=None),
        opening=opening,
        problems=problems.said(),
    )


def _number(account: str) -> str:
    """A name that a person gave says nothing of the account; a number does."""
    bare = "".join(account.split())
    return bare if iban.is_valid(bare) or _NUMBER.fullmatch(account.strip()) else ""


def _entry(record: _Record, read_day: _Reader, currency: str, problems: Problems) -> Entry | None:
    fields, line = record.fields, number_text(record.line)
    written = fields.get("T") or fields.get("U") or ""
    amount = minor_of(written, currency)
    if amount is None:
        said = _("The amount of the entry at line {line} cannot be read: “{text}”.").format(line=line, text=written)
        problems.reject(record.line, "T", written, said)
        return None
    day = read_day(fields.get("D", ""))
    if day is None:
        said = _("The day of the entry at line {line} cannot be read: “{text}”.")
        problems.reject(record.line, "D", fields.get("D", ""), said.format(line=line, text=fields.get("D", "")))
        return None
    if amount.rounded:
        problems.add(
            _("The amount {amount} at line {line} has more decimals than an amount has; {rounded} was taken.").format(
                amount=written, line=line, rounded=amount_text(amount.minor, currency or "EUR")
            )
        )
    number = fields.get("N", "")
    return Entry(
        booked_on=day,
        amount=amount.minor,
        currency=currency,
        party=fields.get("P", ""),
        text=fields.get("M", "")[:_LONGEST_TEXT],
        reference=number if any(sign in "123456789" for sign in number) else "",
        place=str(record.line),
    )
