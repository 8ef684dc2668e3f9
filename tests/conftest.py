"""What every test stands on: no screen, no trace in the user's own folders, one language, and word of a crash."""

import gc
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests import crashes

# Before anything imports Qt.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# The keyring of whoever runs the tests is theirs; those of the keyring itself bring their own.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

# The two cores of a small build machine are no measure of a property's speed;
# a gate that may fail by chance on an innocent change teaches people to ignore it.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "local")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    crashes.watch(config)


@pytest.fixture(autouse=True)
def _widgets_die_in_the_main_thread(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whoever has no window has workers all the same, and Python clears the rings of earlier tests in any thread."""
    if "qapp" not in request.fixturenames:
        if not gc.isenabled():
            gc.collect()
            gc.enable()
        yield
        return
    gc.disable()
    yield
    gc.collect(1)
    if gc.get_count()[2] > gc.get_threshold()[2]:
        gc.collect()


@pytest.fixture(scope="session", autouse=True)
def _users_own_folders() -> Iterator[None]:
    """Settings, logs and caches of the tests, and of the commands they start, go to a folder that is thrown away."""
    names = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")
    before = {name: os.environ.get(name) for name in names}
    with tempfile.TemporaryDirectory(prefix="sheaf-tests-") as folder:
        for name in names:
            os.environ[name] = str(Path(folder) / name.lower())
        # Thousands of books are closed here; the tests of backups choose for themselves.
        config = Path(os.environ["XDG_CONFIG_HOME"]) / "sheaf"
        config.mkdir(parents=True)
        (config / "backups.json").write_text('{"automatic": false}', encoding="utf-8")
        yield
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Figures and texts do not depend on the computer that runs the test, nor on the test before."""
    from desktop.i18n import set_language

    set_language("en_GB")
    yield
    set_language("en_GB")
