"""ISO 20022 bank to customer statements, reports and notifications: camt.053, camt.052 and camt.054, every version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from desktop.domain.bank_statement import Balance, Entry, Statement
from desktop.errors import UserError
from desktop.i18n import _, ngettext, number_text
from desktop.importing.bank.amounts import day_of, minor_of_decimal
from desktop.importing.bank.bank_file import BankFile
from desktop.importing.bank.camt_details import Detail, account_of, bank_of, detail_of, money_of
from desktop.importing.bank.camt_entries import Account, entries_of
from desktop.importing.bank.markup import Node, pieces
from desktop.importing.bank.problems import Problems, off_balance
from desktop.importing.bank.sources import Source
from desktop.importing.results import Rejection, Report

FORMAT: Final = "camt"
_BOXES: Final = frozenset({"Stmt", "Rpt", "Ntfctn"})
_REPORT: Final = "Rpt"
_APART: Final = frozenset({"TxDtls"})
_DROPPED: Final = frozenset({"PstlAdr", "CtctDtls", "SplmtryData", "TxsSummry", "Undrlyg", "Tax", "CardTx", "CorpActn"})
_HEADER: Final = frozenset(
    {"Id", "ElctrncSeqNb", "LglSeqNb", "CreDtTm", "FrToDt", "Acct", "Bal", "StmtPgntn", "RptPgntn", "NtfctnPgntn"}
)
_MOST_STATEMENTS: Final = 20_000
_MOST_ENTRIES: Final = 1_000_000
_MOST_OF_A_HEADER: Final = 500


def read_camt(source: Source, report: Report | None = None) -> BankFile:
    """Statements in the file's order; pages of one statement come joined. UserError as `pieces` raises it, where the
    file holds no statement of an account, and where none of its entries can be read."""
    read = _Read(source.name)
    for node in pieces(source, _BOXES, _APART, _DROPPED, report):
        if not node.tag:
            read = _Read(source.name)
        else:
            read.take(node)
    return read.done()


class _Read:
    """What was read so far; the last statement is still open."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._statements: list[Statement] = []
        self._pages: list[bool] = []
        self._rejected: list[Rejection] = []
        self._open: _Open | None = None
        self._entries = self._unread = 0

    def take(self, node: Node) -> None:
        if node.tag in _BOXES and not node.children:
            self._close()
            self._open = _Open(node.tag)
        elif self._open is None:
            return
        elif node.tag == "TxDtls":
            self._count(1)
            self._open.details.append(detail_of(node))
        elif node.tag == "Ntry":
            self._count(1)
            self._unread += not self._open.add(node)
        elif node.tag in _HEADER and len(self._open.header.setdefault(node.tag, [])) < _MOST_OF_A_HEADER:
            self._open.header[node.tag].append(node)

    def done(self) -> BankFile:
        self._close()
        if not self._statements:
            raise UserError(
                _("“{name}” holds no statement of an account.").format(name=self._name),
                _("Choose the file in which your bank gives the movements: camt.053, camt.052 or camt.054."),
            )
        if self._unread and not any(one.entries for one in self._statements):
            first = next((one.problem for one in self._rejected), "")
            raise UserError(
                _("No entry of “{name}” can be read. {first}").format(name=self._name, first=first).strip(),
                _("Download the statement again from your bank, or show your bank this message."),
            )
        return BankFile(FORMAT, tuple(_joined(self._statements, self._pages)), rejected=tuple(self._rejected))

    def _count(self, more: int) -> None:
        self._entries += more
        if self._entries > _MOST_ENTRIES or len(self._statements) > _MOST_STATEMENTS:
            raise UserError(
                _("“{name}” holds more than {most} movements.").format(
                    name=self._name, most=number_text(_MOST_ENTRIES)
                ),
                _("Download the statements again for a shorter span of time."),
            )

    def _close(self) -> None:
        if self._open is None:
            return
        self._count(0)
        for statement in self._open.statements():
            self._statements.append(statement)
            self._pages.append(self._open.has_pages)
        self._rejected += self._open.problems.rejected
        self._open = None


class _Open:
    """One statement as it is read. What is not booked yet is kept apart: it may still change."""

    def __init__(self, box: str) -> None:
        self._preliminary = box == _REPORT
        self.header: dict[str, list[Node]] = {}
        self.details: list[Detail] = []
        self._account: Account | None = None
        self._booked: list[Entry] = []
        self._pending: list[Entry] = []
        self.problems = Problems()
        self._told = 0

    @property
    def has_pages(self) -> bool:
        return any(tag.endswith("Pgntn") for tag in self.header)

    def add(self, node: Node) -> bool:
        """Take an entry with the transactions read before its end; False where it cannot be read."""
        details, self.details = self.details, []
        if self._account is None:
            self._account = self._whose(node)
        status = node.said("Sts") or node.said("Sts", "Cd") or node.said("Sts", "Prtry") or "BOOK"
        if status == "INFO":
            self._told += 1
            return True
        found = entries_of(node, details, self._account, self.problems)
        (self._pending if status in ("PDNG", "FUTR") else self._booked).extend(found)
        return bool(found)

    def statements(self) -> list[Statement]:
        account = self._account or self._whose(None)
        opening, closing = self._balances(account.currency)
        if not account.currency and (opening or closing):
            account = replace(account, currency=(closing or opening).currency)  # type: ignore[union-attr]
        if self._told:
            said = ngettext(
                "{count} entry is for information only and was left out.",
                "{count} entries are for information only and were left out.",
                self._told,
            )
            self.problems.add(said.format(count=number_text(self._told)))
        entries = [*self._booked, *self._pending] if self._preliminary else self._booked
        if not self._pending and (off := off_balance(opening, closing, entries)):
            self.problems.add(off)
        first, last = self._days(entries, opening, closing)
        booked = Statement(
            format=FORMAT,
            account=account.number,
            currency=account.currency,
            entries=tuple(entries),
            bank=self._bank(),
            number=self._said("ElctrncSeqNb") or self._said("LglSeqNb") or self._said("Id"),
            from_day=first,
            to_day=last,
            opening=opening,
            closing=closing,
            preliminary=self._preliminary,
            problems=self.problems.said(),
        )
        if self._preliminary or not self._pending:
            return [booked]
        days = [one.booked_on for one in self._pending]
        pending = replace(
            booked,
            entries=tuple(self._pending),
            from_day=min(days),
            to_day=max(days),
            opening=None,
            closing=None,
            preliminary=True,
            problems=(),
        )
        return [booked, pending]

    def _whose(self, entry: Node | None) -> Account:
        account = self._one("Acct")
        currency = account.said("Ccy") if account else ""
        for node in () if currency else (*self.header.get("Bal", ()), *filter(None, (entry,))):
            money = money_of(node.first("Amt"))
            if money and money.currency:
                currency = money.currency
                break
        day = self._span()[1] or day_of(self._said("CreDtTm"))
        owner = account.said("Ownr", "Nm") or account.said("Ownr", "Pty", "Nm") if account else ""
        return Account(account_of(account), owner, currency.upper(), day)

    def _bank(self) -> str:
        bank = self._one("Acct", "Svcr", "FinInstnId")
        return bank_of(bank) or (bank.said("Nm") or bank.said("NmAndAdr", "Nm") if bank else "")

    def _one(self, *path: str) -> Node | None:
        nodes = self.header.get(path[0], [])
        return nodes[0].first(*path[1:]) if nodes else None

    def _said(self, tag: str) -> str:
        node = self._one(tag)
        return " ".join(node.text.split()) if node else ""

    def _span(self) -> tuple[date | None, date | None]:
        span = self._one("FrToDt")
        if span is None:
            return None, None
        return day_of(span.said("FrDt") or span.said("FrDtTm")), day_of(span.said("ToDt") or span.said("ToDtTm"))

    def _days(
        self, entries: Sequence[Entry], opening: Balance | None, closing: Balance | None
    ) -> tuple[date | None, date | None]:
        """First and last day, both inclusive. Where nothing states them, the entries and the closing balance do."""
        first, last = self._span()
        booked = [one.booked_on for one in entries]
        known = [*booked, *filter(None, (closing.on if closing else None,))]
        if first and last and last > first and self._ends_at_midnight() and last not in known:
            last -= timedelta(days=1)
        if first is None:
            first = min(booked, default=opening.on if opening and not closing else closing.on if closing else None)
        if last is None:
            last = max(known, default=opening.on if opening else first)
        if first and last and first > last:
            first, last = last, first
        return first, last

    def _ends_at_midnight(self) -> bool:
        span = self._one("FrToDt")
        return span is not None and "T00:00:00" in span.said("ToDtTm")

    def _balances(self, currency: str) -> tuple[Balance | None, Balance | None]:
        """Booked ones only: what is available includes what is not booked. An interim one opens or closes a page."""
        found: dict[str, list[Balance]] = {}
        for node in self.header.get("Bal", ()):
            balance = self._balance(node, currency)
            if balance is not None:
                kind = node.said("Tp", "CdOrPrtry", "Cd") or node.said("Tp", "Cd")
                found.setdefault(kind, []).append(balance)
        interim = found.get("ITBD", [])
        opening = next(iter([*found.get("OPBD", ()), *found.get("PRCD", ())]), None)
        closing = next(iter(reversed(found.get("CLBD", []))), None)
        if opening is None and interim and (closing is not None or len(interim) > 1):
            opening = interim.pop(0)
        if closing is None and interim:
            closing = interim[-1]
        return opening, closing

    def _balance(self, node: Node, currency: str) -> Balance | None:
        money = money_of(node.first("Amt"))
        kind = node.said("Tp", "CdOrPrtry", "Cd") or node.said("Tp", "Cd")
        if money is None or kind not in ("OPBD", "PRCD", "CLBD", "ITBD"):
            return None
        own = money.currency or currency
        if currency and own != currency:
            self.problems.add(
                _("A balance is in {currency}, the account in {other}; it was left out.").format(
                    currency=own, other=currency
                )
            )
            return None
        minor = minor_of_decimal(money.value, own)
        if minor is None:
            return None
        signed = -minor.minor if node.said("CdtDbtInd") == "DBIT" else minor.minor
        return Balance(day_of(node.said("Dt", "Dt") or node.said("Dt", "DtTm") or node.said("Dt")), signed, own)


def _joined(statements: Sequence[Statement], pages: Sequence[bool]) -> list[Statement]:
    """Pages of one statement as one: they follow each other and have its account, number and currency."""
    found: list[Statement] = []
    before_has_pages = False
    for statement, has_pages in zip(statements, pages, strict=True):
        last = found[-1] if found else None
        if last and has_pages and before_has_pages and _same(last, statement):
            found[-1] = _put_together(last, statement)
        else:
            found.append(statement)
        before_has_pages = has_pages
    return found


def _same(one: Statement, other: Statement) -> bool:
    mine, theirs = ((each.account, each.number, each.currency, each.preliminary) for each in (one, other))
    return (
        mine == theirs
        and bool(one.number)
        and (one.closing is None or one.closing == other.opening or other.opening is None)
    )


def _put_together(one: Statement, other: Statement) -> Statement:
    entries = (*one.entries, *other.entries)
    days = [day for day in (one.from_day, one.to_day, other.from_day, other.to_day) if day]
    off = off_balance(one.opening, other.closing, entries)
    kept = dict.fromkeys((*one.problems, *other.problems, *filter(None, (off,))))
    return replace(
        one,
        entries=entries,
        from_day=min(days, default=None),
        to_day=max(days, default=None),
        opening=one.opening or other.opening,
        closing=other.closing or one.closing,
        problems=tuple(kept),
    )
