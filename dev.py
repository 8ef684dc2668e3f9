#!/usr/bin/env python3
"""Two commands from a bare clone: `python3 dev.py run` and `python3 dev.py test`.

Standard library only, because it runs before anything is installed.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import importlib.util
import os
import platform
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "set-up"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OLDEST_PYTHON = (3, 11)

USAGE = """\
usage: python3 dev.py COMMAND [arguments]

  run [--to DIR]      open the window with a sample firm; without a screen, bill the sample firm here
  test [arguments]    run the tests; arguments go to pytest
  setup               install what the program needs into .venv; the command is then .venv/bin/sheaf
  screenshots [...]   take pictures of the real window
  texts               bring the translations up to date with the program and compile them
  bench [...]         measure, as ratios against the floors
  build [--to DIR]    make the installers of this system in dist/
"""

# What Qt loads even without a screen, and what it needs to open a real window under X: library, Debian package.
LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
}
LIBRARIES_OF_X = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}

# Servers that tests talk to as the program does in the field: command, Debian package.
SERVERS = {
    "postfix": "postfix",
    "dovecot": "dovecot-imapd",
    "cupsd": "cups",
    "lp": "cups-client",
    "gnome-keyring-daemon": "gnome-keyring",
    "dbus-run-session": "dbus",
    "crontab": "cron",
    "systemd-analyze": "systemd",
    "/usr/lib/cups/backend/cups-pdf": "printer-driver-cups-pdf",
}

# What makes the installers: command, Debian package.
BUILDERS = {"dpkg-deb": "dpkg", "strip": "binutils", "objdump": "binutils", "makensis": "nsis"}


class Stop(Exception):
    """The command cannot go on; the text says why and what to do."""


def main(argv: list[str]) -> int:
    """The exit code of the command."""
    command, arguments = (argv[0], argv[1:]) if argv else ("", [])
    commands = {
        "run": run,
        "test": test,
        "setup": setup,
        "screenshots": screenshots,
        "texts": texts,
        "bench": bench,
        "build": build,
    }
    if command in ("-h", "--help", "help"):
        print(USAGE, end="")
        return 0
    if command not in commands:
        print(USAGE, end="", file=sys.stderr)
        return 2
    try:
        return commands[command](arguments)
    except Stop as stop:
        print(stop, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def setup(arguments: list[str]) -> int:
    """Install, unless nothing changed since the last time."""
    if arguments:
        raise Stop(f"setup takes no arguments, but got: {shlex.join(arguments)}")
    prepare(window=has_screen())
    print(f"Ready. The command is {PYTHON.with_name('sheaf.exe' if os.name == 'nt' else 'sheaf')}")
    return 0


def test(arguments: list[str]) -> int:
    """Run the tests on two processes, without a screen."""
    prepare()
    if sys.platform == "linux":
        prepare_servers()
    # Whole files would leave one process waiting for the other's slowest.
    return python("-m", "pytest", "-n", "2", "--dist", "worksteal", *arguments, QT_QPA_PLATFORM="offscreen")


def run(arguments: list[str]) -> int:
    """Show the main job: in the window, or, where there is no screen, here."""
    parser = argparse.ArgumentParser(prog="dev.py run", description="Show the program with a sample firm.")
    parser.add_argument("--to", type=Path, metavar="DIR", help="where the sample firm goes (default: your documents)")
    wanted: Path | None = parser.parse_args(arguments).to
    window = has_screen()
    prepare(window=window)
    folder = wanted.expanduser().resolve() if wanted else documents_dir() / "sheaf-sample"
    return show_window(folder) if window else show_here(fresh(folder))


def show_window(folder: Path) -> int:
    book = folder / "sample.sheaf"
    if not book.exists():
        folder.mkdir(parents=True, exist_ok=True)
        sheaf("sample", str(book), "--clients", "60")
    return python("-m", "desktop", str(book))


def show_here(folder: Path) -> int:
    book, invoices = folder / "sample.sheaf", folder / "invoices"
    print("There is no screen, so the sample firm is billed here.", flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    sheaf("sample", str(book), "--clients", "60")
    sheaf("bill", str(book), "--render", str(invoices))
    count = len(list(invoices.rglob("*.pdf")))
    command = shlex.join([str(PYTHON.with_name("sheaf")), "exceptions", str(book)])
    print(f"\n{count} invoices lie as PDFs in {invoices}\nWhat waits for a person: {command}")
    return 0


def screenshots(arguments: list[str]) -> int:
    """Take the pictures of the README."""
    prepare()
    return python("-m", "tests.screenshots", *arguments, QT_QPA_PLATFORM="offscreen")


def texts(arguments: list[str]) -> int:
    """Collect the program's texts into the catalogues and compile these."""
    prepare()
    return python("-m", "tests.texts", *arguments)


def bench(arguments: list[str]) -> int:
    """Measure against the floors."""
    prepare()
    return python("-m", "tests.perf", *arguments, QT_QPA_PLATFORM="offscreen")


def build(arguments: list[str]) -> int:
    """Make the installers of this system in dist/."""
    prepare()
    if sys.platform == "linux":
        missing = [package for library, package in {**LIBRARIES, **LIBRARIES_OF_X}.items() if not loads(library)]
        missing += [package for command, package in BUILDERS.items() if not shutil.which(command)]
        if missing and (os.geteuid() != 0 or not shutil.which("apt-get")):
            raise Stop(f"Building needs some more. Install it, then try again:\n  {typed_line(missing)}")
        if missing and (said := install_packages(missing)) is not None:
            raise Stop(f"{said}\nThe system packages could not be installed. The line was:\n  {typed_line(missing)}")
    pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    if python(*pip, "--constraint", "constraints.txt", "--editable", ".[build]"):
        raise Stop("What builds the program could not be installed; pip's reason stands above.")
    return python("packaging/make.py", *arguments)


def prepare(window: bool = False) -> None:
    """Everything in place to start the program; `window` asks for a real one. Raises Stop where a person must act."""
    if sys.version_info < OLDEST_PYTHON:
        have, need = platform.python_version(), ".".join(map(str, OLDEST_PYTHON))
        raise Stop(f"Sheaf needs Python {need} or later, and this is {have} ({sys.executable}).")
    if sys.platform == "linux":
        prepare_system(window)
    if not is_set_up():
        install()


def prepare_system(window: bool) -> None:
    """Debian's libraries: installed by root, named for everyone else."""
    missing = missing_packages(window)
    if not missing:
        return
    if not shutil.which("apt-get"):
        raise Stop(
            f"These are missing, under their Debian names: {' '.join(missing)}\n"
            "Install what your system calls them, then try again."
        )
    if os.geteuid() != 0:
        raise Stop(f"Some system packages are missing. Install them, then try again:\n  {typed_line(missing)}")
    said = install_packages(missing)
    importlib.invalidate_caches()
    if said is not None or missing_packages(window):
        raise Stop(f"{said or ''}\nThe system packages could not be installed. The line was:\n  {typed_line(missing)}")


def prepare_servers() -> None:
    """What tests of delivery talk to: root installs it, others are told what is skipped. CI skips nothing."""
    missing = missing_servers()
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        said = install_packages(missing)
        if said is not None:
            print(said, flush=True)
        missing = missing_servers()
    if not missing:
        return
    if os.environ.get("CI"):
        raise Stop(f"CI tests with real servers, and some are missing. Install them:\n  {typed_line(missing)}")
    print(f"Tests that need these are skipped. To have them run, too:\n  {typed_line(missing)}", flush=True)


def missing_servers() -> list[str]:
    """Debian packages of the servers that are not there."""
    # The path of a person leaves out where servers lie.
    folders = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", "/sbin"])
    return [
        package
        for command, package in SERVERS.items()
        if not (Path(command).exists() if command.startswith("/") else shutil.which(command, path=folders))
    ]


def install_line(packages: list[str]) -> list[str]:
    return ["apt-get", "install", "--yes", "--no-install-recommends", *packages]


def typed_line(packages: list[str]) -> str:
    """What a person types to install them."""
    return f"sudo apt-get update && sudo {shlex.join(install_line(packages))}"


def install_packages(packages: list[str]) -> str | None:
    """Install, as root; what was said where it failed."""
    print(f"Installing system packages: {' '.join(packages)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    line = install_line(packages)
    # A fresh system has no lists of packages yet, and old lists name versions that are gone.
    done = subprocess.run(line, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        subprocess.run(["apt-get", "update", "--quiet"], env=environment, stdout=subprocess.DEVNULL)
        done = subprocess.run(line, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.stdout if done.returncode else None


def missing_packages(window: bool) -> list[str]:
    """Debian packages of what does not load. Loading finds what a package list would not: a broken library."""
    wanted = {**LIBRARIES, **LIBRARIES_OF_X} if window and os.environ.get("DISPLAY") else LIBRARIES
    missing = [package for library, package in wanted.items() if not loads(library)]
    # Debian's Python comes without what a virtual environment is made from.
    if importlib.util.find_spec("ensurepip") is None and not works():
        missing.insert(0, "python3-venv")
    return missing


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def fingerprint() -> str:
    """What the installation depends on: a change of any of these calls for a new one."""
    digest = hashlib.sha256(f"{ROOT}\n{sys.version_info[:2]}\n".encode())
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def is_set_up() -> bool:
    return PYTHON.exists() and STAMP.is_file() and STAMP.read_text(encoding="ascii") == fingerprint()


def install() -> None:
    """Make .venv, or mend one that was left half made, and install the program into it as an editable package."""
    began = time.monotonic()
    print("Setting up .venv; the first time takes about half a minute.", flush=True)
    STAMP.unlink(missing_ok=True)
    if not works() and subprocess.call([sys.executable, "-m", "venv", "--clear", str(VENV)]):
        raise Stop(f"Python could not make a virtual environment in {VENV}; its reason stands above.")
    pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    if python(*pip, "--constraint", "constraints.txt", "--editable", ".[test]"):
        raise Stop(
            "The packages could not be installed; pip's reason stands above. Without a network, try again later."
        )
    STAMP.write_text(fingerprint(), encoding="ascii")
    print(f"Set up in {time.monotonic() - began:.0f} s.", flush=True)


def works() -> bool:
    """Whether .venv has a Python of this version and pip: an interrupted set-up may have left less."""
    if not PYTHON.exists():
        return False
    probe = f"import pip, sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    return subprocess.call([str(PYTHON), "-c", probe], stderr=subprocess.DEVNULL) == 0


def python(*arguments: str, **environment: str) -> int:
    """Run the virtual environment's Python in the project's folder; gives its exit code."""
    return subprocess.call([str(PYTHON), *arguments], cwd=ROOT, env={**os.environ, **environment})


def sheaf(*arguments: str) -> None:
    """One of the program's own commands, which says for itself what went wrong."""
    if code := python("-m", "desktop", *arguments):
        raise Stop(f"sheaf {arguments[0]} stopped with exit code {code}; its reason stands above.")


def has_screen() -> bool:
    if os.name == "nt" or sys.platform == "darwin":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def documents_dir() -> Path:
    from desktop.paths import documents_dir as documents

    return documents()


def fresh(folder: Path) -> Path:
    """The folder, or one named after today beside it where the folder is in use: nobody's files are touched."""
    names = [folder.name, f"{folder.name}-{time.strftime('%Y-%m-%d')}"]
    names += [f"{names[1]}-{number}" for number in range(2, 1000)]
    for name in names:
        candidate = folder.with_name(name)
        if not candidate.exists() or (candidate.is_dir() and not any(candidate.iterdir())):
            return candidate
    raise Stop(f"{folder} and its dated neighbours are all in use. Name another folder: python3 dev.py run --to DIR")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
