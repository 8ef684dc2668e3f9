"""How arguments are written: dates, amounts, and the options that every command has."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from desktop.domain.money import parse_plain
from desktop.i18n import _

if TYPE_CHECKING:
    from desktop.cli.call import Call

Run = Callable[["Call"], int | None]


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line and points to the help, on the streams of its call."""

    def __init__(self, *, out: TextIO, err: TextIO, **settings: Any) -> None:
        super().__init__(**settings)
        self._out = out
        self._err = err

    def print_help(self, file: Any = None) -> None:
        (file or self._out).write(self.format_help())

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        if message:
            self._err.write(message)
        raise SystemExit(status)

    def error(self, message: str) -> NoReturn:
        self.exit(2, _("{program}: {message}\nSee: {program} --help\n").format(program=self.prog, message=message))


class OfTheWindow(argparse.Action):
    """An option that stands before a book alone; whoever gives it to a command must not think that it holds there."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str = "", **_rest: Any) -> None:
        super().__init__(option_strings, dest, nargs=0, default=argparse.SUPPRESS, help=help)

    def __call__(self, parser: argparse.ArgumentParser, _namespace: Any, _values: Any, flag: str | None = None) -> None:
        parser.error(_("{option} is for the window: {program} {option} BOOK").format(option=flag, program=parser.prog))


class Commands:
    """Where each group of commands adds its own."""

    def __init__(self, subparsers: Any, out: TextIO, err: TextIO) -> None:
        self._subparsers = subparsers
        self._streams = {"out": out, "err": err}

    def add(self, name: str, run: Run, summary: str, *, book: bool = True, writes: bool = False) -> Parser:
        """A command with the common options. `book` gives it BOOK as its first argument; `writes` where it changes it.

        A command on a book that another process has open is handed over to that process.
        """
        parser: Parser = self._subparsers.add_parser(
            name, help=summary, description=summary, allow_abbrev=False, **self._streams
        )
        parser.set_defaults(run=run, command=name, hands_over=book, reads_only=not writes)
        parser.add_argument("--json", action="store_true", help=_("print one JSON object and nothing else"))
        parser.add_argument("--progress", action="store_true", help=_("show progress even where stderr is no terminal"))
        if book:
            parser.add_argument("book", metavar="BOOK", help=_("the book's file"))
        if book or writes:
            parser.add_argument(
                "--as", dest="actor", metavar="PERSON", help=_("who does it; by default who is logged in")
            )
        if writes:
            parser.add_argument(
                "--agreed-by", metavar="PERSON", help=_("who agrees to it, where one person is not enough")
            )
        return parser


def day(text: str) -> date:
    """An ISO date."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("“{text}” is not a date like 2026-11-30").format(text=text)) from None


def amount(text: str) -> Decimal:
    """A plain decimal in major units, the same in every locale."""
    try:
        value = parse_plain(text)
        # An exponent is a slip of the keys here, and too costly a one.
        if "e" not in text.lower():
            return value
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(_("“{text}” is not an amount like 1234.50").format(text=text))


def count(text: str) -> int:
    """A whole number above zero."""
    if text.isdecimal() and 0 < int(text) <= 10_000_000:
        return int(text)
    raise argparse.ArgumentTypeError(_("“{text}” is not a whole number above 0").format(text=text))
