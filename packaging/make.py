"""Makes the installers of this system from the frozen program: `python3 dev.py build` runs it in .venv.

Linux: a .deb and a portable archive, and the Windows installer's script is compiled where makensis is there.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(HERE))

import collected  # noqa: E402
import debian  # noqa: E402
import icons  # noqa: E402

_MOST = 200 << 20


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="dev.py build", description="Make the installers of this system.")
    parser.add_argument("--to", type=Path, default=ROOT / "dist", metavar="DIR", help="where they go (default: dist)")
    parser.add_argument("--no-test", action="store_true", help="do not let the frozen program test itself")
    given = parser.parse_args(argv)
    target: Path = given.to.absolute()
    target.mkdir(parents=True, exist_ok=True)
    version = collected.version(ROOT)
    icons.draw(HERE / "sheaf.svg", ROOT / "build" / "icons")
    program = freeze(target)
    size = sum(path.stat().st_size for path in program.rglob("*") if path.is_file() and not path.is_symlink())
    print(f"The program takes {size / (1 << 20):.0f} MB unpacked.", flush=True)
    if size > _MOST:
        print(f"That is more than {_MOST >> 20} MB: see packaging/collected.py.", file=sys.stderr)
        return 1
    if not given.no_test and subprocess.call([str(program / executable()), "--self-test"]):
        print("The frozen program does not pass its own test; no installers were made.", file=sys.stderr)
        return 1
    made = installers(program, target, version)
    for path in made:
        print(path)
    sums = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in made)
    (target / "SHA256SUMS").write_text(sums, encoding="ascii")
    return 0


def executable() -> str:
    return "sheaf.exe" if os.name == "nt" else "sheaf"


def freeze(target: Path) -> Path:
    """The folder of the frozen program."""
    work = ROOT / "build" / "pyinstaller"
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    command += ["--distpath", str(target), "--workpath", str(work), str(ROOT / "installer.spec")]
    subprocess.run(command, cwd=ROOT, check=True)
    return target / "sheaf"


def installers(program: Path, target: Path, version: str) -> list[Path]:
    if sys.platform == "win32":
        return [windows_installer(program, target / f"sheaf-{version}-setup.exe", version)]
    if sys.platform == "darwin":
        image = target / f"sheaf-{version}-macos.dmg"
        image.unlink(missing_ok=True)
        command = ["hdiutil", "create", "-volname", "Sheaf", "-srcfolder", str(target / "Sheaf.app"), str(image)]
        subprocess.run(command, check=True)
        return [image]
    compile_windows_script(version)
    return [
        debian.package(program, target, version, ROOT / "build" / "icons"),
        debian.portable(program, target / f"sheaf-{version}-linux-{platform.machine()}.tar.xz", version),
    ]


def windows_installer(source: Path, target: Path, version: str) -> Path:
    makensis = shutil.which("makensis")
    if makensis is None:
        raise SystemExit("makensis is missing: install NSIS, then try again.")
    icon = ROOT / "build" / "icons" / "sheaf.ico"
    defines = {"VERSION": version, "SOURCE": source, "TARGET": target, "LICENCE": ROOT / "LICENSE", "ICON": icon}
    command = [makensis, "-V2", "-WX", *(f"-D{name}={value}" for name, value in defines.items())]
    subprocess.run([*command, str(HERE / "windows" / "sheaf.nsi")], check=True)
    return target


def compile_windows_script(version: str) -> None:
    """Whether the script still compiles, over a file that stands for the program; what comes out is thrown away."""
    if shutil.which("makensis") is None:
        print("The Windows installer's script was not compiled: makensis is not there (Debian: nsis).")
        return
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "sheaf"
        (source / "parts").mkdir(parents=True)
        (source / "sheaf.exe").write_bytes(b"MZ")
        (source / "parts" / "one.txt").write_text("part\n", encoding="ascii")
        windows_installer(source, Path(folder) / f"sheaf-{version}-setup.exe", version)
    print("The Windows installer's script compiles; no Windows has run it.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
