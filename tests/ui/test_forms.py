"""What people type into forms: read in their locale, refused in a sentence, saved by a job."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from threading import Event
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from desktop.errors import UserError
from desktop.i18n import DateForm, date_text, set_language
from desktop.jobs import Job, Lane
from desktop.ui.dialog import FormDialog, Question
from desktop.ui.editors import ChoiceEditor, DateEditor, LinesEditor, MoneyEditor, TextEditor
from desktop.ui.form import Field, Form, Section
from desktop.ui.main_window import MainWindow
from desktop.ui.theme import Theme
from desktop.ui.typed_dates import parse_date

TODAY = date(2026, 11, 21)
CROWD = [(str(number), f"Land {number:02d}") for number in range(20)]


@pytest.mark.parametrize(
    "text, locale, day",
    [
        ("30.11.2026", "de_DE", date(2026, 11, 30)),
        ("30.11.26", "de_DE", date(2026, 11, 30)),
        ("1.2.", "de_DE", date(2026, 2, 1)),
        ("30. November 2026", "de_DE", date(2026, 11, 30)),
        ("3 Mär 2026", "de_DE", date(2026, 3, 3)),
        ("30/11/2026", "en_GB", date(2026, 11, 30)),
        ("11/30/2026", "en_US", date(2026, 11, 30)),
        ("Nov 30, 2026", "en_US", date(2026, 11, 30)),
        ("30 nov", "en_GB", date(2026, 11, 30)),
        ("2026-11-30", "en_US", date(2026, 11, 30)),
        ("2026/11/30", "de_DE", date(2026, 11, 30)),
        ("2026-02-01", "sv_SE", date(2026, 2, 1)),
        ("5 février 2027", "fr_FR", date(2027, 2, 5)),
        ("01.01.99", "de_DE", date(1999, 1, 1)),
        ("29.02.2028", "de_DE", date(2028, 2, 29)),
    ],
)
def test_a_typed_day_is_read_in_the_order_of_the_locale(text: str, locale: str, day: date) -> None:
    assert parse_date(text, TODAY, locale) == day


@pytest.mark.parametrize(
    "text, locale",
    [
        ("30.02.2026", "de_DE"),
        ("11/30/2026", "en_GB"),
        ("29.02.2027", "de_DE"),
        ("tomorrow", "en_GB"),
        ("30", "en_GB"),
        ("1.2.3.4", "de_DE"),
        ("1 Ju 2026", "en_GB"),
        ("1 2 Nov 2026", "en_GB"),
        ("Nov Dec 2026", "en_GB"),
        ("1.2.026", "de_DE"),
        ("", "en_GB"),
    ],
)
def test_what_is_no_day_is_refused_with_an_example(text: str, locale: str) -> None:
    with pytest.raises(UserError) as refused:
        parse_date(text, TODAY, locale)
    assert date_text(TODAY, locale) in refused.value.remedy


@given(st.dates(date(1970, 1, 1), date(2069, 12, 31)), st.sampled_from(["en_GB", "en_US", "de_DE", "fr_FR", "pl_PL"]))
def test_a_day_that_is_shown_can_be_typed(day: date, locale: str) -> None:
    assert parse_date(date_text(day, locale), TODAY, locale) == day


@pytest.mark.parametrize("locale", ["en_GB", "en_US", "de_DE", "fr_FR", "es_ES", "hi_IN"])
def test_a_day_of_each_month_can_be_typed_as_it_is_shown(locale: str) -> None:
    for month in range(1, 13):
        day = date(2026, month, 17)
        for form in get_args(DateForm):
            assert parse_date(date_text(day, locale, form), TODAY, locale) == day
    assert parse_date(day.isoformat(), TODAY, locale) == day


SECTIONS = (
    Section(
        "Client",
        (
            Field("name", "Name", required=True, span=4),
            Field("code", "Code", span=2, note="Yours alone, such as a number."),
            Field("currency", "Currency", "choice", choices=(("EUR", "Euro"), ("JPY", "Yen")), span=3),
            Field("limit", "Credit limit", "money", currency_from="currency", span=3),
        ),
    ),
    Section(
        "Terms",
        (
            Field("discount", "Discount", "percent", span=2),
            Field("days", "Days", "whole", span=2),
            Field("since", "Client since", "date", span=2),
            Field("price", "Price", "number", span=2),
            Field("hold", "On hold", "check", span=2),
            Field("note", "Note", "lines", hint="Shown to nobody else"),
        ),
    ),
)
FULL = {
    "name": "Nordlicht",
    "code": "N-1",
    "currency": "EUR",
    "limit": 123450,
    "discount": Decimal("2.5"),
    "days": 30,
    "since": date(2026, 11, 1),
    "price": Decimal("12.125"),
    "hold": True,
    "note": "Two\nlines",
}


@pytest.fixture
def form(qtbot: QtBot, theme: Theme) -> Form:
    made = Form(SECTIONS, theme)
    qtbot.addWidget(made)
    made.show()
    return made


def field(form: Form, key: str) -> TextEditor:
    editor = form.editor(key)
    assert isinstance(editor, TextEditor)
    return editor


def type_over(qtbot: QtBot, form: Form, key: str, text: str) -> None:
    field(form, key).selectAll()
    qtbot.keyClick(field(form, key), Qt.Key.Key_Delete)
    qtbot.keyClicks(field(form, key), text)


def complaints(form: Form) -> list[str]:
    return [one.text() for one in form.findChildren(QLabel) if one.property("role") == "problem" and one.isVisible()]


def test_what_is_put_in_comes_out_and_counts_as_unchanged(form: Form, qtbot: QtBot) -> None:
    form.put(FULL)
    assert form.values() == FULL
    assert form.check()
    dirty = [form.dirty]
    for days in ("31", "30"):
        type_over(qtbot, form, "days", days)
        dirty.append(form.dirty)
    assert dirty == [False, True, False]


def test_figures_are_read_in_the_users_locale(theme: Theme, qtbot: QtBot) -> None:
    set_language("de_DE")
    form = Form(SECTIONS, theme)
    qtbot.addWidget(form)
    form.put(FULL)
    assert field(form, "limit").text() == "1.234,50"
    type_over(qtbot, form, "limit", "2.000,75")
    type_over(qtbot, form, "discount", "2,5 %")
    type_over(qtbot, form, "since", "3.12.26")
    values = form.values()
    assert (values["limit"], values["discount"], values["since"]) == (200075, Decimal("2.5"), date(2026, 12, 3))


def test_each_field_says_what_is_wrong_and_the_first_has_the_focus(
    form: Form, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    form.put(FULL)
    form.activateWindow()
    type_over(qtbot, form, "name", "")
    type_over(qtbot, form, "limit", "12,3x")
    type_over(qtbot, form, "days", "30.5")
    type_over(qtbot, form, "since", "30 February")
    assert not form.check()
    assert complaints(form) == [
        "Name is needed.",
        "“12,3x” is not a number. Write it like 1,234.5.",
        "“30.5” is not a whole number.",
        f"“30 February” is not a day of the calendar. Write it like {date_text(date.today())}.",
    ]
    qtbot.waitUntil(field(form, "name").hasFocus)
    type_over(qtbot, form, "name", "N")
    assert "Name is needed." not in complaints(form)
    # What cannot be read stays as it was typed.
    assert field(form, "limit").text() == "12,3x"


def test_a_problem_gives_way_to_the_note_again(form: Form) -> None:
    form.put(FULL)
    form.show_problems({"code": "N-1 is taken by Nordlicht GmbH."})
    assert complaints(form) == ["N-1 is taken by Nordlicht GmbH."]
    assert form.editor("code").accessibleDescription() == "N-1 is taken by Nordlicht GmbH."
    form.show_problems({})
    assert complaints(form) == []
    assert form.editor("code").accessibleDescription() == "Yours alone, such as a number."


def test_an_amount_follows_the_currency_of_its_form(form: Form, qtbot: QtBot) -> None:
    form.put(FULL | {"currency": "JPY", "limit": 5000})
    assert field(form, "limit").text() == "5,000"
    type_over(qtbot, form, "limit", "12.50")
    assert not form.check()
    assert complaints(form)[0].startswith("JPY has 0 decimals")
    choice = form.editor("currency")
    assert isinstance(choice, ChoiceEditor)
    qtbot.keyClick(choice, Qt.Key.Key_Up)
    assert form.check()
    assert form.values()["limit"] == 1250


def test_what_was_understood_is_shown_back(form: Form, qtbot: QtBot) -> None:
    form.activateWindow()
    limit = form.editor("limit")
    assert isinstance(limit, MoneyEditor)
    limit.setFocus()
    qtbot.waitUntil(limit.hasFocus)
    qtbot.keyClicks(limit, "1234.5")
    qtbot.keyClick(limit, Qt.Key.Key_Tab)
    assert limit.text() == "1,234.50"


def test_empty_fields_are_none(form: Form) -> None:
    values = form.values()
    assert values.pop("hold") is False
    assert set(values.values()) == {None}


def test_many_choices_are_found_by_typing_part_of_a_name(qtbot: QtBot) -> None:
    editor = ChoiceEditor([(number, f"Client {number:03d}") for number in range(200)])
    qtbot.addWidget(editor)
    editor.show()
    line = editor.lineEdit()
    assert line is not None
    assert editor.value() is None
    qtbot.keyClicks(editor, "client 117")
    assert editor.value() == 117
    editor.setEditText("Client 9999")
    with pytest.raises(UserError, match="not in the list"):
        editor.value()
    editor.put(5)
    assert editor.currentText() == "Client 005"
    line.selectAll()
    qtbot.keyClicks(line, "client 00")
    with pytest.raises(UserError, match="not in the list"):
        editor.value()
    editor.put(None)
    assert editor.value() is None


def test_the_beginning_of_one_name_alone_is_understood_and_shown_in_full(qtbot: QtBot) -> None:
    editor = ChoiceEditor([("DE", "Germany"), ("GE", "Georgia"), ("NG", "Niger"), ("NE", "Nigeria"), *CROWD])
    qtbot.addWidget(editor)
    editor.show()
    line = editor.lineEdit()
    assert line is not None
    for typed, shown, value in (("ger", "Germany", "DE"), ("Niger", "Niger", "NG"), ("nigeri", "Nigeria", "NE")):
        line.selectAll()
        qtbot.keyClicks(line, typed)
        assert editor.value() == value
        with qtbot.waitSignal(editor.changed, raising=shown != typed, timeout=100 if shown == typed else 5000):
            line.editingFinished.emit()
        assert editor.currentText() == shown
    line.selectAll()
    qtbot.keyClicks(line, "ge")
    with pytest.raises(UserError, match="not in the list"):
        editor.value()


def test_a_day_is_taken_from_the_calendar(qtbot: QtBot, theme: Theme) -> None:
    from PySide6.QtWidgets import QCalendarWidget

    editor = DateEditor(theme)
    qtbot.addWidget(editor)
    editor.show()
    editor.put(date(2026, 11, 30))
    qtbot.keyClick(editor, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    sheet = next(one for one in QApplication.allWidgets() if isinstance(one, QCalendarWidget))
    assert sheet.selectedDate().toPython() == date(2026, 11, 30)
    with qtbot.waitSignal(editor.changed):
        sheet.activated.emit(sheet.selectedDate().addDays(1))
    assert editor.value() == date(2026, 12, 1)


def test_tab_leaves_a_field_of_several_lines(qtbot: QtBot) -> None:
    editor = LinesEditor()
    qtbot.addWidget(editor)
    qtbot.keyClicks(editor, "one")
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.value() == "one"


Saved = list[dict[str, object]]


@pytest.fixture
def saved() -> Saved:
    return []


@pytest.fixture
def dialog(window: MainWindow, theme: Theme, saved: Saved, qtbot: QtBot) -> FormDialog:
    def save(values: dict[str, object]) -> Job:
        def work(_report: object) -> str:
            if values["code"] == "taken":
                raise UserError("The code is taken.", "Choose another one.")
            saved.append(values)
            return "done"

        return Job("Save the client", work, {"clients"}, lane=Lane.HAND)

    window.show()
    form = Form(SECTIONS, theme)
    form.put(FULL)
    made = FormDialog(window.shell, "New client", form, "Save the client", save, window)
    made.open()
    return made


def verb(dialog: QWidget, text: str) -> QPushButton:
    return next(one for one in dialog.findChildren(QPushButton) if one.text() == text and one.isVisible())


def test_a_dialog_saves_by_a_job_and_closes(
    dialog: FormDialog, saved: Saved, window: MainWindow, qtbot: QtBot, settle: Callable[[], None]
) -> None:
    with qtbot.waitSignals([dialog.saved, window.shell.jobs.changed]):
        qtbot.mouseClick(verb(dialog, "Save the client"), Qt.MouseButton.LeftButton)
    assert saved == [FULL]
    settle()


def test_a_dialog_that_cannot_save_stays_and_says_why(
    dialog: FormDialog, saved: Saved, qtbot: QtBot, settle: Callable[[], None]
) -> None:
    dialog.form.editor("code").put("taken")
    qtbot.mouseClick(verb(dialog, "Save the client"), Qt.MouseButton.LeftButton)
    settle()
    assert dialog.isVisible()
    assert dialog.said == "The code is taken. Choose another one."
    assert verb(dialog, "Save the client").isEnabled()
    assert saved == []


def test_a_dialog_does_not_save_what_cannot_be_read(
    dialog: FormDialog, saved: Saved, qtbot: QtBot, settle: Callable[[], None]
) -> None:
    name = dialog.form.editor("name")
    assert isinstance(name, TextEditor)
    name.clear()
    qtbot.mouseClick(verb(dialog, "Save the client"), Qt.MouseButton.LeftButton)
    settle()
    assert dialog.isVisible()
    assert saved == []


def test_esc_does_not_drop_what_was_typed_without_asking(dialog: FormDialog, qtbot: QtBot) -> None:
    type_over(qtbot, dialog.form, "name", "Other")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert dialog.said == "This is not saved yet."
    qtbot.mouseClick(verb(dialog, "Drop the changes"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not isValid(dialog))


def test_esc_takes_a_save_back_that_waits_and_never_leaves_one_behind(
    dialog: FormDialog, saved: Saved, window: MainWindow, qtbot: QtBot, settle: Callable[[], None]
) -> None:
    gate = Event()
    window.shell.jobs.start(Job("A run", lambda _report: gate.wait(5), lane=Lane.HAND))
    type_over(qtbot, dialog.form, "name", "Other")
    dialog.accept()
    dialog.accept()
    for _time in range(3):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: dialog.form.isEnabled())
    assert dialog.isVisible()
    gate.set()
    settle()
    assert saved == []
    with qtbot.waitSignal(dialog.saved):
        dialog.accept()
    assert [one["name"] for one in saved] == ["Other"]


def test_a_save_under_way_is_not_dropped_by_esc(
    dialog: FormDialog, saved: Saved, window: MainWindow, qtbot: QtBot, settle: Callable[[], None]
) -> None:
    gate, begun = Event(), Event()

    def work(_report: object) -> str:
        begun.set()
        gate.wait(5)
        raise UserError("The code is taken.", "Choose another one.")

    dialog._save = lambda _values: Job("Save", work, {"clients"}, lane=Lane.HAND)
    dialog.accept()
    begun.wait(5)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    gate.set()
    settle()
    assert dialog.isVisible()
    assert dialog.said == "The code is taken. Choose another one."


def test_an_unchanged_dialog_closes_at_once(dialog: FormDialog, qtbot: QtBot) -> None:
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not isValid(dialog))


def test_a_question_acts_only_on_its_verb(window: MainWindow, qtbot: QtBot) -> None:
    window.show()
    done: list[int] = []

    def ask() -> Question:
        question = Question(
            window, "Write off €120.00?", "It cannot be taken back.", "Write off", lambda: done.append(1)
        )
        question.open()
        return question

    question = ask()
    qtbot.keyClick(window.findChild(Question), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not isValid(question))
    assert done == []
    question = ask()
    qtbot.mouseClick(verb(question, "Write off"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not isValid(question))
    assert done == [1]


def test_typing_begins_in_the_first_field_and_enter_saves(window: MainWindow, qtbot: QtBot) -> None:
    form = Form([Section("", [Field("name", "Name"), Field("city", "City")])], window.shell.theme)
    saved: list[object] = []

    def save(values: dict[str, object]) -> Job:
        return Job("Saving", lambda _report: values["name"])

    window.show()
    dialog = FormDialog(window.shell, "New", form, "Save", save, window)
    dialog.saved.connect(saved.append)
    dialog.open()
    qtbot.waitUntil(lambda: form.editor("name").hasFocus())
    qtbot.keyClicks(form.editor("name"), "Acme")
    qtbot.keyClick(form.editor("name"), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: saved == ["Acme"])


def test_enter_is_not_the_answer_to_a_question(window: MainWindow, qtbot: QtBot) -> None:
    done: list[str] = []
    window.show()
    question = Question(window, "Delete it?", "It cannot be undone.", "Delete", lambda: done.append("deleted"))
    question.open()
    qtbot.waitUntil(question.isVisible)
    qtbot.keyClick(question, Qt.Key.Key_Return)
    qtbot.wait(50)
    assert done == []
