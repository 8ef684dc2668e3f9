"""The Debian package and the portable archive of the frozen program."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent

# Libraries that stay the system's own (collected._LIBRARIES_OF_THE_SYSTEM), and those of its graphics.
DEPENDS = (
    "libc6 (>= 2.35)",
    "libegl1",
    "libgl1",
    "libdbus-1-3",
    "libexpat1",
    "libfontconfig1",
    "libfreetype6",
    "libglib2.0-0 | libglib2.0-0t64",
    "libstdc++6",
    "libx11-6",
    "libx11-xcb1",
    "libxkbcommon0",
)
RECOMMENDS = (
    "gnome-keyring | kwalletmanager",
    "cups-client",
    "libcups2 | libcups2t64",
    "xdg-utils",
    "shared-mime-info",
)

_CONTROL = """\
Package: sheaf
Version: {version}
Architecture: {architecture}
Maintainer: Sheaf contributors <maintainers@sheaf.invalid>
Installed-Size: {kib}
Depends: {depends}
Recommends: {recommends}
Section: office
Priority: optional
Description: bulk invoicing on your own computer
 Rules are set once, one run bills everyone, and people look only at the
 exceptions. One firm's data is one file; nothing leaves the computer that
 was not sent from it.
"""
# What a running desktop has read of types and icons is read anew; a system without these tools has nothing to read.
_AFTER = """\
#!/bin/sh
set -e
for tool in "update-mime-database /usr/share/mime" "update-desktop-database -q" \\
    "gtk-update-icon-cache -q -t -f /usr/share/icons/hicolor"; do
    if command -v "${tool%% *}" >/dev/null 2>&1; then $tool || true; fi
done
"""
_README = """\
Sheaf {version}, portable

Unpack anywhere and start ./sheaf. It needs what every Linux desktop has: {libraries}.
Whether all of it works here: ./sheaf --self-test
What is new: parts/resources/CHANGELOG.md. Licences: parts/resources/LICENCES.txt.
"""


def package(program: Path, target: Path, version: str, icons: Path) -> Path:
    """Write sheaf_VERSION_ARCH.deb into the folder `target`."""
    architecture = subprocess.run(
        ["dpkg", "--print-architecture"], check=True, capture_output=True, text=True
    ).stdout.strip()
    made = target / f"sheaf_{version}_{architecture}.deb"
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        share = tree / "usr" / "share"
        shutil.copytree(program, tree / "usr" / "lib" / "sheaf", symlinks=True)
        (tree / "usr" / "bin").mkdir(parents=True)
        (tree / "usr" / "bin" / "sheaf").symlink_to("../lib/sheaf/sheaf")
        _put(HERE / "linux" / "sheaf.desktop", share / "applications" / "sheaf.desktop")
        _put(HERE / "linux" / "sheaf.xml", share / "mime" / "packages" / "sheaf.xml")
        _put(HERE / "sheaf.svg", share / "icons" / "hicolor" / "scalable" / "apps" / "sheaf.svg")
        for icon in icons.glob("*.png"):
            _put(icon, share / "icons" / "hicolor" / f"{icon.stem}x{icon.stem}" / "apps" / "sheaf.png")
        manual = (HERE / "linux" / "sheaf.1").read_text(encoding="utf-8").replace("@VERSION@", version)
        _put_packed(manual, share / "man" / "man1" / "sheaf.1.gz")
        _put(program / "parts" / "resources" / "LICENCES.txt", share / "doc" / "sheaf" / "copyright")
        _put_packed((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), share / "doc" / "sheaf" / "changelog.gz")
        about = tree / "DEBIAN"
        about.mkdir()
        kib = sum(path.lstat().st_size for path in tree.rglob("*") if not path.is_dir()) // 1024
        control = _CONTROL.format(
            version=version,
            architecture=architecture,
            kib=kib,
            depends=", ".join(DEPENDS),
            recommends=", ".join(RECOMMENDS),
        )
        (about / "control").write_text(control, encoding="utf-8")
        for script in ("postinst", "postrm"):
            (about / script).write_text(_AFTER, encoding="ascii")
            (about / script).chmod(0o755)
        _open_to_all(tree)
        subprocess.run(
            ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(tree), str(made)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return made


def portable(program: Path, target: Path, version: str) -> Path:
    """Write the archive; everything in it lies in one folder named after the version."""
    top = f"sheaf-{version}"
    with tempfile.TemporaryDirectory() as folder, tarfile.open(target, "w:xz") as archive:
        readme = Path(folder) / "README.txt"
        readme.write_text(_README.format(version=version, libraries=", ".join(DEPENDS)), encoding="utf-8")
        archive.add(program, top, filter=_nobodys)
        archive.add(readme, f"{top}/README.txt", filter=_nobodys)
    return target


def _nobodys(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """As root's: the name of whoever built it is nobody's business."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    return entry


def _put(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _put_packed(text: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    # Without a time in it, the same text gives the same bytes.
    target.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def _open_to_all(tree: Path) -> None:
    """Whatever the mask of the builder was, everybody may read what is installed, and run what can be run."""
    tree.chmod(0o755)
    for path in tree.rglob("*"):
        if path.is_symlink():
            continue
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
