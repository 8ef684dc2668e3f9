"""OFX and QFX, versions 1 (SGML) and 2 (XML): what was booked on bank, card and investment accounts (STMTTRN)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from desktop.domain.bank_statement import Balance, Entry, Statement
from desktop.errors import UserError
from desktop.i18n import _, money_text, number_text
from desktop.importing.bank.amounts import day_of, decimal_of, known_currency, minor_of, minor_of_decimal
from desktop.importing.bank.bank_file import BankFile
from desktop.importing.bank.ofx_tags import tags
from desktop.importing.bank.problems import Problems
from desktop.importing.bank.recognising import head_text
from desktop.importing.bank.sources import Source
from desktop.importing.bank.texts import text_of
from desktop.importing.bank.unsaid import given
from desktop.importing.results import Rejection, Report

FORMAT: Final = "ofx"
_CHARSET: Final = re.compile(r"CHARSET:\s*([\w-]+)|<\?xml[^>]*encoding=[\"']([\w-]+)", re.IGNORECASE)
_STATEMENTS: Final = frozenset({"STMTRS", "CCSTMTRS", "INVSTMTRS"})
_ACCOUNTS: Final = frozenset({"BANKACCTFROM", "CCACCTFROM", "INVACCTFROM"})
_BOXES: Final = (
    _STATEMENTS
    | _ACCOUNTS
    | {"OFX", "SONRS", "STATUS", "FI", "STMTTRNRS", "CCSTMTTRNRS", "INVSTMTTRNRS", "BANKTRANLIST", "INVTRANLIST"}
    | {"STMTTRN", "STMTTRNP", "PAYEE", "BANKACCTTO", "CCACCTTO", "CURRENCY", "ORIGCURRENCY", "LEDGERBAL", "AVAILBAL"}
    | {"ACCTINFO", "INVPOSLIST", "INVBAL", "BALLIST", "BAL", "SECINFO", "IMAGEDATA", "INVTRAN"}
)
_MOST_ENTRIES: Final = 1_000_000
_LONGEST_TEXT: Final = 2_000
_ZEROS: Final = re.compile(r"0*")


def read_ofx(source: Source, report: Report | None = None) -> BankFile:
    """UserError where the file holds no statement, is cut off within one, or where none of its entries can be read."""
    declared = _CHARSET.search(head_text(source.head[:2048]))
    reading = _Reading(source.name)
    for tag in tags(text_of(source, (declared[1] or declared[2]) if declared else "", report)):
        if tag.closes:
            reading.close(tag.name)
        elif tag.name in _BOXES:
            reading.open(tag.name, tag.line)
        elif tag.value:
            reading.boxes[-1].values.setdefault(tag.name, tag.value)
    return reading.done()


@dataclass(slots=True)
class _Box:
    """An aggregate that is open, with its own values and those of the aggregates closed inside it."""

    name: str
    line: int
    values: dict[str, str] = field(default_factory=dict)
    inner: dict[str, dict[str, str]] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    unread: int = 0
    problems: Problems = field(default_factory=Problems)

    @property
    def home(self) -> str:
        """The account's currency, "" where the statement does not say it."""
        code = self.values.get("CURDEF", "").upper()[:3]
        return code if known_currency(code) else ""


class _Reading:
    def __init__(self, name: str) -> None:
        self._name = name
        self.boxes = [_Box("", 1)]
        self._statements: list[Statement] = []
        self._refusals: list[str] = []
        self._entries = self._unread = self._accounts_listed = self._trades = 0
        self._rejected: list[Rejection] = []

    def open(self, name: str, line: int) -> None:
        # Within a movement nothing but its own parts can stand: what else begins says that its end is missing.
        if name in ("STMTTRN", "STMTTRNP") or name in _STATEMENTS:
            self._leave("STMTTRN")
            self._leave("STMTTRNP")
        if len(self.boxes) < 100:
            self.boxes.append(_Box(name, line))

    def close(self, name: str) -> None:
        if name in _BOXES:
            self._leave(name)

    def done(self) -> BankFile:
        unclosed = next((one for one in self.boxes if one.name in _STATEMENTS), None)
        if unclosed is not None:
            raise UserError(
                _("“{name}” is cut off: the statement that begins at line {line} does not end.").format(
                    name=self._name, line=number_text(unclosed.line)
                ),
                _("Download the statement again from your bank. Nothing of this file was taken in."),
            )
        if not self._statements:
            raise self._nothing()
        if self._unread and not any(one.entries for one in self._statements):
            raise UserError(
                _("No entry of “{name}” can be read. {first}").format(
                    name=self._name, first=self._rejected[0].problem if self._rejected else ""
                ),
                _("Download the statement again from your bank, or show your bank this message."),
            )
        problems = []
        if any(one.name == "OFX" for one in self.boxes):
            problems.append(_("The file ends without its last line: statements of other accounts may be missing."))
        problems += [
            _("The bank refused one of the statements: {reason}.").format(reason=one) for one in self._refusals
        ]
        return BankFile(FORMAT, tuple(self._statements), tuple(problems), tuple(self._rejected))

    def _nothing(self) -> UserError:
        again = _("Download the movements of the account again from your bank.")
        if self._refusals:
            return UserError(
                _("“{name}” holds no statement, but your bank's refusal: {reason}.").format(
                    name=self._name, reason=self._refusals[0]
                ),
                again,
            )
        if self._accounts_listed:
            return UserError(_("“{name}” lists accounts, but has no movements of them.").format(name=self._name), again)
        if self._trades:
            return UserError(
                _("“{name}” holds securities bought and sold, but no payments.").format(name=self._name),
                _("Choose the statement of an account that payments come in on."),
            )
        return UserError(_("“{name}” holds no statement of an account.").format(name=self._name), again)

    def _leave(self, name: str) -> None:
        """Close the innermost box of this name, and what was left open inside it."""
        if not any(one.name == name for one in self.boxes):
            return
        while True:
            box = self.boxes.pop()
            self._take(box)
            if box.name == name:
                return

    def _take(self, box: _Box) -> None:
        around = self.boxes[-1]
        if box.name == "STMTTRN":
            statement = next((one for one in reversed(self.boxes) if one.name in _STATEMENTS), None)
            self._entries += 1
            if self._entries > _MOST_ENTRIES:
                raise UserError(
                    _("“{name}” holds more than {most} movements.").format(
                        name=self._name, most=number_text(_MOST_ENTRIES)
                    ),
                    _("Download the statements again for a shorter span of time."),
                )
            if statement is not None:
                entry = _entry(box, statement.home, statement.problems)
                if entry is None:
                    statement.unread += 1
                else:
                    statement.entries.append(entry)
        elif box.name in _STATEMENTS:
            self._state(box)
        elif box.name == "STATUS":
            if box.values.get("SEVERITY", "").upper() == "ERROR":
                code = box.values.get("CODE", "")
                self._refusals.append(
                    " ".join(filter(None, (box.values.get("MESSAGE", "").rstrip(". "), code and f"({code})")))
                )
        elif box.name in ("BANKTRANLIST", "INVTRANLIST") or box.name in _ACCOUNTS:
            around.inner.setdefault(box.name, box.values)
            self._accounts_listed += around.name == "ACCTINFO" or len(self.boxes) == 1
        else:
            around.inner.setdefault(box.name, box.values)

    def _state(self, box: _Box) -> None:
        if box.name == "INVSTMTRS" and not box.entries and not box.unread:
            self._trades += 1
            return
        account = next((box.inner[one] for one in sorted(_ACCOUNTS) if one in box.inner), {})
        span = box.inner.get("BANKTRANLIST") or box.inner.get("INVTRANLIST") or {}
        entries = box.entries
        currency = box.home or next((one.currency for one in entries if one.currency), "")
        self._unread += box.unread
        self._rejected += box.problems.rejected
        booked = [one.booked_on for one in entries]
        closing = _balance(box.inner.get("LEDGERBAL", {}), currency)
        first, last = day_of(span.get("DTSTART", "")), day_of(span.get("DTEND", ""))
        if first and last and first > last:
            first, last = last, first
        self._statements.append(
            Statement(
                format=FORMAT,
                account="".join(account.get("ACCTID", "").split()),
                currency=currency,
                entries=tuple(entries),
                bank=account.get("BANKID", "") or account.get("BROKERID", ""),
                from_day=first or min(booked, default=None),
                to_day=last or max(booked, default=closing.on if closing else None),
                closing=closing,
                problems=box.problems.said(),
            )
        )


def _entry(box: _Box, home: str, problems: Problems) -> Entry | None:
    values, line = box.values, number_text(box.line)
    written = values.get("TRNAMT", "")
    foreign = box.inner.get("CURRENCY", {}).get("CURSYM", "").upper()
    currency = foreign if known_currency(foreign) else home
    amount = minor_of(written, currency)
    if amount is None:
        said = _("The amount of the entry at line {line} cannot be read: “{text}”.").format(line=line, text=written)
        problems.reject(box.line, "TRNAMT", written, said)
        return None
    days = (values.get(one, "") for one in ("DTPOSTED", "DTUSER", "DTAVAIL", "VALUEDATE"))
    booked = next((day for day in map(day_of, days) if day), None)
    if booked is None:
        day = values.get("DTPOSTED", "")
        said = _("The day of the entry at line {line} cannot be read: “{text}”.").format(line=line, text=day)
        problems.reject(box.line, "DTPOSTED", day, said)
        return None
    if amount.rounded and currency:
        problems.add(
            _(
                "The amount {amount} at line {line} has more decimals than {currency} knows; {rounded} was taken."
            ).format(amount=written, line=line, currency=currency, rounded=money_text(amount.minor, currency))
        )
    if (corrected := values.get("CORRECTFITID", "")) and values.get("CORRECTACTION", "").upper() == "DELETE":
        problems.add(
            _("The bank takes its movement {id} back by the entry at line {line}, which was left out.").format(
                id=corrected, line=line
            )
        )
        return None
    payee = box.inner.get("PAYEE", {})
    names = (values.get("NAME", ""), payee.get("NAME", ""), values.get("EXTDNAME", ""))
    to = box.inner.get("BANKACCTTO") or box.inner.get("CCACCTTO") or {}
    number = values.get("REFNUM", "") or values.get("CHECKNUM", "")
    return Entry(
        booked_on=booked,
        amount=amount.minor,
        currency=currency,
        valued_on=day_of(values.get("DTAVAIL", "")) or day_of(values.get("VALUEDATE", "")),
        party=max(names, key=len),
        party_account="".join(to.get("ACCTID", "").split()),
        text=values.get("MEMO", "")[:_LONGEST_TEXT],
        reference="" if _ZEROS.fullmatch(number) else number,
        bank_reference=given(values.get("FITID", "")),
        code=values.get("TRNTYPE", "").upper(),
        original=_original(box.inner.get("ORIGCURRENCY", {}), written, currency),
        place=str(box.line),
    )


def _original(told: dict[str, str], amount: str, currency: str) -> tuple[int, str] | None:
    """OFX 3.1.3: the amount is converted already, CURRATE says how much of the account's currency one unit was."""
    code = told.get("CURSYM", "").upper()
    rate, value = decimal_of(told.get("CURRATE", "")), decimal_of(amount)
    if not rate or value is None or code == currency or not known_currency(code):
        return None
    found = minor_of_decimal(abs(Decimal(value) / rate), code)
    return (found.minor, code) if found else None


def _balance(told: dict[str, str], currency: str) -> Balance | None:
    found = minor_of(told.get("BALAMT", ""), currency)
    return Balance(day_of(told.get("DTASOF", "")), found.minor, currency) if found else None
