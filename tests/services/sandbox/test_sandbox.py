"""A sandbox: nothing leaves it, it says so on paper, and its run is held against the real book's."""

from datetime import date

import pypdfium2
import pytest

from db.book_files import open_book
from db.schema import Client, Rate
from desktop.delivery.mail.server import Answer, NotSent
from desktop.documents.render import render_pdf
from desktop.errors import UserError
from desktop.services.bank.folder import take_in_folder
from desktop.services.book_settings import set_book_setting
from desktop.services.changes import change
from desktop.services.check import check
from desktop.services.delivery.handover.bundle import hand_over_run
from desktop.services.delivery.handover.folders import deliver_to_folders
from desktop.services.delivery.handover.handing import hand_over
from desktop.services.delivery.handover.portal import hand_over_pages
from desktop.services.delivery.mail.drafts import write_drafts
from desktop.services.delivery.mail.sending import send
from desktop.services.delivery.paper.print_settings import PrintSettings
from desktop.services.delivery.paper.printing import note_printed, print_papers
from desktop.services.documents import document, documents
from desktop.services.einvoice_fit import unfit
from desktop.services.letters.correspondence import own_correspondence
from desktop.services.orders.making import make_order
from desktop.services.orders.standing import hand_over_order
from desktop.services.registrations import export_registrations
from desktop.services.sandbox.comparing import compare, sandbox_runs
from desktop.services.sandbox.making import discard_sandbox, make_sandbox, sandbox_of
from desktop.services.sandbox.refusing import origin
from desktop.services.schedules.carrying_out import carry_out
from desktop.services.schedules.keeping import save_schedule, schedules
from desktop.services.watching import WATCHED, take_in, watched_folder
from tests.billing_facts import money
from tests.books import new_book
from tests.contracts import ANNE, Contracts, value

TODAY = date(2026, 2, 10)


@pytest.fixture
def book(tmp_path):
    with new_book(tmp_path) as opened:
        made = Contracts(opened)
        item = made.item()
        with change(opened, ANNE, "Prices") as changed:
            changed.insert(
                Rate, item_id=item, currency="EUR", valid_from=date(2025, 1, 1), price=money(100), mode="flat"
            )
        for code in ("C1", "C2"):
            made.agreement(made.client(code), f"A-{code}", {"unit_price": None})
        made.bill("2026-01-31")
        yield opened


@pytest.fixture
def sandbox(book):
    with open_book(make_sandbox(book, actor=ANNE).path) as opened:
        yield opened


def _silent(_done, _total, _text):
    pass


def _no_post(_account):
    raise NotSent(Answer(0, ""), permanent=True)


def test_one_call_makes_a_proved_copy_that_knows_what_it_is(book, tmp_path):
    set_book_setting(book, WATCHED, {"path": str(tmp_path), "on": True}, actor=ANNE)
    save_schedule(
        book, {"name": "Bill", "task": "bill", "every": "month", "day": 1, "at": "08:00"}, actor=ANNE,
        now=book.clock().replace(tzinfo=None),
    )  # fmt: skip
    assert origin(book) is None
    made = make_sandbox(book, actor=ANNE)
    assert made.path.name == "Harbour sandbox.sheaf"
    assert sandbox_of(book) == made
    with open_book(made.path) as copy:
        told = origin(copy)
        assert told is not None
        assert told.name == "Harbour.sheaf"
        assert check(copy).clean
        assert not watched_folder(copy).on
        assert [one.active for one in schedules(copy)] == [False]
    assert sorted(path.name for path in tmp_path.glob("*.sheaf")) == ["Harbour sandbox.sheaf", "Harbour.sheaf"]
    assert value(book, "SELECT count(*) FROM setting WHERE key = 'sandbox'") == 0


@pytest.mark.parametrize(
    "leave",
    [
        lambda book, to: send(book, actor=ANNE, post_for=_no_post, report=_silent),
        lambda book, to: write_drafts(book, [1], to, today=TODAY, actor=ANNE),
        lambda book, to: print_papers(book, (), PrintSettings("q"), actor=ANNE, on=TODAY, report=_silent),
        lambda book, to: note_printed(book, [1], "q", actor=ANNE),
        lambda book, to: deliver_to_folders(book, actor=ANNE),
        lambda book, to: hand_over(book, [1], actor=ANNE),
        lambda book, to: hand_over_pages(book, to, as_of=TODAY),
        lambda book, to: hand_over_run(book, to / "run.zip", "R-2026-0001", actor=ANNE),
        lambda book, to: make_order(book, kind="sepa_debit", account_id=1, execute_on=TODAY, actor=ANNE, today=TODAY),
        lambda book, to: hand_over_order(book, 1, actor=ANNE),
        lambda book, to: export_registrations(book, to / "inv01.json", actor=ANNE),
        lambda book, to: carry_out(book, now=lambda: book.clock().replace(tzinfo=None), actor=ANNE),
        lambda book, to: take_in(book, to / "time.csv", actor=ANNE, today=TODAY, report=_silent),
        lambda book, to: take_in_folder(book, to, actor=ANNE, today=TODAY, report=_silent),
    ],
)
def test_nothing_leaves_it(sandbox, tmp_path, leave):
    to = tmp_path / "out"
    to.mkdir()
    with pytest.raises(UserError, match="This is a sandbox"):
        leave(sandbox, to)
    assert not list(to.iterdir())


def _text(pdf):
    return pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()


def test_its_papers_say_so(book, sandbox):
    first = value(book, "SELECT min(id) FROM invoice")
    assert "SANDBOX" not in _text(render_pdf(*document(book, first)))
    paper, look = document(sandbox, first)
    assert "SANDBOX" in _text(render_pdf(paper, look))
    with sandbox.reading() as session:
        letters = own_correspondence(session.connection(), "statement", "de")
    letter = letters.letter("statement", TODAY)
    assert "TESTBUCH" in _text(render_pdf(letter, letters.template))
    assert "sandbox writes no" in str(unfit(paper, "ubl"))
    assert all(not one.sandbox for one, _look in documents(book, [first]))


def test_a_change_tried_in_it_is_compared_line_by_line(book, sandbox):
    with change(sandbox, ANNE, "Dearer") as made:
        made.update(Rate, 1, price=money(120))
        made.update(Client, 2, terms="net 7")
    found = compare(book, sandbox.path, today=TODAY)
    assert (found.through, found.looked_at, found.run) == (date(2026, 2, 28), 2, "")
    assert (found.before, found.after) == ({"EUR": 23800}, {"EUR": 28560})
    assert [(one.client, one.change) for one in found.differences] == [("C1", 2380), ("C2", 2380)]
    assert [(line.net_before, line.net_after) for line in found.differences[0].lines] == [(10000, 12000)]
    assert [word.after for word in found.differences[1].words] == ["net 7"]


def test_a_run_that_was_billed_there_is_held_against_the_real_one(book, sandbox):
    with change(sandbox, ANNE, "Dearer") as made:
        made.update(Rate, 1, price=money(120))
    run = Contracts(sandbox).bill("2026-02-28").run
    assert sandbox_runs(book, sandbox.path) == [run]
    found = compare(book, sandbox.path, today=TODAY, run=run)
    assert [(one.agreements, one.change) for one in found.differences] == [(("A-C1",), 2380), (("A-C2",), 2380)]
    Contracts(book).bill("2026-02-28")
    assert sandbox_runs(book, sandbox.path) == []
    again = compare(book, sandbox.path, today=TODAY, run=run)
    assert (again.before, again.after) == ({"EUR": 23800}, {"EUR": 28560})
    assert [one.change for one in again.differences] == [2380, 2380]


def test_an_unchanged_copy_differs_in_nothing(book, sandbox):
    assert compare(book, sandbox.path, today=TODAY).differences == ()


def test_made_again_it_is_as_the_book_is_now(book):
    with open_book(make_sandbox(book, actor=ANNE).path) as copy:
        Contracts(copy).client("C9")
        with pytest.raises(UserError, match="open in another"):
            make_sandbox(book, actor=ANNE)
    with open_book(make_sandbox(book, actor=ANNE).path) as copy:
        assert value(copy, "SELECT count(*) FROM client") == 2


def test_only_a_sandbox_is_discarded(book, tmp_path):
    made = make_sandbox(book, actor=ANNE)
    with open_book(made.path) as copy:
        with pytest.raises(UserError, match="sandbox already"):
            make_sandbox(copy, actor=ANNE)
        with pytest.raises(UserError, match="open in another"):
            discard_sandbox(made.path)
    discard_sandbox(made.path)
    assert not made.path.exists()
    assert sandbox_of(book) is None
    with pytest.raises(UserError, match="is no sandbox"):
        discard_sandbox(book.path)
    assert book.path.exists()


def test_somebody_elses_file_of_that_name_stays(book, tmp_path):
    with new_book(tmp_path, file="Harbour sandbox.sheaf"):
        pass
    with pytest.raises(UserError, match="in the way"):
        make_sandbox(book, actor=ANNE)
    with pytest.raises(UserError, match="no sandbox of this book"):
        compare(book, tmp_path / "Harbour sandbox.sheaf", today=TODAY)
