"""How a firm prints its documents: kept in the book, and offered again the next time."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Literal

from db.engine import Book
from desktop.delivery.printer import ONE_SIDED, SIDES, Options
from desktop.i18n import _
from desktop.services.book_settings import book_settings, keep_setting
from desktop.services.changes import change

KEY: Final = "delivery.print"
Order = Literal["number", "client", "postcode"]
ORDERS: Final[tuple[Order, ...]] = ("number", "client", "postcode")
_MOST_COPIES: Final = 999


@dataclass(frozen=True, slots=True)
class PrintSettings:
    """`sides`, `tray` and `media` are IPP's words, empty where the printer decides. `per_client` makes a job for each
    client instead of one for all, `cover` puts a sheet before each job that says what is in it. `fronts` lets each
    document begin on a front page where both sides are printed."""

    queue: str = ""
    copies: int = 1
    sides: str = ""
    tray: str = ""
    media: str = ""
    per_client: bool = False
    cover: bool = False
    order: Order = "number"
    fronts: bool = True

    @property
    def options(self) -> Options:
        return Options(self.copies, self.sides, self.tray, self.media)

    @property
    def duplex(self) -> bool:
        return self.sides not in ("", ONE_SIDED)

    @property
    def whole_sheets(self) -> bool:
        """Whether an empty page fills the last sheet of a document."""
        return self.fronts and self.duplex


def print_settings(book: Book) -> PrintSettings:
    """What was kept, as far as this version knows it."""
    return _read(book_settings(book).get(KEY))


def keep_print_settings(book: Book, settings: PrintSettings, *, actor: str) -> None:
    if settings == print_settings(book):
        return
    # Whoever takes back the last thing does not mean what a dialog remembered on the way.
    with change(book, actor, _("Remember how documents are printed"), undoable=False) as made:
        keep_setting(made, KEY, asdict(settings))


def _read(kept: object) -> PrintSettings:
    if not isinstance(kept, dict):
        return PrintSettings()
    usual = PrintSettings()
    known: dict[str, Any] = {}
    for one in fields(PrintSettings):
        value = kept.get(one.name)
        # What another version or a person wrote there must not keep anybody from printing.
        if type(value) is type(getattr(usual, one.name)):
            known[one.name] = value
    if not 1 <= known.get("copies", 1) <= _MOST_COPIES:
        del known["copies"]
    if known.get("sides") not in SIDES:
        known.pop("sides", None)
    if known.get("order") not in ORDERS:
        known.pop("order", None)
    return PrintSettings(**known)
