"""A scan of notes without changes, as a ratio to the bare walk of the same folders (goal: at most 2).

python benchmarks/scan.py [NOTES]
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from pkm.vault.scan import scan

_ROUNDS = 15
_LATER_NS = 60 * 1_000_000_000  # so that no time is young enough to be doubted


def bare_walk(folder: Path) -> None:
    """The least that any scan has to do: list every folder, stat every file."""
    stack = [str(folder)]
    while stack:
        with os.scandir(stack.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    stack.append(entry.path)
                else:
                    entry.stat(follow_symlinks=False)


def main(count: int) -> None:
    """Print the median ratio of interleaved runs."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for number in range(count):
            path = root / "notes" / str(number % 100) / f"{number}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"Words of note {number}.\n", encoding="utf-8")
        now_ns = time.time_ns() + _LATER_NS
        known = {read.path: read.stamp for read in scan(root, ["notes"], {}, now_ns=now_ns).changed}
        ratios = []
        for _ in range(_ROUNDS):
            began = time.perf_counter()
            bare_walk(root / "notes")
            walked = time.perf_counter()
            found = scan(root, ["notes"], known, now_ns=now_ns)
            ratios.append((time.perf_counter() - walked) / (walked - began))
        print(f"{found.unchanged} notes unchanged: {statistics.median(ratios):.2f} x scandir + stat")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
