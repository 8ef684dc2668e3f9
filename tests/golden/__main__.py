"""Draws all pictures anew after a change of the design: `python -m tests.golden`. Look at them before committing.

With names of templates or papers, only those.
"""

from __future__ import annotations

import sys

from tests.golden.pictures import FOLDER, approved, drawn, file_of, keep
from tests.golden.table import CASES


def main(names: list[str]) -> None:
    FOLDER.mkdir(exist_ok=True)
    known = set()
    for template, paper in CASES:
        file = file_of(template, paper)
        known.add(file)
        if names and template not in names and paper not in names:
            continue
        image = drawn(template, paper)
        # What looks the same stays the same file.
        if not file.exists() or image.tobytes() != approved(file).tobytes():
            keep(image, file)
            print(f"drawn anew: {file.name}")
    for file in set(FOLDER.glob("*.png")) - known:
        file.unlink()
        print(f"no longer in the table: {file.name}")


if __name__ == "__main__":
    main(sys.argv[1:])
