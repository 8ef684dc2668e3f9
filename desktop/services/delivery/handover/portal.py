"""A client's account as one page of HTML with its documents, to be handed over: it stands in for a portal."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from db.engine import Book
from db.queries import portal as queries
from db.queries.letters import currencies_at
from desktop.documents.batch import FileNames, RenderPool, put_file
from desktop.documents.forms import ending, form_named, on_paper
from desktop.documents.paycodes.payloads import codes_for
from desktop.documents.portal.page import AGES, OpenItem, Page, PageAccount, PageDocument, PageFile, page_text
from desktop.domain.aging import bucket
from desktop.domain.file_names import told_apart
from desktop.domain.letter import Letter
from desktop.domain.references import payment_reference
from desktop.errors import UserError
from desktop.i18n import _, ngettext, number_text
from desktop.services.clients import client_id
from desktop.services.delivery.kept import files_of
from desktop.services.delivery.renderings import File, Key
from desktop.services.letters.correspondence import Correspondence, correspondence
from desktop.services.letters.owed import Owed, owed, unused
from desktop.services.registrations import deliverable
from desktop.services.sandbox.refusing import refuse_in_sandbox

Report = Callable[[int, int, str], None]

INDEX: Final = "index.html"
_DOCUMENTS: Final = "documents"
# A folder's name is found again by its beginning, the client's code.
_LONGEST_NAME: Final = 80
_MEDIA_TYPES: Final = {".pdf": "application/pdf", ".xml": "application/xml"}
_PICTURES: Final = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}


@dataclass(frozen=True, slots=True)
class HandedPage:
    """A client's page: where it is, and how many documents and open items it has."""

    client: str
    path: Path
    documents: int
    open_items: int


def hand_over_pages(
    book: Book,
    folder: Path,
    *,
    as_of: date,
    codes: Collection[str] = (),
    client_ids: Collection[int] = (),
    embed: bool = False,
    language: str = "",
    report: Report | None = None,
    pool: RenderPool | None = None,
) -> list[HandedPage]:
    """Write the pages of these clients, by codes or ids, by default of all to whom anything was issued, into a folder.

    Each has a folder of its own, with its documents beside it; with `embed`, a page is one file that holds them. What
    stands there is replaced; `report` may raise between clients. UserError for a client that does not exist, and where
    the folder cannot be written.
    """
    refuse_in_sandbox(book)
    wanted = [*(client_id(book, code) for code in codes), *client_ids]
    with book.reading() as session:
        clients = queries.clients_named(session.connection(), wanted)
        # Among all, so that a client's folder is its own whoever else is written this time.
        names = told_apart(
            {key: f"{code} {name}" for key, code, name in queries.all_clients(session.connection())}, _LONGEST_NAME
        )
    if not clients:
        raise UserError(_("Nothing was issued yet, so no client has a page."), _("Bill first."))
    made = []
    with ExitStack() as stack:
        pool = pool or stack.enter_context(RenderPool())
        for done, key in enumerate(clients, 1):
            path = folder / f"{names[key]}.html" if embed else folder / names[key] / INDEX
            made.append(_hand_over(book, key, path, as_of, embed=embed, language=language, pool=pool))
            if report:
                words = ngettext("{done} of {total} page written", "{done} of {total} pages written", len(clients))
                report(done, len(clients), words.format(done=number_text(done), total=number_text(len(clients))))
    return made


def _hand_over(
    book: Book, client: int, path: Path, as_of: date, *, embed: bool, language: str, pool: RenderPool | None
) -> HandedPage:
    with book.reading() as session:
        connection = session.connection()
        to, accounts, still_open = _accounts(connection, client, as_of, language)
        rows = queries.documents_of(connection, to.client_id, as_of.isoformat())
        # One that waits for its registration is listed without its file, which does not show it yet.
        free = deliverable(connection, [row["id"] for row in rows])
    files: dict[int, list[PageFile]] = {row["id"]: [] for row in rows}
    names = FileNames()
    numbers = {row["id"]: row["number"] for row in rows}
    for file in _files(book, [row for row in rows if row["id"] in free], pool):
        name = names.of(numbers[file.invoice_id], file.form)
        link = f"{_DOCUMENTS}/{name}"
        if embed:
            media = _MEDIA_TYPES[ending(file.form)]
            link = f"data:{media};base64,{b64encode(file.content).decode('ascii')}"
        else:
            put_file(path.parent / _DOCUMENTS / name, file.content)
        files[file.invoice_id].append(PageFile(file.form, name, link))
    page = Page(
        language=to.shared["language"],
        as_of=as_of,
        seller=to.shared["seller"],
        buyer=to.shared["buyer"],
        accounts=accounts,
        documents=tuple(_document(row, still_open, files[row["id"]]) for row in rows),
        logo=_picture(to.template.logo),
    )
    put_file(path, page_text(page).encode())
    return HandedPage(to.code, path, len(rows), sum(len(account.items) for account in accounts))


def _accounts(
    connection: Connection, client: int, as_of: date, language: str
) -> tuple[Correspondence, tuple[PageAccount, ...], dict[str, int]]:
    """Who the page is for, its accounts by currency, and what is open by the number of the document."""
    day = as_of.isoformat()
    own = str(connection.exec_driver_sql("SELECT currency FROM client WHERE id = ?", (client,)).scalar_one())
    known = currencies_at(connection, client, day)
    accounts = []
    first: Correspondence | None = None
    still_open: dict[str, int] = {}
    for currency in sorted({*known} or {own}, key=lambda one: (one != own, one)):
        to = correspondence(connection, client, "statement", currency, language)
        first = first or to
        dues = owed(connection, to.client_id, currency, as_of)
        for due in dues:
            still_open[due.number] = still_open.get(due.number, 0) + due.open
        ages = [0] * len(AGES)
        for due in dues:
            ages[bucket(due.due, as_of)] += due.open
        credit = sum(one.left for one in unused(connection, to.client_id, currency, as_of))
        letter = to.letter("statement", as_of)
        items = tuple(_item(letter, due) for due in dues)
        accounts.append(PageAccount(currency, items, tuple(ages), credit, letter.bank, letter.means))
    assert first is not None
    return first, tuple(accounts), still_open


def _item(letter: Letter, due: Owed) -> OpenItem:
    # By the number of its document as that one is paid: with check digits where the bank expects them.
    reference = payment_reference(_asking(letter, due.number, 0, ""))
    if reference == due.number:
        reference = due.name
    asking = _asking(letter, due.name, due.asked, reference)
    return OpenItem(
        due.name,
        due.kind,
        due.issued,
        due.due,
        due.days,
        due.amount,
        due.open,
        due.asked,
        reference,
        codes_for(asking),
        due.po_number,
        due.plan,
    )


def _asking(letter: Letter, number: str, payable: int, reference: str) -> Letter:
    return replace(letter, number=number, payable=payable, payment_reference=reference)


def _files(book: Book, rows: Sequence[dict[str, Any]], pool: RenderPool | None) -> Iterator[File]:
    """The paper of each document with its e-invoice inside or beside, where it was issued as one."""
    wanted: list[Key] = []
    for row in rows:
        form = form_named(row["einvoice"]) if row["einvoice"] != "none" else "pdf"
        wanted.append((row["id"], form if on_paper(form) else "pdf"))
        if not on_paper(form):
            wanted.append((row["id"], form))
    lacking: list[Key] = []
    yield from files_of(book, wanted, pool=pool, refused=lambda key, _why: lacking.append(key))
    # What cannot enclose its e-invoice goes as plain paper.
    yield from files_of(book, [(key, "pdf") for key, form in lacking if form == "facturx"], pool=pool)


def _document(row: dict[str, Any], still_open: dict[str, int], files: Sequence[PageFile]) -> PageDocument:
    settled = None if row["kind"] == "credit_note" or row["payable"] <= 0 else still_open.get(row["number"], 0)
    return PageDocument(
        row["number"],
        row["kind"],
        date.fromisoformat(row["issue_date"]),
        date.fromisoformat(row["due_date"]),
        row["currency"],
        row["payable"],
        settled,
        tuple(files),
    )


def _picture(logo: bytes) -> str:
    for head, media in _PICTURES.items():
        if logo.startswith(head):
            return f"data:{media};base64,{b64encode(logo).decode('ascii')}"
    return ""
