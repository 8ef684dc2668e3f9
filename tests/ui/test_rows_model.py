"""The model of every table: few questions, an order that follows the book, a selection that survives."""

from collections.abc import Callable, Mapping, Sequence

import pytest
from PySide6.QtCore import QItemSelectionModel, QPersistentModelIndex, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from desktop.jobs import Jobs, Lane
from desktop.ui.columns import Column
from desktop.ui.copying import tsv
from desktop.ui.listing import Query, totals
from desktop.ui.rows_model import BLOCK, CACHED_ROWS, Edit, RowsModel
from tests.ui.parcels import Parcels

Make = Callable[[int], Parcels]
Settle = Callable[[], None]

COLUMNS = (
    Column("state", "", 80, "tag"),
    Column("number", "Number", 120, sort_key="number"),
    Column("client", "Client", 160, sort_key="client", editable=True),
    Column("issued", "Issued", 100, "date", sort_key="issued"),
    Column("gross", "Amount", 110, "money", sort_key="gross"),
)


@pytest.fixture
def open_model(jobs: Jobs, parcels: Make, settle: Settle) -> Callable[[int], RowsModel]:
    def make(count: int) -> RowsModel:
        model = RowsModel(parcels(count), COLUMNS, jobs, home_currency="EUR")
        model.set_query(Query())
        settle()
        return model

    return make


def listing_of(model: RowsModel) -> Parcels:
    assert isinstance(model.listing, Parcels)
    return model.listing


def test_the_model_keeps_qts_contract_through_every_change(
    open_model: Callable[[int], RowsModel], settle: Settle, qtmodeltester: ModelTester
) -> None:
    model = open_model(300)
    qtmodeltester.check(model)
    listing = listing_of(model)
    listing.change("DELETE FROM parcel WHERE id IN (1, 2, 150, 300)")
    listing.add(range(301, 320))
    model.reload()
    settle()
    assert list(model.ids) == [one for one in range(1, 320) if one not in (1, 2, 150, 300)]
    model.sort(4, Qt.SortOrder.DescendingOrder)
    settle()
    listing.change("UPDATE parcel SET gross = gross + 5000 WHERE id % 7 = 0")
    model.reload()
    settle()
    assert list(model.ids) == list(listing.ids("", frozenset(), "gross", True))
    model.set_query(Query(search="no such thing"))
    settle()
    assert model.rowCount() == 0
    # The tester still watches: a broken promise on the way would have raised.
    qtmodeltester.check(model)


def test_cells_read_as_the_user_writes_them(open_model: Callable[[int], RowsModel]) -> None:
    model = open_model(4)
    listing_of(model)
    assert [model.text_at(0, column) for column in range(5)] == [
        "Paid",
        "INV-2026-000001",
        "Client 0856",
        "2 Jan 2026",
        "7.37",
    ]
    assert model.text_at(2, 4) == "USD 32.11"
    alignment = model.data(model.index(0, 4), Qt.ItemDataRole.TextAlignmentRole)
    assert isinstance(alignment, Qt.AlignmentFlag)
    assert alignment & Qt.AlignmentFlag.AlignRight


def test_a_hundred_thousand_rows_cost_one_question_for_ids_and_one_for_what_is_seen(
    open_model: Callable[[int], RowsModel], settle: Settle
) -> None:
    model = open_model(100_000)
    listing = listing_of(model)
    assert model.rowCount() == 100_000
    assert listing.asked_for_ids == 1
    assert listing.asked_for_rows == [BLOCK]
    model.watch(0, 25)
    settle()
    assert sum(listing.asked_for_rows) <= 2 * BLOCK

    # A jump to the end asks for the end and its neighbours alone.
    before = len(listing.asked_for_rows)
    model.watch(99_970, 99_999)
    settle()
    assert len(listing.asked_for_rows) - before == 1
    assert model.text_at(99_999, 1) == "INV-2026-100000"
    settle()
    assert len(listing.asked_for_rows) - before == 1

    model.sort(4, Qt.SortOrder.DescendingOrder)
    settle()
    assert listing.asked_for_ids == 2
    assert list(model.ids[:3]) == list(listing.ids("", frozenset(), "gross", True))[:3]


def test_dragging_the_scroll_bar_fetches_where_it_stops_not_all_it_passes(
    open_model: Callable[[int], RowsModel], settle: Settle
) -> None:
    model = open_model(100_000)
    listing = listing_of(model)
    before = len(listing.asked_for_rows)
    for first in range(0, 90_000, 50):
        model.watch(first, first + 25)
    settle()
    assert len(listing.asked_for_rows) - before <= 3
    assert model.text_at(89_960, 1) == "INV-2026-089961"


def test_what_was_looked_at_long_ago_is_let_go(open_model: Callable[[int], RowsModel], settle: Settle) -> None:
    model = open_model(20_000)
    listing = listing_of(model)
    for first in range(0, 2 * CACHED_ROWS, BLOCK):
        model.watch(first, first + BLOCK - 1)
        settle()
    before = len(listing.asked_for_rows)
    model.watch(0, 25)
    settle()
    assert len(listing.asked_for_rows) == before + 1


def test_a_row_deleted_meanwhile_is_not_asked_for_again_and_again(
    open_model: Callable[[int], RowsModel], settle: Settle
) -> None:
    model = open_model(1_000)
    listing = listing_of(model)
    listing.change("DELETE FROM parcel WHERE id = 900")
    model.watch(890, 910)
    settle()
    asked = len(listing.asked_for_rows)
    assert model.text_at(899, 1) == ""
    assert model.text_at(900, 1) == "INV-2026-000901"
    model.watch(890, 910)
    settle()
    assert len(listing.asked_for_rows) == asked


def test_a_failing_question_is_shown_once_and_not_repeated_by_the_repaint(
    open_model: Callable[[int], RowsModel], settle: Settle, jobs: Jobs, caplog: pytest.LogCaptureFixture
) -> None:
    model = open_model(1_000)
    failures: list[object] = []
    jobs.failed.connect(failures.append)
    listing_of(model).change("ALTER TABLE parcel RENAME TO elsewhere")
    model.watch(500, 520)
    settle()
    for _repaint in range(3):
        assert model.text_at(510, 1) == ""
        settle()
    assert len(failures) == 1
    assert "no such table" in caplog.text


def test_a_reload_keeps_the_selection_on_its_rows(open_model: Callable[[int], RowsModel], settle: Settle) -> None:
    model = open_model(500)
    listing = listing_of(model)
    model.sort(4)
    settle()
    selection = QItemSelectionModel(model)
    chosen = {model.id_at(10), model.id_at(11), model.id_at(400)}
    for one in chosen:
        selection.select(
            model.index(model.position_of(one), 0),
            QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows,
        )
    kept = QPersistentModelIndex(model.index(300, 2))
    kept_id = model.id_at(300)
    resets: list[int] = []
    model.modelReset.connect(lambda: resets.append(1))
    unchosen = [one for one in model.ids if one not in chosen and one != kept_id]
    listing.change(f"DELETE FROM parcel WHERE id IN ({unchosen[0]}, {unchosen[3]}, {unchosen[200]})")
    listing.change("UPDATE parcel SET gross = -gross WHERE id % 50 = 0")
    listing.add(range(501, 530))
    model.reload()
    settle()
    assert {model.id_at(index.row()) for index in selection.selectedRows()} == chosen
    assert model.id_at(kept.row()) == kept_id
    assert resets == []


def test_a_new_query_resets_and_the_last_one_asked_wins(open_model: Callable[[int], RowsModel], settle: Settle) -> None:
    model = open_model(2_000)
    shown: list[object] = []
    model.loaded.connect(shown.append)
    for search in ("1", "12", "123"):
        model.set_query(Query(search=search))
    settle()
    assert shown == [Query(search="123")]
    assert all("123" in model.text_at(place, 1) + model.text_at(place, 2) for place in range(model.rowCount()))


def test_a_reload_while_a_query_is_under_way_does_not_lose_it(
    open_model: Callable[[int], RowsModel], settle: Settle
) -> None:
    model = open_model(50)
    model.set_query(Query(filters=frozenset({"paid"})))
    model.reload()
    settle()
    assert model.query == Query(filters=frozenset({"paid"}))
    assert {model.text_at(place, 0) for place in range(model.rowCount())} == {"Paid"}


def test_a_table_does_not_wait_for_a_run(jobs: Jobs, parcels: Make, qtbot: QtBot) -> None:
    from threading import Event

    from desktop.jobs import Job

    gate = Event()
    long = jobs.start(Job("Run", lambda report: gate.wait(10), lane=Lane.BOOK))
    model = RowsModel(parcels(10), COLUMNS, jobs)
    with qtbot.waitSignal(model.loaded):
        model.set_query(Query())
    with qtbot.waitSignal(long.ended):
        gate.set()


def test_an_edit_is_handed_on_and_the_cell_waits_for_the_book(open_model: Callable[[int], RowsModel]) -> None:
    model = open_model(3)
    edits: list[object] = []
    model.edited.connect(edits.append)
    client, amount = model.index(1, 2), model.index(1, 4)
    assert model.flags(client) & Qt.ItemFlag.ItemIsEditable
    assert not model.flags(amount) & Qt.ItemFlag.ItemIsEditable
    before = model.text_at(1, 2)
    assert model.setData(client, "New name")
    assert not model.setData(amount, "5")
    assert not model.setData(client, before)
    assert edits == [Edit(2, "client", "New name")]
    assert model.text_at(1, 2) == before


def test_sums_are_kept_apart_by_currency(parcels: Make) -> None:
    listing = parcels(1_200)
    expected: dict[str, int] = {}
    for row in listing.rows(list(range(1, 1_201))).values():
        assert isinstance(row["gross"], int)
        expected[str(row["currency"])] = expected.get(str(row["currency"]), 0) + row["gross"]
    assert totals(listing, range(1, 1_201), "gross", "currency") == expected
    assert set(expected) == {"EUR", "USD"}


def test_a_listing_that_sums_itself_is_not_read_row_by_row(parcels: Make) -> None:
    class Summing(Parcels):
        def totals(self, ids: object) -> dict[str, int]:
            return {"EUR": 5}

    listing = Summing(10)
    assert totals(listing, [1, 2], "gross", "currency") == {"EUR": 5}
    assert listing.asked_for_rows == []
    listing.close()


def test_a_copy_is_what_a_spreadsheet_takes(parcels: Make) -> None:
    listing = parcels(90)
    listing.change("UPDATE parcel SET gross = -123456, client = 'A' || char(9) || 'B' WHERE id = 2")
    text = tsv(listing, [2, 1], COLUMNS[1:], headings=True)
    assert text.splitlines() == [
        "Number\tClient\tIssued\tAmount",
        "INV-2026-000002\tA B\t3 Jan 2026\t-1234.56",
        "INV-2026-000001\tClient 0856\t2 Jan 2026\t7.37",
    ]


class LongParcels:
    """Parcels that give their first ids before the others."""

    def __init__(self, parcels: Parcels) -> None:
        self.parcels = parcels
        self.asked: list[str] = []
        self.written_between: Callable[[], object] = lambda: None

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        self.written_between()
        self.asked.append("all")
        return self.parcels.ids(search, filters, sort, descending)

    def first_ids(self, search: str, filters: frozenset[str], sort: str, descending: bool, count: int) -> Sequence[int]:
        self.asked.append("first")
        return self.parcels.ids(search, filters, sort, descending)[:count]

    def rows(self, ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
        return self.parcels.rows(ids)


@pytest.fixture
def long_model(jobs: Jobs, parcels: Make, qtmodeltester: ModelTester) -> RowsModel:
    model = RowsModel(LongParcels(parcels(1_000)), COLUMNS, jobs, home_currency="EUR")
    qtmodeltester.check(model)
    return model


def test_the_first_rows_of_a_long_list_stand_before_the_others(long_model: RowsModel, settle: Settle) -> None:
    seen: list[tuple[bool, int, str]] = []
    long_model.loaded.connect(
        lambda _query: seen.append((long_model.complete, long_model.rowCount(), long_model.text_at(0, 1)))
    )
    long_model.set_query(Query())
    settle()
    assert seen == [(False, BLOCK, "INV-2026-000001"), (True, 1_000, "INV-2026-000001")]
    assert list(long_model.ids) == list(range(1, 1_001))
    assert long_model.query == Query()


def test_a_short_answer_is_asked_for_once(long_model: RowsModel, settle: Settle) -> None:
    long_model.set_query(Query(search="INV-2026-00007"))
    settle()
    listing = long_model.listing
    assert isinstance(listing, LongParcels)
    assert listing.asked == ["first"]
    assert long_model.complete
    assert long_model.rowCount() == 10


def test_what_is_written_between_the_first_rows_and_the_rest_is_taken_in(
    long_model: RowsModel, settle: Settle, qtmodeltester: ModelTester
) -> None:
    listing = long_model.listing
    assert isinstance(listing, LongParcels)
    listing.written_between = lambda: listing.parcels.change("DELETE FROM parcel WHERE id IN (2, 3, 900)")
    long_model.set_query(Query())
    settle()
    assert list(long_model.ids) == [one for one in range(1, 1_001) if one not in (2, 3, 900)]
    assert long_model.text_at(1, 1) == "INV-2026-000004"
    qtmodeltester.check(long_model)


def test_another_question_drops_the_rest_of_the_last_one(long_model: RowsModel, settle: Settle) -> None:
    long_model.set_query(Query())
    long_model.set_query(Query(sort="gross", descending=True))
    settle()
    listing = long_model.listing
    assert isinstance(listing, LongParcels)
    assert list(long_model.ids) == list(listing.parcels.ids("", frozenset(), "gross", True))
    assert long_model.complete
