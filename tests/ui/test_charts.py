"""Small charts: what is painted stands where the values say, in the colours of the theme, and is said in words."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QHelpEvent, QImage, QRegion
from PySide6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot

from desktop.ui.charts.bars import BarChart
from desktop.ui.charts.chart import Chart, Value
from desktop.ui.charts.line import LineChart
from desktop.ui.charts.parts import PartsChart
from desktop.ui.theme import Theme

WIDTH, HEIGHT = 120, 40


@pytest.fixture(params=["light", "dark"])
def either(request: pytest.FixtureRequest, theme: Theme) -> Theme:
    theme.set_mode(request.param)
    return theme


def values(*sizes: int | None) -> list[Value]:
    return [Value(size, f"value {place}: {size}") for place, size in enumerate(sizes)]


def painted(qtbot: QtBot, chart: Chart, sizes: Sequence[int | None]) -> QImage:
    """The chart on a ground that no chart has."""
    qtbot.addWidget(chart)
    chart.setFixedSize(WIDTH, HEIGHT)
    chart.put(values(*sizes))
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor("#00FF00"))
    chart.render(image, QPoint(), QRegion(), Chart.RenderFlag.DrawChildren)
    return image


def is_ground(image: QImage, x: float, y: float) -> bool:
    return image.pixelColor(int(x), int(y)) == QColor("#00FF00")


def height_at(image: QImage, x: float) -> int:
    return sum(not is_ground(image, x, y) for y in range(image.height()))


def test_bars_are_as_tall_as_their_values_and_the_last_is_in_full_colour(qtbot: QtBot, either: Theme) -> None:
    chart = BarChart(either, HEIGHT, "Billed")
    image = painted(qtbot, chart, [100, 50, 0, 25])
    middles = [chart.spot(place).center().x() for place in range(4)]
    assert [height_at(image, x) for x in middles] == [HEIGHT, HEIGHT // 2, 1, HEIGHT // 4]
    assert image.pixelColor(int(middles[3]), HEIGHT - 3) == either.color("note")
    faint = image.pixelColor(int(middles[0]), HEIGHT - 3)
    assert faint not in (either.color("note"), QColor("#00FF00"))


def test_a_month_below_zero_hangs_from_the_line(qtbot: QtBot, theme: Theme) -> None:
    chart = BarChart(theme, HEIGHT, "Billed")
    image = painted(qtbot, chart, [30, -10])
    up, down = (chart.spot(place).center().x() for place in range(2))
    assert not is_ground(image, up, 2)
    assert is_ground(image, up, HEIGHT - 2)
    assert is_ground(image, down, 2)
    assert not is_ground(image, down, HEIGHT - 2)


def test_a_line_goes_through_its_values_and_ends_in_a_dot(qtbot: QtBot, either: Theme) -> None:
    chart = LineChart(either, HEIGHT, "Owed")
    image = painted(qtbot, chart, [0, 10, None, 10, 5])
    top, low = chart.point(1), chart.point(0)
    assert top is not None
    assert low is not None
    assert (round(top.y()), round(low.y())) == (3, HEIGHT - 3)
    assert chart.point(2) is None
    # Above the line nothing is painted, and nothing where a month has no value.
    assert is_ground(image, chart.spot(2).center().x(), HEIGHT - 2)
    dot = chart.point(4)
    assert dot is not None
    assert image.pixelColor(int(dot.x()) - 1, int(dot.y())) == either.color("note")
    assert is_ground(image, dot.x() - 1, dot.y() - 8)


def test_parts_share_the_width(qtbot: QtBot, either: Theme) -> None:
    chart = PartsChart(either, HEIGHT, "By age")
    image = painted(qtbot, chart, [50, 0, 25, 0, 25])
    wide = [chart.spot(place).width() for place in range(5)]
    assert wide[1] == wide[3] == 0
    assert abs(wide[0] - 2 * wide[2]) <= 3
    assert chart.spot(4).right() == pytest.approx(WIDTH)
    assert image.pixelColor(int(chart.spot(4).center().x()), HEIGHT // 2) == either.color("blocked")
    assert len({image.pixelColor(int(chart.spot(place).center().x()), 20).name() for place in (0, 2, 4)}) == 3


def test_nothing_at_all_is_a_quiet_line(qtbot: QtBot, either: Theme) -> None:
    image = painted(qtbot, PartsChart(either, HEIGHT, "By age"), [0, 0])
    assert image.pixelColor(WIDTH // 2, HEIGHT // 2) == either.color("line")
    assert is_ground(painted(qtbot, LineChart(either, HEIGHT, "Owed"), []), WIDTH / 2, HEIGHT / 2)


def test_colours_follow_the_theme(qtbot: QtBot, theme: Theme) -> None:
    chart = BarChart(theme, HEIGHT, "Billed")
    before = painted(qtbot, chart, [10]).pixelColor(WIDTH // 2, HEIGHT // 2)
    theme.set_mode("dark")
    after = painted(qtbot, chart, [10]).pixelColor(WIDTH // 2, HEIGHT // 2)
    assert before != after == theme.color("note")


def test_what_is_read_from_right_to_left_is_mirrored(qtbot: QtBot, theme: Theme) -> None:
    for chart in (BarChart(theme, HEIGHT, "a"), LineChart(theme, HEIGHT, "b"), PartsChart(theme, HEIGHT, "c")):
        chart.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        painted(qtbot, chart, [10, 20, 30])
        assert chart.spot(0).left() > chart.spot(1).left() > chart.spot(2).left()
        if isinstance(chart, LineChart):
            first, last = chart.point(0), chart.point(2)
            assert first is not None
            assert last is not None
            assert first.x() > last.x()


def test_a_chart_says_what_it_shows(qtbot: QtBot, theme: Theme) -> None:
    chart = BarChart(theme, HEIGHT, "Billed in twelve months")
    painted(qtbot, chart, [10, 20])
    assert chart.accessibleName() == "Billed in twelve months"
    assert chart.accessibleDescription() == "value 0: 10; value 1: 20"
    found = chart.value_at(QPoint(WIDTH - 5, 5))
    assert found is not None
    assert found.words == "value 1: 20"
    chart.show()
    where = QPoint(5, 5)
    chart.event(QHelpEvent(QEvent.Type.ToolTip, where, chart.mapToGlobal(where)))
    qtbot.waitUntil(lambda: QToolTip.text() == "value 0: 10")
