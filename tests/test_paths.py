"""Each folder stands where its system expects it, and belongs to its user alone."""

import sys
from pathlib import Path

import pytest

from desktop import paths


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    return tmp_path


FOLDERS = (paths.config_dir, paths.data_dir, paths.cache_dir, paths.log_dir)


def test_linux(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert [str(folder().relative_to(home)) for folder in FOLDERS] == [
        ".config/sheaf",
        ".local/share/sheaf",
        ".cache/sheaf",
        ".local/state/sheaf/log",
    ]
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "elsewhere"))
    assert paths.config_dir() == home / "elsewhere" / "sheaf"
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")
    assert paths.config_dir() == home / ".config" / "sheaf"


def test_mac(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert [str(folder().relative_to(home)) for folder in FOLDERS] == [
        "Library/Preferences/sheaf",
        "Library/Application Support/sheaf",
        "Library/Caches/sheaf",
        "Library/Logs/sheaf",
    ]


def test_windows(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("APPDATA", str(home / "Roaming"))
    monkeypatch.setenv("LOCALAPPDATA", str(home / "Local"))
    assert [folder().relative_to(home).as_posix() for folder in FOLDERS] == [
        "Roaming/sheaf",
        "Local/sheaf",
        "Local/sheaf/cache",
        "Local/sheaf/log",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps its rights elsewhere")
def test_others_on_the_computer_cannot_read_them(home: Path) -> None:
    assert all(folder().stat().st_mode & 0o077 == 0 for folder in FOLDERS)


def test_documents(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert paths.documents_dir() == home
    (home / "Documents").mkdir()
    assert paths.documents_dir() == home / "Documents"
    (home / ".config").mkdir()
    (home / "Dokumente").mkdir()
    (home / ".config" / "user-dirs.dirs").write_text('# made by xdg\nXDG_DOCUMENTS_DIR="$HOME/Dokumente"\n')
    assert paths.documents_dir() == home / "Dokumente"


def test_resources_stand_beside_the_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert paths.resource().parent == Path(paths.__file__).resolve().parent.parent
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert paths.resource("fonts/body.ttf") == tmp_path / "resources" / "fonts" / "body.ttf"
