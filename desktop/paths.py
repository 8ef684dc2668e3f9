"""Where things lie: what ships with the program, and what it may write for this user.

Standard library only, so that a command does not load Qt to find a font.
"""

import os
import sys
from pathlib import Path

_APP = "sheaf"


def resource(path: str = "") -> Path:
    """A file or folder under `resources`; the caller finds out whether it exists.

    `resources` stands beside `desktop` in a checkout, in an installation and in a frozen program alike.
    """
    frozen: str | None = getattr(sys, "_MEIPASS", None)
    root = Path(frozen) if frozen else Path(__file__).resolve().parent.parent
    return root / "resources" / path


def config_dir() -> Path:
    """The user's settings: small, worth a backup. Made if missing."""
    return _made(_per_user("APPDATA", "Library/Preferences", "XDG_CONFIG_HOME", ".config"))


def data_dir() -> Path:
    """What the program keeps for the user beside the books: profiles, layouts. Made if missing."""
    return _made(_per_user("LOCALAPPDATA", "Library/Application Support", "XDG_DATA_HOME", ".local/share"))


def cache_dir() -> Path:
    """What can be made again at any time. Made if missing."""
    folder = _per_user("LOCALAPPDATA", "Library/Caches", "XDG_CACHE_HOME", ".cache")
    return _made(folder / "cache" if sys.platform == "win32" else folder)


def log_dir() -> Path:
    """The log files. Made if missing."""
    if sys.platform == "darwin":
        return _made(Path.home() / "Library" / "Logs" / _APP)
    if sys.platform == "win32":
        return _made(data_dir() / "log")
    return _made(_per_user("", "", "XDG_STATE_HOME", ".local/state") / "log")


def documents_dir() -> Path:
    """The folder where people keep their own files: documents where the system has such a folder, else home."""
    home = Path.home()
    documents = home / "Documents"
    if sys.platform not in ("win32", "darwin"):
        documents = _xdg_documents(home) or documents
    return documents if documents.is_dir() else home


def _per_user(windows: str, mac: str, xdg: str, fallback: str) -> Path:
    if sys.platform == "win32":
        base = os.environ.get(windows)
        return (Path(base) if base else Path.home() / "AppData" / "Local") / _APP
    if sys.platform == "darwin":
        return Path.home() / mac / _APP
    base = os.environ.get(xdg)
    # The XDG rules say that a relative path is to be ignored.
    return (Path(base) if base and Path(base).is_absolute() else Path.home() / fallback) / _APP


def _xdg_documents(home: Path) -> Path | None:
    config = os.environ.get("XDG_CONFIG_HOME") or str(home / ".config")
    try:
        lines = (Path(config) / "user-dirs.dirs").read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    for line in lines:
        name, equals, value = line.strip().partition("=")
        if name == "XDG_DOCUMENTS_DIR" and equals:
            return Path(value.strip('"').replace("$HOME", str(home)))
    return None


def _made(folder: Path) -> Path:
    # The log quotes clients' names: others on this computer have no business there.
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
