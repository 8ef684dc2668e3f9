"""Charts of reports: what is painted stands where its figures say, also mirrored, and says itself in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage, QRegion
from pytestqt.qtbot import QtBot

from desktop.services.reports import Chart as Told
from desktop.services.reports import Mark, report
from desktop.ui.charts.chart import Chart
from desktop.ui.charts.limits import LimitsChart
from desktop.ui.charts.plot import Plot
from desktop.ui.charts.ranges import RangesChart
from desktop.ui.reports.picture import Picture
from desktop.ui.theme import Theme
from tests.books import new_book
from tests.issued import add_client, add_invoice

WIDTH, HEIGHT = 600, 160
TODAY = date(2026, 6, 30)


@pytest.fixture(params=["light", "dark"])
def either(request: pytest.FixtureRequest, theme: Theme) -> Theme:
    theme.set_mode(request.param)
    return theme


def told(shape: str, marks: Sequence[Mark]) -> Told:
    return Told("DSO, days", shape, "days", "EUR", marks)  # type: ignore[arg-type]


def with_limits(*sizes: int | None) -> Told:
    return told(
        "line", [Mark(f"M{at}", f"M{at}: {size}", size, 100, 200, 300, size == 400) for at, size in enumerate(sizes)]
    )


def painted(qtbot: QtBot, chart: Plot, what: Told) -> QImage:
    """The chart on a ground that no chart has."""
    qtbot.addWidget(chart)
    chart.setFixedSize(WIDTH, HEIGHT)
    chart.show_told(what)
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor("#00FF00"))
    chart.render(image, QPoint(), QRegion(), Chart.RenderFlag.DrawChildren)
    return image


def colors_near(image: QImage, x: float, y: float, reach: int) -> set[str]:
    return {
        image.pixelColor(int(x) + dx, int(y) + dy).name()
        for dx in range(-reach, reach + 1)
        for dy in range(-reach, reach + 1)
    }


def test_values_stand_at_their_heights_and_a_signal_has_a_shape_of_its_own(qtbot: QtBot, either: Theme) -> None:
    chart = LimitsChart(either, HEIGHT)
    image = painted(qtbot, chart, with_limits(150, 400, None, 250))
    first, signal = chart.point(0, 150), chart.point(1, 400)
    assert signal.y() < chart.height_of(300) < first.y() < chart.height_of(100) < chart.room().bottom()
    assert image.pixelColor(int(first.x()), int(first.y())) == either.color("note")
    assert image.pixelColor(int(signal.x()), int(signal.y())) == either.color("blocked")
    # A diamond is wider than a dot, and the gap has nothing but its limits.
    assert image.pixelColor(int(signal.x()) + 3, int(signal.y())) == either.color("blocked")
    assert image.pixelColor(int(first.x()) + 4, int(first.y())) != either.color("note")
    gap = chart.spot(2).center().x()
    assert either.color("note").name() not in colors_near(image, gap, chart.height_of(150), 3)


def test_bars_grow_from_zero_with_their_range_over_them(qtbot: QtBot, either: Theme) -> None:
    chart = RangesChart(either, HEIGHT)
    marks = [Mark("a", "a", 200, 100, None, 300), Mark("b", "b", 100, 100, None, 100), Mark("c", "c", 0)]
    image = painted(qtbot, chart, told("bars", marks))
    assert chart.bar(0).height() == pytest.approx(2 * chart.bar(1).height())
    assert chart.bar(2).isEmpty()
    assert chart.bar(0).bottom() == pytest.approx(chart.height_of(0))
    top = chart.point(0, 300)
    assert either.color("text").name() in colors_near(image, top.x(), top.y(), 2)
    # Where nothing may be off there is no range.
    above = chart.point(1, 100)
    assert either.color("text").name() not in colors_near(image, above.x(), above.y() - 6, 3)


def test_it_is_mirrored_where_one_reads_from_right_to_left(qtbot: QtBot, theme: Theme) -> None:
    for chart, what in (
        (LimitsChart(theme, HEIGHT), with_limits(150, 250)),
        (RangesChart(theme, HEIGHT), told("bars", [Mark("a", "a", 1), Mark("b", "b", 2)])),
    ):
        left = painted(qtbot, chart, what)
        assert chart.spot(0).left() < chart.spot(1).left()
        chart.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        right = painted(qtbot, chart, what)
        assert chart.spot(0).left() > chart.spot(1).left()
        assert left != right


def test_it_says_all_of_itself_and_each_value_under_the_mouse(qtbot: QtBot, theme: Theme) -> None:
    chart = LimitsChart(theme, HEIGHT)
    painted(qtbot, chart, with_limits(150, 250))
    assert (chart.accessibleName(), chart.accessibleDescription()) == ("DSO, days", "M0: 150; M1: 250")
    found = chart.value_at(chart.spot(1).center().toPoint())
    assert found is not None
    assert found.words == "M1: 250"
    assert [chart.tick_text(size) for size in (0, 150)] == ["0", "15"]


def test_labels_are_left_out_where_they_would_touch(qtbot: QtBot, either: Theme) -> None:
    chart = LimitsChart(either, HEIGHT)
    many = told("line", [Mark("September 2026", "x", 10 * at) for at in range(24)])
    # Painting twenty-four long labels in this width must neither fail nor leave the room.
    image = painted(qtbot, chart, many)
    assert image.pixelColor(1, HEIGHT // 2).name() == "#00ff00"


@pytest.mark.parametrize("months", [0, 1, 24])
def test_a_picture_of_no_one_and_many_months(qtbot: QtBot, theme: Theme, tmp_path: Path, months: int) -> None:
    picture = Picture(theme)
    qtbot.addWidget(picture)
    with new_book(tmp_path) as book:
        client = add_client(book, "ACME")
        for place in range(months):
            number = (2026 * 12 + 5) - (months - 1) + place
            add_invoice(book, client, date(number // 12, number % 12 + 1, 5), (10_000 + 700 * (place % 3), 0))
        picture.show_report(report(book, "control", as_of=TODAY, by="revenue"))
        assert (picture.chart is not None) == (months > 0)
        if picture.chart is not None:
            assert len(picture.chart.marks) == months
        assert ("Limits need 6 months" in picture.notes) == (months < 24)
        picture.show_report(report(book, "open", as_of=TODAY))
        assert (picture.chart, picture.notes) == (None, "")
        assert picture.isHidden()
