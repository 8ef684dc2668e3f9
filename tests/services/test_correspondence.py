"""All that went between the firm and a client stands in one row of days, the newest first."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from desktop.services.correspondence import correspondence
from desktop.services.disputes import close_dispute, open_dispute
from desktop.services.dunning.holds import hold_client
from desktop.services.dunning.planning import plan_run
from desktop.services.dunning.sending import send_run
from desktop.services.notes import add_note
from desktop.services.promises import note_promise
from tests.books import new_book
from tests.contracts import value
from tests.issued import ANNE, add_client, add_invoice

DAY = date(2026, 2, 10)


def test_letters_calls_promises_disputes_and_holds_stand_in_one_row(tmp_path: Path) -> None:
    with new_book(tmp_path) as book:
        client, other = add_client(book, "ACME"), add_client(book, "BOLT")
        add_invoice(book, client, date(2026, 1, 1), (50_000, 0))
        add_invoice(book, other, date(2026, 1, 1), (50_000, 0))
        number = value(book, "SELECT number FROM invoice WHERE client_id = ?", client)
        send_run(book, plan_run(book, as_of=DAY, actor=ANNE).run, actor=ANNE)
        add_note(book, "client", client, "Rang twice", actor=ANNE, due_on=date(2026, 2, 12))
        note_promise(
            book, client, amount=10_000, currency="EUR", promised_on=DAY, actor=ANNE, today=DAY, said_by="Ada Lee"
        )
        open_dispute(book, number, reason="Wrong hours", on=date(2026, 2, 3), amount=5_000, actor=ANNE, today=DAY)
        close_dispute(book, number, outcome="Agreed", on=date(2026, 2, 5), actor=ANNE, today=DAY)
        hold_client(book, client, reason="Holidays", on=date(2026, 2, 4), until=date(2026, 2, 20), actor=ANNE)
        found = correspondence(book, client, DAY)
        kinds = [one.kind for one in found if one.kind != "delivery"]
        # Notes and promises bear the clock of the book, the rest the day that was given.
        assert sorted(kinds) == ["dispute", "hold", "note", "promise", "settled"]
        assert [one.kind for one in found if one.kind in ("settled", "hold", "dispute")] == [
            "settled",
            "hold",
            "dispute",
        ]
        by_kind = {one.kind: one for one in found}
        (letter,) = [one for one in found if one.title.startswith("Reminder")]
        assert (letter.kind, letter.state) == ("delivery", "waiting")
        assert (by_kind["promise"].amount, by_kind["promise"].title, by_kind["promise"].day) == (10_000, "Ada Lee", DAY)
        assert (by_kind["dispute"].title, by_kind["dispute"].amount) == (number, 5_000)
        assert by_kind["settled"].text == "Agreed"
        assert (by_kind["note"].text, by_kind["note"].day) == ("Rang twice", date(2026, 2, 12))
        assert by_kind["hold"].day == date(2026, 2, 20)
        assert [one.at for one in found] == sorted((one.at for one in found), reverse=True)
        # What went to others is theirs.
        assert {one.kind for one in correspondence(book, other, DAY)} == {"delivery"}
