"""The template of a document: by client, segment and firm, by kind and language; and a broken one stops no run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from db.schema import Segment
from desktop.domain.template import USUAL_LAYOUT
from desktop.errors import UserError
from desktop.saying import told
from desktop.services.changes import change
from desktop.services.check import check
from desktop.services.clients import update_client
from desktop.services.credits import credit_invoice
from desktop.services.documents import document
from desktop.services.merging import merge_clients
from desktop.services.previews import invoice_pdf
from desktop.services.segments import delete_segment, save_segment
from desktop.services.templates import (
    choices,
    choose,
    new_template,
    save_version,
    template_for,
    template_version,
    templates,
)
from tests.books import new_book
from tests.contracts import Contracts, rows, value

LATER = date(2026, 2, 10)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@pytest.fixture
def made(book: Book) -> Contracts:
    return Contracts(book)


@pytest.fixture
def looks(book: Book) -> dict[str, int]:
    return {name: new_template(book, name, USUAL_LAYOUT, actor="Anne") for name in ("A", "B", "C", "D", "E")}


def name_for(book: Book, client: int | None, kind: str = "invoice", language: str = "en", **more: int) -> str:
    with book.reading() as session:
        version = template_for(session.connection(), client, kind, language, **more)
    return template_version(book, version).name


def default(book: Book) -> str:
    return next(one.name for one in templates(book) if one.is_default)


def test_levels_come_one_after_the_other(book: Book, made: Contracts, looks: dict[str, int]) -> None:
    with change(book, "Anne", "Segment") as one:
        segment = one.insert(Segment, name="Usage")
    client = made.client("C1", segment_id=segment)
    other = made.client("C2")
    usual = default(book)
    assert name_for(book, client) == usual
    choose(book, looks["A"], scope="segment", scope_id=segment, actor="Anne")
    assert name_for(book, client) == "A"
    choose(book, looks["B"], kind="credit_note", actor="Anne")
    # What a segment says for all goes before what the firm says for a kind.
    assert name_for(book, client, "credit_note") == "A"
    assert name_for(book, other, "credit_note") == "B"
    assert name_for(book, None, "credit_note") == "B"
    choose(book, looks["C"], scope="client", scope_id=client, language="de", actor="Anne")
    assert name_for(book, client, language="de_AT") == "C"
    assert name_for(book, client, language="fr") == "A"
    choose(book, looks["D"], scope="client", scope_id=client, kind="credit_note", actor="Anne")
    assert name_for(book, client, "credit_note", "de") == "D"
    choose(book, looks["E"], scope="client", scope_id=client, kind="credit_note", language="de", actor="Anne")
    assert name_for(book, client, "credit_note", "de") == "E"
    assert name_for(book, None) == usual


def test_an_agreement_says_it_for_its_own(book: Book, made: Contracts, looks: dict[str, int]) -> None:
    with change(book, "Anne", "Segment") as one:
        segment = one.insert(Segment, name="Usage", template_id=looks["A"])
    client = made.client("C1")
    own = made.agreement(client, "A1", template_id=looks["B"])
    grouped = made.agreement(client, "A2", segment_id=segment)
    for _without_and_with in (0, 1):
        assert name_for(book, client, agreement_id=own) == "B"
        assert name_for(book, client, agreement_id=grouped) == "A"
        choose(book, looks["C"], language="de", actor="Anne")


def test_what_holds_for_everything_is_the_forms_own_field(book: Book, made: Contracts, looks: dict[str, int]) -> None:
    client = made.client("C1")
    choose(book, looks["A"], scope="client", scope_id=client, actor="Anne")
    assert value(book, "SELECT template_id FROM client") == looks["A"]
    update_client(book, client, {"template_id": looks["B"]}, actor="Anne")
    shown = [(one.scope, one.whose, one.kind, one.language, one.template) for one in choices(book)]
    assert shown == [("firm", "", "", "", default(book)), ("client", "Client C1", "", "", "B")]
    choose(book, None, scope="client", scope_id=client, actor="Anne")
    assert len(choices(book)) == 1


def test_choices_are_changed_and_taken_back(book: Book, looks: dict[str, int]) -> None:
    choose(book, looks["A"], kind="reminder", language="fr", actor="Anne")
    choose(book, looks["B"], kind="reminder", language="fr", actor="Anne")
    assert [(one.kind, one.language, one.template) for one in choices(book)][1:] == [("reminder", "fr", "B")]
    choose(book, None, kind="reminder", language="fr", actor="Anne")
    assert len(choices(book)) == 1
    with pytest.raises(UserError, match="needs one template"):
        choose(book, None, actor="Anne")
    with pytest.raises(UserError, match="no kind “letter”"):
        choose(book, looks["A"], kind="letter", actor="Anne")
    with pytest.raises(UserError, match="client is not there"):
        choose(book, looks["A"], scope="client", scope_id=99, actor="Anne")


def test_choices_go_with_their_segment(book: Book, looks: dict[str, int]) -> None:
    segment = save_segment(book, {"name": "Usage"}, actor="Anne")
    choose(book, looks["A"], scope="segment", scope_id=segment, kind="reminder", actor="Anne")
    delete_segment(book, segment, actor="Anne")
    assert value(book, "SELECT count(*) FROM template_choice") == 0


def test_merged_clients_keep_the_choices_of_the_one_that_stays(
    book: Book, made: Contracts, looks: dict[str, int]
) -> None:
    one, other = made.client("C1"), made.client("C2")
    choose(book, looks["A"], scope="client", scope_id=one, kind="reminder", actor="Anne")
    choose(book, looks["B"], scope="client", scope_id=other, kind="reminder", actor="Anne")
    choose(book, looks["C"], scope="client", scope_id=other, language="fr", actor="Anne")
    merge_clients(book, one, other, actor="Anne")
    assert name_for(book, one, "reminder") == "A"
    assert name_for(book, one, language="fr") == "C"
    assert value(book, "SELECT count(*) FROM template_choice") == 2


# --- documents


def printed(book: Book) -> dict[str, str]:
    """The template of each document by its number."""
    return dict(
        rows(
            book,
            "SELECT i.number, t.name FROM invoice i JOIN template_version v ON v.id = i.template_version_id"
            " JOIN template t ON t.id = v.template_id ORDER BY i.id",
        )
    )


def test_a_run_prints_by_what_was_chosen(book: Book, made: Contracts, looks: dict[str, int]) -> None:
    french = made.client("C1", language="fr")
    made.agreement(french, "A1")
    made.agreement(made.client("C2"), "A2")
    choose(book, looks["A"], kind="invoice", language="fr", actor="Anne")
    choose(book, looks["B"], kind="credit_note", actor="Anne")
    made.bill("2026-01-31", "2026-02-03")
    assert printed(book) == {"INV-2026-0001": "A", "INV-2026-0002": default(book)}
    note = credit_invoice(book, "INV-2026-0001", reason="Wrong", today=LATER, actor="Anne")
    assert printed(book)[note.credit_note] == "B"
    assert check(book).problems == ()


def test_a_credit_note_looks_like_its_invoice_where_nothing_else_is_chosen(
    book: Book, made: Contracts, looks: dict[str, int]
) -> None:
    client = made.client("C1")
    made.agreement(client, "A1")
    choose(book, looks["A"], scope="client", scope_id=client, actor="Anne")
    made.bill("2026-01-31", "2026-02-03")
    save_version(book, looks["A"], replace(USUAL_LAYOUT, accent="#AA0000"), actor="Anne")
    choose(book, looks["B"], scope="client", scope_id=client, actor="Anne")
    note = credit_invoice(book, "INV-2026-0001", reason="Wrong", today=LATER, actor="Anne")
    ((versions,),) = rows(book, "SELECT count(DISTINCT template_version_id) FROM invoice")
    assert versions == 1
    assert printed(book)[note.credit_note] == "A"


# --- a template that is broken


def plant(book: Book, specification: str) -> int:
    """A version that nobody checked, as another program may leave it."""
    with change(book, "test", "Plant") as made:
        made.connection.exec_driver_sql("DELETE FROM template_version")
        made.connection.exec_driver_sql(
            "INSERT INTO template_version (template_id, version, specification, created_at) VALUES (1, 1, ?, '')",
            (specification,),
        )
        made.connection.exec_driver_sql("UPDATE firm SET template_id = 1")
    return int(value(book, "SELECT id FROM template_version"))


BROKEN = ["", "{", "[]", '{"page": "A9"}', '{"accent": 5}', '{"blocks": 7}', "[" * 100_000, '{"from": "tomorrow"}']


@pytest.mark.parametrize("specification", BROKEN)
def test_a_broken_template_stops_no_run(book: Book, made: Contracts, specification: str) -> None:
    made.agreement(made.client(), "A1")
    broken = plant(book, specification)
    result = made.bill("2026-01-31", "2026-02-03")
    assert result.outcomes["issued"] == 1
    ((code, severity, message),) = rows(book, "SELECT code, severity, message FROM finding")
    assert (code, severity) == ("template_unreadable", "note")
    assert told(message).startswith("The template Classic cannot be read. ")
    invoice, version = rows(book, "SELECT id, template_version_id FROM invoice")[0]
    assert version == broken
    assert document(book, invoice)[1].layout == USUAL_LAYOUT
    assert invoice_pdf(book, invoice).startswith(b"%PDF-")
    (row,) = [one for one in templates(book) if one.id == 1]
    assert row.problem
    assert row.layout == USUAL_LAYOUT


def test_the_last_version_that_can_be_read_prints(book: Book, made: Contracts, looks: dict[str, int]) -> None:
    made.agreement(made.client(), "A1", template_id=looks["A"])
    whole = value(book, "SELECT id FROM template_version WHERE template_id = ?", looks["A"])
    with change(book, "test", "Plant") as one:
        one.connection.exec_driver_sql(
            "INSERT INTO template_version (template_id, version, specification, created_at) VALUES (?, 2, '{', '')",
            (looks["A"],),
        )
    made.bill("2026-01-31", "2026-02-03")
    assert value(book, "SELECT template_version_id FROM invoice") == whole


def test_a_logo_that_is_no_picture_stops_no_run(book: Book, made: Contracts) -> None:
    made.agreement(made.client(), "A1")
    version = plant(book, json.dumps({"accent": "#AA0000"}))
    with change(book, "test", "Plant") as one:
        one.connection.exec_driver_sql(
            "INSERT INTO file (id, sha256, name, media_type, content) VALUES (9, 'x', 'l.png', 'image/png', ?)",
            (b"no picture",),
        )
        one.connection.exec_driver_sql("UPDATE template_version SET logo_id = 9")
    made.bill("2026-01-31", "2026-02-03")
    assert template_version(book, version).logo == b""
    assert "picture" in next(one.problem for one in templates(book) if one.id == 1)
    assert template_version(book, version).layout.accent == "#AA0000"
    assert invoice_pdf(book, int(value(book, "SELECT id FROM invoice"))).startswith(b"%PDF-")
