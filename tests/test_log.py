"""The log keeps every bug's traceback and never stands in the way."""

import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop import log


@pytest.fixture(autouse=True)
def stopped() -> Iterator[None]:
    level = logging.getLogger().level
    yield
    log.stop()
    logging.getLogger().setLevel(level)


def _raise(error: BaseException) -> None:
    try:
        raise error
    except BaseException:
        kind, value, trace = sys.exc_info()
        assert kind is not None
        assert value is not None
        sys.excepthook(kind, value, trace)


def test_an_uncaught_error_is_logged_and_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = log.start(tmp_path)
    assert file is not None
    password = "s3cret"
    _raise(ZeroDivisionError("no such share"))
    text = file.read_text(encoding="utf-8")
    assert "ZeroDivisionError: no such share" in text
    assert "test_log.py" in text
    assert password not in text
    assert "no such share" in capsys.readouterr().err


def test_an_error_of_a_thread_reaches_log_and_window(tmp_path: Path) -> None:
    file = log.start(tmp_path)
    assert file is not None
    shown: list[BaseException] = []
    log.catch_bugs(shown.append)
    thread = threading.Thread(target=lambda: 1 // 0)
    thread.start()
    thread.join()
    assert [type(error) for error in shown] == [ZeroDivisionError]
    assert "ZeroDivisionError" in file.read_text(encoding="utf-8")


def test_an_interrupt_is_no_bug(tmp_path: Path) -> None:
    file = log.start(tmp_path)
    assert file is not None
    _raise(KeyboardInterrupt())
    assert file.read_text(encoding="utf-8") == ""


def test_the_log_does_not_grow_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "_BYTES_A_FILE", 1000)
    log.start(tmp_path)
    for number in range(200):
        logging.getLogger("sheaf").info("line %d of the log", number)
    files = sorted(file.name for file in tmp_path.iterdir())
    assert files == ["sheaf.log", "sheaf.log.1", "sheaf.log.2", "sheaf.log.3"]
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 4000


def test_a_folder_that_cannot_be_written_does_not_stop_the_program(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert log.start(tmp_path / "file" / "log") is None
