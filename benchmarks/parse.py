"""The fast path against feedparser on the same feeds, as items a second and as a ratio, interleaved.

python benchmarks/parse.py FOLDER     a folder of feeds (.xml, .rss, .atom, .rdf); those with items are used
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pkm.seek.fast.reader import read_fast
from pkm.seek.parse import parse_feed

_ROUNDS = 7
_URL = "https://feeds.example/feed"


def plain_feeds(folder: Path) -> tuple[list[bytes], int, int]:
    """Those that the fast path takes, how many items they have, and how many files there were."""
    taken, items, seen = [], 0, 0
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".xml", ".rss", ".atom", ".rdf"}:
            seen += 1
            feed = read_fast(path.read_bytes(), url=_URL, content_type=None)
            if feed is not None and feed.items:
                taken.append(path.read_bytes())
                items += len(feed.items)
    return taken, items, seen


def timed(read: Callable[..., object], bodies: list[bytes]) -> float:
    start = time.perf_counter()
    for body in bodies:
        read(body, url=_URL, content_type=None)
    return time.perf_counter() - start


def main() -> None:
    bodies, items, seen = plain_feeds(Path(sys.argv[1]))
    rounds = [(timed(read_fast, bodies), timed(parse_feed, bodies)) for _ in range(_ROUNDS)]
    for name, times in zip(("fast path", "feedparser"), zip(*rounds, strict=True), strict=True):
        print(f"{name:<12} {items / statistics.median(times):>8,.0f} items/s")
    ratio = statistics.median(slow / fast for fast, slow in rounds)
    print(
        f"ratio {ratio:.1f}, median of {_ROUNDS} rounds over {items:,} items of {len(bodies)} of {seen} files"
    )


if __name__ == "__main__":
    main()
