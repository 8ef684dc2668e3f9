"""`chart`, `journal`, `trial-balance`, `export-journal`, `adjust`, `post-bank`: the general ledger."""

from __future__ import annotations

from argparse import ArgumentTypeError
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from desktop.cli.arguments import Commands, amount, day
from desktop.cli.call import Call
from desktop.cli.money import minor
from desktop.cli.tables import table
from desktop.domain.money import major_text
from desktop.errors import UserError
from desktop.i18n import _, amount_text, date_text, money_text, ngettext, number_text, pgettext

if TYPE_CHECKING:
    from desktop.services.accounting.journal import JournalRow
    from desktop.services.accounting.trial_balance import Balance

# As in desktop.services.accounting.exports, which would cost every other command its loading.
_FORMATS = ("csv", "datev", "beancount", "ledger")


def add(commands: Commands) -> None:
    chart = commands.add("chart", _chart, _("the chart of accounts: shows, chooses, imports or writes it"), writes=True)
    what = chart.add_mutually_exclusive_group()
    what.add_argument("--offered", action="store_true", help=_("the charts that come with the program"))
    what.add_argument("--use", metavar="NAME", help=_("keep the ledger by this one of them"))
    what.add_argument("--import", dest="bring", metavar="FILE", help=_("number, name, kind, takes: CSV or a workbook"))
    what.add_argument("--export", metavar="FILE", help=_("write it to a .csv or .xlsx file"))
    chart.add_argument("--from", dest="first", type=day, metavar="DATE", help=_("by default from the beginning"))
    chart.add_argument("--preview", action="store_true", help=_("say what would change, and change nothing"))

    journal = commands.add("journal", _journal, _("every posting with its account"))
    _add_days(journal, _("by default of this month"))
    journal.add_argument("--account", metavar="NUMBER")
    journal.add_argument("--client", metavar="CODE")
    journal.add_argument("--document", metavar="NUMBER", help=_("an invoice, credit note or payment"))

    trial = commands.add("trial-balance", _trial, _("opening, debits, credits and closing of every account"))
    _add_days(trial, _("by default of this fiscal year"))

    export = commands.add("export-journal", _export, _("write the journal for the accountant"))
    _add_days(export, _("by default of this fiscal year"))
    export.add_argument("--format", choices=_FORMATS, default="csv", help=_("csv also writes .xlsx"))
    export.add_argument("--to", required=True, metavar="FILE")

    adjust = commands.add("adjust", _adjust, _("book an entry by hand, or take one back"), writes=True)
    for name, said in (("debit", _("an account and its debit")), ("credit", _("an account and its credit"))):
        adjust.add_argument(f"--{name}", nargs=2, action="append", default=[], metavar=("NUMBER", "AMOUNT"), help=said)
    adjust.add_argument("--reverse", type=int, metavar="ENTRY", help=_("take this entry by hand back"))
    adjust.add_argument("--note", required=True, metavar="TEXT")
    adjust.add_argument("--date", type=day, metavar="DATE", help=_("by default today"))
    adjust.add_argument(
        "--nevertheless", action="store_true", help=_("also on accounts that documents and payments keep")
    )

    post = commands.add("post-bank", _post, _("post what the bank took aside before the ledger was kept"), writes=True)
    post.add_argument("--preview", action="store_true", help=_("say what would be posted"))


def _add_days(parser: Any, default: str) -> None:
    parser.add_argument("--from", dest="first", type=day, metavar="DATE", help=default)
    parser.add_argument("--until", type=day, metavar="DATE", help=_("by default today"))


def _chart(call: Call) -> None:
    from desktop.services.accounting.chart import take_chart, write_chart
    from desktop.services.accounting.chart_files import chart, offered_charts, read_chart

    arguments = call.arguments
    if arguments.offered:
        offered = offered_charts()
        rows = [[one.name, one.title, number_text(one.accounts)] for one in offered]
        call.answer(
            {"charts": [{"name": one.name, "title": one.title, "accounts": one.accounts} for one in offered]},
            lambda: table([_("Chart"), _("For"), ">" + _("Accounts")], rows),
        )
        return
    with call.book() as book:
        if arguments.export:
            path = call.path(arguments.export)
            count = write_chart(book, path, call.today)
            said = ngettext("{count} account is written to {file}.", "{count} accounts are written to {file}.", count)
            call.answer(
                {"file": str(path), "accounts": count}, lambda: said.format(count=number_text(count), file=path.name)
            )
            return
        if not (arguments.use or arguments.bring):
            _show_chart(call, book)
            return
        if arguments.use:
            accounts, title = chart(arguments.use), arguments.use.upper()
        else:
            path = call.path(arguments.bring)
            accounts, title = tuple(read_chart(path)), path.stem
        plan = take_chart(
            book, accounts, actor=call.actor, title=title, valid_from=arguments.first, preview=arguments.preview
        )
    data = {
        "preview": arguments.preview,
        "from": plan.valid_from.isoformat(),
        "accounts": len(accounts),
        "new": list(plan.new),
        "changed": list(plan.changed),
        "removed": list(plan.removed),
    }

    def text() -> str:
        counts = _("{new} new, {changed} changed, {removed} removed").format(
            new=number_text(len(plan.new)),
            changed=number_text(len(plan.changed)),
            removed=number_text(len(plan.removed)),
        )
        if arguments.preview:
            return _("The chart {title} would change accounts: {counts}.").format(title=title, counts=counts)
        return _("The ledger is kept by {title} now; accounts: {counts}.").format(title=title, counts=counts)

    call.answer(data, text)


def _show_chart(call: Call, book: Any) -> None:
    from desktop.services.accounting.chart import ledger_accounts
    from desktop.services.accounting.words import kind_word

    accounts = ledger_accounts(book, call.today)
    rows = [[one["number"], one["name"], kind_word(one["kind"]), one["takes"]] for one in accounts]
    call.answer(
        {"accounts": [{key: one[key] for key in ("number", "name", "kind", "active", "takes")} for one in accounts]},
        lambda: table(
            [_("Number"), _("Name"), _("Kind"), _("Takes")],
            rows,
            empty=_("The book has no chart yet: sheaf chart BOOK --offered shows those to choose from."),
        ),
    )


def _journal(call: Call) -> None:
    from desktop.services.accounting.chart import account_numbered
    from desktop.services.accounting.journal import Asked, journal
    from desktop.services.clients import client_id

    arguments = call.arguments
    last = arguments.until or call.today
    asked_days = arguments.first or (None if arguments.document else last.replace(day=1))
    with call.book() as book:
        rows = journal(
            book,
            Asked(
                asked_days,
                last,
                account_numbered(book, arguments.account) if arguments.account else None,
                client_id(book, arguments.client) if arguments.client else None,
                arguments.document or "",
            ),
        )
        home = _home(book)
    shown = [
        [
            number_text(row.entry),
            date_text(row.booked_on),
            row.called,
            row.document,
            row.account.called,
            row.client,
            money_text(row.amount, row.currency) if row.amount > 0 else "",
            money_text(-row.amount, row.currency) if row.amount < 0 else "",
        ]
        for row in rows
    ]
    call.answer(
        {"postings": [_posting(row, home) for row in rows]},
        lambda: table(
            [
                ">" + _("Entry"), _("Date"), _("Kind"), _("Document"), _("Account"), _("Client"),
                ">" + pgettext("ledger", "Debit"), ">" + pgettext("ledger", "Credit"),
            ],
            shown,
            empty=_("Nothing was booked on these days."),
        ),
    )  # fmt: skip


def _posting(row: JournalRow, home: str) -> dict[str, Any]:
    return {
        "entry": row.entry,
        "date": row.booked_on.isoformat(),
        "kind": row.kind,
        "document": row.document,
        "account": row.account.number,
        "account_name": row.account.name,
        "client": row.client,
        "currency": row.currency,
        "amount": major_text(row.amount, row.currency),
        "firm_amount": None if row.firm_amount is None else major_text(row.firm_amount, home),
        "text": row.text,
        "reverses": row.reverses,
        "reversed_by": row.reversed_by,
    }


def _trial(call: Call) -> None:
    from desktop.services.accounting.trial_balance import trial_balance
    from desktop.services.accounting.words import kind_word

    arguments = call.arguments
    with call.book() as book:
        found = trial_balance(book, arguments.until or call.today, arguments.first)
    home = found.currency
    data = {
        "from": found.first.isoformat(),
        "until": found.last.isoformat(),
        "currency": home,
        "accounts": [
            {
                "number": row.account.number,
                "name": row.account.name,
                "kind": row.account.kind,
                "assigned": row.account.assigned,
                **_balance(row.firm, home),
                "currencies": {code: _balance(one, code) for code, one in row.currencies.items()},
            }
            for row in found.rows
        ],
        "total": _balance(found.total, home),
        "without_rate": found.unvalued,
    }
    told = [
        [
            row.account.number,
            row.account.name,
            kind_word(row.account.kind),
            *(amount_text(one, home) for one in _figures(row.firm)),
        ]
        for row in found.rows
    ]
    told.append(["", _("Total"), "", *(amount_text(one, home) for one in _figures(found.total))])
    heads = [
        ">" + _("Opening"),
        ">" + pgettext("ledger", "Debit"),
        ">" + pgettext("ledger", "Credit"),
        ">" + pgettext("balance", "Closing"),
    ]
    call.answer(data, lambda: table([_("Account"), _("Name"), _("Kind"), *heads], told))


def _figures(balance: Balance) -> tuple[int, int, int, int]:
    return balance.opening, balance.debit, balance.credit, balance.closing


def _balance(balance: Balance, currency: str) -> dict[str, str]:
    names = ("opening", "debit", "credit", "closing")
    return {name: major_text(one, currency) for name, one in zip(names, _figures(balance), strict=True)}


def _export(call: Call) -> None:
    from desktop.services.accounting.exports.journal_files import write_beancount, write_journal_table, write_ledger
    from desktop.services.accounting.trial_balance import year_of
    from desktop.services.archive.datev_export import write_datev

    arguments = call.arguments
    path, last = call.path(arguments.to), arguments.until or call.today
    with call.book() as book:
        with book.reading() as session:
            first = arguments.first or year_of(session.connection(), last)
        if arguments.format == "datev":
            written = write_datev(book, path, first=first, last=last)
            entries = written.bookings
        else:
            writers = {"csv": write_journal_table, "beancount": write_beancount, "ledger": write_ledger}
            entries = writers[arguments.format](book, path, first, last).entries
    said = ngettext("{count} entry is written to {file}.", "{count} entries are written to {file}.", entries)
    call.answer(
        {"file": str(path), "format": arguments.format, "entries": entries, "from": first.isoformat(),
         "until": last.isoformat()},
        lambda: said.format(count=number_text(entries), file=path.name),
    )  # fmt: skip


def _adjust(call: Call) -> None:
    from desktop.services.accounting.adjustments import Line, adjust, reverse
    from desktop.services.accounting.chart import account_numbered

    arguments = call.arguments
    on = arguments.date or call.today
    with call.book() as book:
        if arguments.reverse is not None:
            done = reverse(book, arguments.reverse, on=on, reason=arguments.note, actor=call.actor, today=call.today)
        else:
            home = _home(book)
            lines = [
                Line(account_numbered(book, number), sign * minor(_amount(text), home))
                for sign, sides in ((1, arguments.debit), (-1, arguments.credit))
                for number, text in sides
            ]
            done = adjust(
                book, lines, on=on, note=arguments.note, actor=call.actor, today=call.today,
                despite_warnings=arguments.nevertheless,
            )  # fmt: skip
    call.answer(
        {"entry": done.entry, "amount": major_text(done.total, done.currency), "currency": done.currency},
        lambda: _("{amount} is booked as entry {number}.").format(
            amount=money_text(done.total, done.currency), number=done.entry
        ),
    )


def _amount(text: str) -> Decimal:
    try:
        return amount(text)
    except ArgumentTypeError as error:
        raise UserError(
            _("“{text}” is no amount.").format(text=text), _("Write it as 1234.50, without a currency.")
        ) from error


def _post(call: Call) -> None:
    from desktop.services.accounting.bank_entries import post_earlier, unposted_rows

    with call.book() as book:
        rows = unposted_rows(book)
        count = len(rows) if call.arguments.preview else post_earlier(book, actor=call.actor)
    if call.arguments.preview:
        said = ngettext("{count} bank line would be posted.", "{count} bank lines would be posted.", count)
    else:
        said = ngettext("{count} bank line is posted.", "{count} bank lines are posted.", count)
    lines = [
        {
            "date": row["date"].isoformat(),
            "kind": row["kind"],
            "currency": row["currency"],
            "amount": major_text(row["amount"], row["currency"]),
            "text": row["text"],
        }
        for row in rows
    ]
    call.answer({"posted": count, "lines": lines}, lambda: said.format(count=number_text(count)))


def _home(book: Any) -> str:
    with book.reading() as session:
        return str(session.connection().exec_driver_sql("SELECT currency FROM firm").scalar_one())
