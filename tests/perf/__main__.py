"""All benchmarks: `python3 dev.py bench`, or only those that are named behind it; one JSON object each."""

from __future__ import annotations

import subprocess
import sys

ALL = ("run", "metered", "pdf", "window", "importing", "lists", "opening", "mail", "matching")


def main() -> None:
    chosen = sys.argv[1:] or ALL
    unknown = [name for name in chosen if name not in ALL]
    if unknown:
        raise SystemExit(f"There is no benchmark {unknown[0]}; there are {', '.join(ALL)}.")
    for name in chosen:
        print(f"{name}:", flush=True)
        # A process each, so that none sees the memory of another.
        subprocess.run([sys.executable, "-m", f"tests.perf.{name}"], check=True)


if __name__ == "__main__":
    main()
