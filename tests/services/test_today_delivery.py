"""What does not reach clients comes up on Today: few as an item each, many as one, and gone once it is done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from db.engine import Book
from db.schema import MailAccount
from desktop.domain.wording import phrase
from desktop.services.book_settings import set_book_setting
from desktop.services.changes import change
from desktop.services.delivery.enqueueing import NO_ADDRESS
from desktop.services.delivery.mail.claiming import SENT_BEFORE
from desktop.services.delivery.mail.halting import halt
from desktop.services.delivery.mail.sent import Problem
from desktop.services.delivery.mail.waiting_mails import SEND_AT_ONCE
from desktop.services.lists.outbox import OutboxList
from desktop.services.overview import overview
from desktop.services.today import Item, Target, Urgency, today
from tests.books import new_book
from tests.issued import ANNE, add_client, add_invoice
from tests.outgoing import mailed, stand

DAY = date(2026, 5, 31)
NOW = "2026-05-31T12:00:00Z"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


def issue(book: Book, count: int, **columns: object) -> list[str]:
    """So many documents of ACME, made a week ago, with these columns of their deliveries."""
    client = add_client(book, "ACME")
    numbers = [add_invoice(book, client, date(2026, 5, 1), (1_000, 0)) for _ in range(count)]
    for number in numbers:
        stand(book, number, **{"made_at": "2026-05-24T09:00:00Z"} | columns)
    return numbers


def items(book: Book, kind: str, day: date = DAY) -> list[Item]:
    return [item for item in today(book, day, NOW).items if item.kind == kind]


def account(book: Book) -> int:
    with change(book, ANNE, "Set up") as made:
        return made.insert(
            MailAccount, uid="1", position=1, name="Office", sender="a@firm.example", host="localhost", port=25
        )


def test_a_failed_document_says_why_and_leads_to_its_row(book: Book) -> None:
    (number,) = issue(book, 1, channel="email", state="failed", answer=phrase("The mailbox is full.").stored())
    (item,) = items(book, "delivery_failed")
    assert item.sentence == f"{number} did not go to ACME Ltd"
    assert (item.why, item.urgency) == ("The mailbox is full.", Urgency.TODAY)
    assert (item.target.place, item.target.one) == ("outbox", 1)
    stand(book, number, state="sent", done_at=NOW)
    assert items(book, "delivery_failed") == []


def test_a_document_without_an_address_asks_for_it(book: Book) -> None:
    (number,) = issue(book, 1, channel="email", state="failed", answer=NO_ADDRESS)
    (item,) = items(book, "delivery_failed")
    assert item.sentence == f"{number} has no address to go to"
    assert (item.verb, item.target.act) == ("Type the address", "outbox.address")


@pytest.mark.parametrize(
    "code, answer, verb, act",
    [
        (550, phrase("User unknown").stored(), "Change the address", "outbox.address"),
        (451, phrase("Try later").stored(), "Try again", "outbox.retry"),
        (552, phrase("The mail is larger than the server takes.").stored(), "Look at it", ""),
        (None, SENT_BEFORE._replace(figures={"count": 30}).stored(), "Send it again", "outbox.again"),
    ],
)
def test_a_failure_leads_straight_to_what_mends_it(
    book: Book, code: int | None, answer: str, verb: str, act: str
) -> None:
    issue(book, 1, channel="email", state="failed", address="a@acme.example", code=code, answer=answer)
    (item,) = items(book, "delivery_failed")
    assert (item.verb, item.target.act) == (verb, act)


def test_what_came_back_from_a_mailbox_that_is_not_there_asks_for_another(book: Book) -> None:
    (number,) = issue(book, 1, channel="email")
    gone = phrase("It came back: the mailbox is gone.").stored()
    mailed(book, number, to="pay@acme.example", fate="bounced", fate_at=NOW, code=550, answer=gone)
    (item,) = items(book, "delivery_bounced")
    assert item.why == "It came back: the mailbox is gone."
    assert (item.verb, item.target.act) == ("Change the address", "outbox.address")


def test_many_failures_are_one_item_with_all_their_rows(book: Book) -> None:
    issue(book, 5, channel="email", state="failed", answer=phrase("No.").stored())
    (item,) = items(book, "delivery_failed")
    assert (item.sentence, item.count) == ("5 documents did not go out", 5)
    assert len(OutboxList(book, DAY).ids("", item.target.filters, "", False)) == 5


def test_what_is_unclear_asks_and_what_came_back_says_from_whom(book: Book) -> None:
    first, second = issue(book, 2, channel="email", state="uncertain", answer=phrase("The line broke.").stored())
    assert [item.sentence for item in items(book, "delivery_uncertain")] == [
        f"Did {first} reach ACME Ltd?", f"Did {second} reach ACME Ltd?",
    ]  # fmt: skip
    mailed(book, first, to="pay@acme.example", fate="bounced", fate_at=NOW, code=250, answer="queued as 4F2")
    (item,) = items(book, "delivery_bounced")
    assert item.why == "It could not be delivered to pay@acme.example."
    assert item.target.act == "outbox.again"


def test_mails_without_an_account_are_one_item_that_leads_to_the_settings(book: Book) -> None:
    issue(book, 4, channel="email")
    (item,) = items(book, "delivery_account")
    assert item.sentence == "4 mails wait, and no e-mail account is set up"
    assert item.target == Target("settings", filters=frozenset({"section:mail"}))
    assert items(book, "delivery_email") == []
    account(book)
    assert items(book, "delivery_account") == []
    (item,) = items(book, "delivery_email")
    assert item.sentence == "4 documents are to be sent"


def test_a_refusing_account_is_one_item_however_many_mails_wait(book: Book) -> None:
    issue(book, 6, channel="email")
    one = account(book)
    with book.writing() as session:
        halt(session.connection(), Problem(one, "Wrong password.", "Type it again."), now=NOW, wants_person=True)
    (item,) = items(book, "delivery_account")
    assert (item.sentence, item.why) == ("“Office” cannot send", "Wrong password. Type it again.")


def test_what_the_window_sends_by_itself_needs_nobody(book: Book) -> None:
    issue(book, 2, channel="email")
    account(book)
    assert len(items(book, "delivery_email")) == 1
    set_book_setting(book, SEND_AT_ONCE, True, actor=ANNE)
    assert items(book, "delivery_email") == []


def test_paper_folders_and_hands_are_one_line_each_and_press_after_some_days(book: Book) -> None:
    numbers = issue(book, 5)
    stand(book, numbers[0], channel="print")
    stand(book, numbers[1], channel="folder")
    (paper,), (folder,), (hand,) = (items(book, f"delivery_{way}") for way in ("print", "folder", "hand"))
    assert paper.sentence == "1 document is to be printed"
    assert folder.sentence == "1 document is to be put into its folder"
    assert (hand.sentence, hand.urgency) == ("3 documents are to be handed over", Urgency.TODAY)
    assert len(OutboxList(book, DAY).ids("", hand.target.filters, "", False)) == 3
    assert items(book, "delivery_hand", date(2026, 5, 25))[0].urgency is Urgency.WEEK
    assert items(book, "delivery_hand", date(2026, 5, 24) + timedelta(2))[0].urgency is Urgency.TODAY


def test_what_the_portal_does_not_know_yet_is_not_to_be_handed_over(book: Book) -> None:
    numbers = issue(book, 3)
    with book.writing() as session:
        ask = session.connection().exec_driver_sql
        ask("INSERT INTO setting (key, value) VALUES ('portal.since', '\"2026-01-01\"')")
        # What is issued is frozen; a test makes it Indian all the same.
        frozen = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('party', 'invoice_line')"
        for (name,) in ask(frozen).fetchall():
            ask(f"DROP TRIGGER {name}")
        ask(
            """UPDATE party SET data = json_set(data, '$.country', 'IN', '$.tax_id', '27AAPFU0939F1ZV') WHERE id IN
            (SELECT seller_id FROM invoice WHERE number = ? UNION SELECT buyer_id FROM invoice WHERE number = ?)""",
            (numbers[0], numbers[0]),
        )
        ask("UPDATE invoice_line SET category = 'S'")
    assert items(book, "delivery_hand") == []
    with book.writing() as session:
        session.connection().exec_driver_sql("UPDATE setting SET value = '\"2026-06-01\"' WHERE key = 'portal.since'")
    (hand,) = items(book, "delivery_hand")
    assert hand.count == 3


def test_the_rail_counts_what_did_not_reach_its_client(book: Book) -> None:
    numbers = issue(book, 4, channel="email")
    assert overview(book).waiting["outbox"] == 0
    stand(book, numbers[0], state="failed")
    stand(book, numbers[1], state="uncertain")
    mailed(book, numbers[2], fate="bounced")
    assert overview(book).waiting["outbox"] == 3
