"""One text with the licences of all that is in the frozen program, from what was really collected."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Sequence
from importlib.metadata import Distribution, distribution, packages_distributions
from pathlib import Path

_RULE = "=" * 100
# Qt's wheels come without the text of their licence.
_QT = "PySide6, Shiboken and Qt are used under the GNU Lesser General Public License, version 3: the libraries lie as"
_QT += " files of their own in the folder `parts/PySide6` and can be replaced by others. Source: https://code.qt.io\n"


def of(modules: Iterable[str], binaries: Sequence[tuple[str, str]], root: Path) -> str:
    """The text. `modules` are dotted names, `binaries` (path in the program, file it came from)."""
    parts = [_headed("Sheaf", (root / "LICENSE").read_text(encoding="utf-8"))]
    for found in _distributions({name.split(".")[0] for name in modules} | {_top(target) for target, _ in binaries}):
        parts.append(_headed(f"{found.metadata['Name']} {found.version}", _told(found)))
    parts += [
        _headed(f"font: {path.stem}", path.read_text(encoding="utf-8", errors="replace"))
        for path in sorted((root / "resources" / "fonts").rglob("*"))
        if path.suffix.lower() in (".txt", ".md") or "licen" in path.name.lower() or path.name.startswith("OFL")
    ]
    parts.append(_headed("Python", _python()))
    alike: dict[str, list[str]] = {}
    for name, text in _of_debian(source for target, source in binaries):
        # Packages of one source have one text.
        alike.setdefault(text, []).append(name)
    parts += [_headed(f"libraries: {', '.join(names)}", text) for text, names in alike.items()]
    return "\n".join(parts)


def _headed(title: str, text: str) -> str:
    return f"{_RULE}\n{title}\n{_RULE}\n\n{text.strip()}\n"


def _top(target: str) -> str:
    return target.replace("\\", "/").split("/")[0].split(".")[0]


def _distributions(tops: set[str]) -> list[Distribution]:
    owners = packages_distributions()
    names = {name for top in tops for name in owners.get(top, ())} - {"sheaf"}
    return [distribution(name) for name in sorted(names, key=str.lower)]


def _told(found: Distribution) -> str:
    said = [
        path.locate().read_text(encoding="utf-8", errors="replace")  # type: ignore[attr-defined]
        for path in found.files or ()
        if any(word in path.name.lower() for word in ("licen", "copying", "notice"))
        and path.suffix not in (".py", ".pyc")
    ]
    # Which of the two stands there depends on the age of what built it; either may be missing.
    about = dict(found.metadata.items())
    name = about.get("License-Expression") or about.get("License") or "see its home page"
    if found.metadata["Name"].lower().startswith(("pyside6", "shiboken6")):
        said.append(_QT + _lgpl())
    if found.metadata["Name"].lower() == "python-stdnum":
        said.append(_lgpl("LGPL-2.1"))
    return "\n\n".join([f"Licence: {name}", *dict.fromkeys(said)])


def _lgpl(name: str = "LGPL-3") -> str:
    """Debian keeps the texts that many programs share; elsewhere the address must do."""
    texts = [Path("/usr/share/common-licenses") / name, Path("/usr/share/common-licenses/GPL-3")]
    wanted = texts if name == "LGPL-3" else texts[:1]
    found = [path.read_text(encoding="utf-8") for path in wanted if path.exists()]
    return "\n".join(found) or "https://www.gnu.org/licenses/\n"


def _python() -> str:
    import sysconfig

    for place in (Path(sysconfig.get_path("stdlib")) / "LICENSE.txt", Path("/usr/share/doc/python3/copyright")):
        if place.exists():
            return place.read_text(encoding="utf-8", errors="replace")
    return "Python Software Foundation License: https://docs.python.org/3/license.html"


def _of_debian(sources: Iterable[str]) -> list[tuple[str, str]]:
    """Libraries of the system that went along, by Debian's package, where this is a Debian."""
    files = sorted({source for source in sources if source.startswith(("/usr/lib", "/lib"))})
    if not files or not Path("/usr/bin/dpkg-query").exists():
        return []
    owners: set[str] = set()
    for file in files:
        real = Path(file).resolve()
        for name in (file, str(real), str(real).removeprefix("/usr")):
            done = subprocess.run(["dpkg-query", "--search", name], capture_output=True, text=True)
            if done.returncode == 0:
                owners.add(done.stdout.partition(": ")[0].split(",")[0].split(":")[0])
                break
    copyrights = [(name, Path("/usr/share/doc") / name / "copyright") for name in sorted(owners)]
    return [(name, path.read_text(encoding="utf-8", errors="replace")) for name, path in copyrights if path.exists()]
