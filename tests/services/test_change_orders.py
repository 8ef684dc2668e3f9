"""Change orders: proposed with their reason, approved, rejected, taken back; what they do to a price and to a line."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from db.engine import Book
from desktop.errors import UserError
from desktop.services import change_orders as service
from desktop.services import runs
from desktop.services.agreements import agreement, update_agreement
from desktop.services.changes import changes, undo
from desktop.services.check import check
from desktop.services.imports import import_file
from desktop.services.milestones import create_milestone, delete_milestone, mark_done, milestones
from desktop.services.problems import ValidationError
from desktop.services.projects import position
from tests.books import new_book
from tests.contracts import ANNE, Contracts

TODAY = date(2026, 3, 20)
FEBRUARY = date(2026, 2, 1)
NOW = "2026-03-20T10:00:00Z"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path, street="Kai 1", postcode="20457", city="Hamburg", tax_id="DE136695976") as opened:
        yield opened


@pytest.fixture
def project(book: Book) -> int:
    """A fixed price of 1,000.00 beside a retainer of 100 a month."""
    put = Contracts(book)
    return put.agreement(put.client(postcode="53111"), "P1", billing="hybrid", agreed=100_000)


def propose(book: Book, project: int, **values: object) -> int:
    given = {"amount": 20_000, "dated": FEBRUARY, "reason": "Second site", "reference": "CO-1"}
    return service.propose(book, project, given | values, actor=ANNE)


def approve(book: Book, order: int) -> None:
    service.approve(book, order, by="Eva", on=TODAY, actor=ANNE)


def scope(book: Book, project: int) -> tuple[int, int, int, int | None]:
    where = position(book, project, TODAY)
    return where.changed, where.ahead, where.proposed, where.scope


def bill_half(book: Book, project: int) -> int:
    """Half of the price is done and billed; the id of the milestone for the other half."""
    first, second = (
        create_milestone(book, project, {"name": f"Half {n}", "fraction": Decimal("0.5"), "item_id": 1}, actor=ANNE)
        for n in (1, 2)
    )
    mark_done(book, first, date(2026, 3, 1), actor=ANNE, today=TODAY, now=NOW)
    bill(book)
    return second


def bill(book: Book) -> None:
    runs.bill(book, through=TODAY, issue_date=TODAY, actor=ANNE, now=NOW)


@pytest.mark.parametrize(
    "values, field, words",
    [
        ({"reason": ""}, "reason", "Why"),
        ({"reference": " "}, "reference", "What shows"),
        ({"dated": None}, "dated", "From which day"),
        ({"amount": None}, "amount", "By how much"),
        ({"amount": 0}, "amount", "By how much"),
        ({"amount": None, "quantity": Decimal(2)}, "unit_price", "needs a price"),
        ({"amount": None, "quantity": Decimal(2), "unit_price": Decimal(0)}, "quantity", "changes nothing"),
        ({"effect": "mood"}, "effect", "is not one of scope, line"),
        ({"effect": "line"}, "old_line_id", "Which line"),
        ({"effect": "line", "old_line_id": 1}, "quantity", "What changes"),
        ({"effect": "line", "old_line_id": 1, "quantity": Decimal(0)}, "quantity", "above 0"),
        ({"effect": "line", "old_line_id": 1, "unit_price": Decimal(-1)}, "unit_price", "below 0"),
    ],
)
def test_a_change_says_what_why_and_by_what_paper(
    book: Book, project: int, values: dict[str, object], field: str, words: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        propose(book, project, **values)
    assert words in refused.value.fields[field]


def test_a_price_that_was_not_agreed_cannot_change(book: Book) -> None:
    put = Contracts(book)
    with pytest.raises(ValidationError, match="P2 has no agreed sum"):
        propose(book, put.agreement(put.client(), "P2"))


def test_only_what_is_approved_alters_the_price_and_from_its_day(book: Book, project: int) -> None:
    order = propose(book, project)
    later = propose(book, project, quantity=Decimal("2.5"), unit_price=Decimal("-10.01"), dated=date(2026, 4, 1))
    assert scope(book, project) == (0, 0, 17_497, 100_000)
    approve(book, order)
    approve(book, later)
    assert scope(book, project) == (20_000, -2_503, 0, 120_000)
    first, second = (service.change_orders(book, project)[n] for n in (1, 0))
    assert (first.state, first.decided_by, first.decided_on, first.reference) == ("approved", "Eva", TODAY, "CO-1")
    assert (second.quantity, second.unit_price, second.amount) == (Decimal("2.5"), Decimal("-10.01"), -2_503)
    undo(book, ANNE)
    assert scope(book, project) == (20_000, 0, -2_503, 120_000)
    service.reject(book, later, by="Eva", on=TODAY, actor=ANNE)
    assert scope(book, project) == (20_000, 0, 0, 120_000)
    with pytest.raises(UserError, match=r"“CO-1” was rejected on"):
        approve(book, later)
    service.take_decision_back(book, later, actor=ANNE)
    service.update_proposal(book, later, {"amount": 700, "quantity": None, "unit_price": None}, actor=ANNE)
    assert scope(book, project) == (20_000, 0, 700, 120_000)
    service.delete_proposal(book, later, actor=ANNE)
    with pytest.raises(UserError, match="was approved on"):
        service.delete_proposal(book, order, actor=ANNE)
    service.take_decision_back(book, order, actor=ANNE)
    with pytest.raises(UserError, match="not decided yet"):
        service.take_decision_back(book, order, actor=ANNE)
    assert scope(book, project) == (0, 0, 20_000, 100_000)


def test_a_price_does_not_fall_below_what_its_milestones_billed(book: Book, project: int) -> None:
    bill_half(book, project)
    order = propose(book, project, amount=-50_001)
    with pytest.raises(
        UserError, match=r"€500\.00 of its milestones is billed; the agreed sum cannot fall to €499\.99"
    ):
        approve(book, order)
    assert service.change_order(book, order)["state"] == "proposed"
    service.update_proposal(book, order, {"amount": -50_000}, actor=ANNE)
    approve(book, order)
    assert position(book, project, TODAY).scope == 50_000


def test_a_price_of_which_nothing_is_billed_falls_to_nothing_at_most(book: Book, project: int) -> None:
    order = propose(book, project, amount=-100_001)
    with pytest.raises(UserError, match=r"cannot fall below nothing, to −€0\.01"):
        approve(book, order)
    approve(book, propose(book, project, amount=-100_000))


def test_an_approval_is_not_taken_back_from_under_what_is_billed(book: Book, project: int) -> None:
    order = propose(book, project, amount=50_000)
    approve(book, order)
    second = bill_half(book, project)
    less = propose(book, project, amount=-70_000, reference="CO-2")
    approve(book, less)
    with pytest.raises(UserError, match=r"€750\.00 of its milestones is billed"):
        service.take_decision_back(book, order, actor=ANNE)
    mark_done(book, second, TODAY, actor=ANNE, today=TODAY, now=NOW)
    bill(book)
    assert [one.amount for one in milestones(book, project, TODAY)] == [75_000, 5_000]
    late = propose(book, project, dated=TODAY, reference="CO-3")
    with pytest.raises(UserError, match="All of the price is billed"):
        approve(book, late)
    service.update_proposal(book, late, {"dated": date(2026, 3, 21)}, actor=ANNE)
    approve(book, late)


def test_a_changed_line_follows_the_old_one_and_goes_with_its_approval(book: Book, project: int) -> None:
    line = agreement(book, project)["lines"][0]["id"]
    order = propose(
        book, project, effect="line", old_line_id=line, quantity=Decimal(2), amount=None, dated=date(2026, 3, 16)
    )
    approve(book, order)
    old, new = agreement(book, project)["lines"]
    assert (old["end_date"], new["start_date"], new["quantity"], new["follows_id"]) == (
        date(2026, 3, 16),
        date(2026, 3, 16),
        Decimal(2),
        line,
    )
    (told,) = service.change_orders(book, project)
    assert (told.state, told.decided_by, told.line) == ("approved", "Eva", "Managed service RET")
    service.take_decision_back(book, order, actor=ANNE)
    (left,) = agreement(book, project)["lines"]
    assert (left["id"], left["end_date"]) == (line, None)
    assert service.change_order(book, order)["state"] == "proposed"


def test_what_was_approved_with_others_is_not_taken_back_alone(book: Book, project: int) -> None:
    text = "id,agreement,date,item,quantity,reason,reference\nX1,P1,2026-03-10,RET,2,More,CO-1\n"
    assert import_file(book, "changes", text.encode(), actor=ANNE, today=TODAY).imported == 1
    (order,) = service.change_orders(book, project)
    with pytest.raises(UserError, match="“CO-1” was approved together with others"):
        service.take_decision_back(book, order.id, actor=ANNE)
    assert len(agreement(book, project)["lines"]) == 2


def test_undo_does_not_take_a_price_from_under_what_is_billed(book: Book, project: int) -> None:
    order = propose(book, project, amount=50_000)
    approve(book, order)
    bill_half(book, project)
    propose_less = propose(book, project, amount=-75_000, reference="CO-2")
    approve(book, propose_less)
    update_agreement(book, project, {"agreed": 130_000}, actor=ANNE)
    undo(book, ANNE)
    (approval,) = [one.id for one in changes(book) if one.summary == "Approve change CO-1 of P1"]
    with pytest.raises(UserError, match=r"€750\.00 of its milestones is billed; the agreed sum cannot fall to €250"):
        undo(book, ANNE, approval)
    assert position(book, project, TODAY).scope == 75_000
    assert [one.amount for one in milestones(book, project, TODAY)] == [75_000, 0]
    assert check(book).problems == ()


def test_undo_does_not_share_out_more_than_the_price(book: Book, project: int) -> None:
    first, _second = (
        create_milestone(book, project, {"name": f"Half {n}", "fraction": Decimal("0.5"), "item_id": 1}, actor=ANNE)
        for n in (1, 2)
    )
    delete_milestone(book, first, actor=ANNE)
    create_milestone(book, project, {"name": "Other part", "fraction": Decimal("0.4"), "item_id": 1}, actor=ANNE)
    (deletion,) = [one.id for one in changes(book) if one.summary == "Delete milestone Half 1"]
    with pytest.raises(UserError, match="would come to 140% of the price"):
        undo(book, ANNE, deletion)
    assert [one.name for one in milestones(book, project, TODAY)] == ["Half 2", "Other part"]
