"""Every model of the window keeps the rules that Qt's views rely on; one that is added has to stand here, too."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from datetime import date

import pytest
from PySide6.QtCore import QAbstractItemModel
from pytestqt.modeltest import ModelTester

import desktop.ui
from desktop.jobs import Jobs
from desktop.services.today.item import Item, Target, Urgency
from desktop.ui.columns import Column
from desktop.ui.lines_model import LineColumn, Lines
from desktop.ui.listing import Query
from desktop.ui.palette.entries import Entry as PaletteEntry
from desktop.ui.palette.rows import EntryModel
from desktop.ui.rows_model import RowsModel
from desktop.ui.story.entries import EntriesModel, Entry
from desktop.ui.today.items_model import ItemsModel
from tests.ui.parcels import Parcels

Settle = Callable[[], None]


def models() -> set[type[QAbstractItemModel]]:
    """The classes of models that the window's modules declare."""
    found: set[type[QAbstractItemModel]] = set()
    for module in pkgutil.walk_packages(desktop.ui.__path__, "desktop.ui."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, type) and issubclass(value, QAbstractItemModel) and "desktop" in value.__module__:
                found.add(value)
    return found


def test_every_model_of_the_window_is_tried_here() -> None:
    assert models() == {RowsModel, Lines, ItemsModel, EntryModel, EntriesModel}


def test_rows_of_a_listing(
    jobs: Jobs, parcels: Callable[[int], Parcels], settle: Settle, qtmodeltester: ModelTester
) -> None:
    model = RowsModel(parcels(400), [Column("number", "Number"), Column("gross", "Amount", 110, "money")], jobs, "EUR")
    qtmodeltester.check(model)
    for query in (Query(), Query(search="INV-2026-0001"), Query(search="nobody"), Query(sort="gross", descending=True)):
        model.set_query(query)
        settle()
        qtmodeltester.check(model)


def test_lines_of_a_form(qtmodeltester: ModelTester) -> None:
    model = Lines([LineColumn("text", "Text"), LineColumn("quantity", "Quantity", "number")])
    qtmodeltester.check(model)
    model.put([{"text": "Setup", "quantity": None}, {"text": "Hours", "quantity": None}])
    qtmodeltester.check(model)
    model.add(1)
    model.add(3)
    assert model.rowCount() == 4
    qtmodeltester.check(model)


def test_items_of_today(qtmodeltester: ModelTester) -> None:
    model = ItemsModel()
    qtmodeltester.check(model)
    items = [
        Item(str(place), str(place), urgency, f"{place} waits", "", "Look", Target("invoices"), due=date(2026, 5, 31))
        for place, urgency in enumerate([*Urgency, max(Urgency)])
    ]
    model.put(items)
    assert model.items == items
    qtmodeltester.check(model)
    model.put([])
    qtmodeltester.check(model)


@pytest.mark.parametrize(
    "model, entries",
    [
        (
            EntryModel(),
            [PaletteEntry("a", "page", "Clients", "", list), PaletteEntry("b", "command", "New run…", "", list)],
        ),
        (EntriesModel(), [Entry(1, "Name changed", "by Ann", "31 May"), Entry(2, "Put on hold", tag="on_hold")]),
    ],
)
def test_entries_of_the_palette_and_of_a_story(
    model: EntryModel | EntriesModel, entries: list[object], qtmodeltester: ModelTester
) -> None:
    qtmodeltester.check(model)
    model.put(entries)  # type: ignore[arg-type]
    assert model.rowCount() == len(entries)
    qtmodeltester.check(model)
    model.put([])
    qtmodeltester.check(model)
