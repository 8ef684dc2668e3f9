"""Terms in instalments on their whole way: inherited, billed, held against, and set by hand or by import."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from db.schema import Agreement, Firm, Segment
from desktop.saying import told
from desktop.services.changes import change
from desktop.services.documents import document, draft_document
from desktop.services.field_checks import check_terms
from desktop.services.payment_plans import agree_plan
from desktop.services.payments import record_payment
from desktop.services.problems import Problems
from desktop.services.runs.issuing_runs import issue
from desktop.services.runs.planning import plan
from desktop.services.runs.scope import Scope
from tests.books import new_book
from tests.contracts import ANNE, Contracts, rows
from tests.ledger_proof import prove


@pytest.fixture
def contracts(tmp_path: Path) -> Iterator[Contracts]:
    with new_book(tmp_path, city="Hamburg") as book:
        yield Contracts(book)


def dues(book: Book) -> list[tuple[str, int]]:
    return rows(book, "SELECT due_date, amount FROM open_item ORDER BY id")


@pytest.mark.parametrize("level", ["agreement", "client", "segment", "firm"])
def test_a_run_opens_what_the_inherited_terms_say(contracts: Contracts, level: str) -> None:
    terms = "1/4 now, rest net 30"
    with change(contracts.book, ANNE, "Segment") as made:
        segment = made.insert(Segment, name="Projects", terms=terms if level == "segment" else None)
        if level == "firm":
            made.update(Firm, 1, terms=terms)
    client = contracts.client(segment_id=segment, terms=terms if level == "client" else None)
    contracts.agreement(client, terms=terms if level == "agreement" else None)
    assert contracts.bill("2026-02-01").outcomes["issued"] == 1
    assert dues(contracts.book) == [("2026-02-01", 2_975), ("2026-03-03", 8_925)]
    prove(contracts.book)


def test_an_invoice_in_part_is_short_only_when_an_instalment_is_late(contracts: Contracts) -> None:
    agreement = contracts.agreement(contracts.client(), terms="1/2 net 10, 1/2 net 40")
    contracts.bill("2026-02-01")
    record_payment(
        contracts.book,
        amount=5_950,
        paid_on=date(2026, 2, 5),
        actor=ANNE,
        today=date(2026, 2, 5),
        numbers=["INV-2026-0001"],
    )
    assert contracts.bill("2026-03-01").outcomes["held"] == 0
    with change(contracts.book, ANNE, "Terms") as made:
        made.update(Agreement, agreement, terms="net 14")
    record_payment(
        contracts.book,
        amount=1_000,
        paid_on=date(2026, 3, 2),
        actor=ANNE,
        today=date(2026, 3, 2),
        numbers=["INV-2026-0002/1"],
    )
    assert contracts.bill("2026-04-01").outcomes["held"] == 1
    ((message,),) = rows(contracts.book, "SELECT message FROM finding WHERE code = 'partly_paid'")
    assert told(message).startswith("INV-2026-0002 was paid in part")


def test_forms_and_imports_keep_the_canonical_text() -> None:
    problems = Problems()
    values = {"terms": "30 % sofort, Rest netto 30"}
    check_terms(values, problems)
    problems.raise_any()
    assert values["terms"] == "30% receipt, 70% net 30"


def test_documents_show_their_own_schedule_whatever_is_agreed_later(contracts: Contracts) -> None:
    contracts.agreement(contracts.client(), terms="1/4 now, rest net 30")
    planned = plan(
        contracts.book,
        through=date(2026, 2, 1),
        issue_date=date(2026, 2, 1),
        scope=Scope(),
        actor=ANNE,
        now=contracts.book.now,
    )
    ((draft,),) = rows(contracts.book, "SELECT id FROM draft")
    parts = ((date(2026, 2, 1), 2_975), (date(2026, 3, 3), 8_925))
    assert draft_document(contracts.book, draft)[0].instalments == parts
    issue(contracts.book, planned, actor=ANNE, now=contracts.book.now)
    assert document(contracts.book, 1)[0].instalments == parts
    agree_plan(
        contracts.book,
        ["INV-2026-0001"],
        [(date(2026, 6, 1), 11_900)],
        on=date(2026, 3, 5),
        reason="asked",
        actor=ANNE,
        today=date(2026, 3, 5),
    )
    assert document(contracts.book, 1)[0].instalments == parts
