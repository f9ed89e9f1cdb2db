"""`make conformance`: every score in one table, and below it what does not hold and why."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from conformance import anchors, articles, discovery, feeds, opml, vaults
from conformance.score import Score
from support.corpus import corpus_root

SETS: tuple[Callable[[Path], Sequence[Score]], ...] = (
    feeds.scores,
    anchors.scores,
    articles.scores,
    discovery.scores,
    opml.scores,
    vaults.scores,
)
"""Each looks at one part of the corpus; a new set is one more row here."""


def table(scores: Sequence[Score]) -> str:
    """The scores as lines of text."""
    width = max((len(one.name) for one in scores), default=0)
    return "\n".join(f"{one.name:<{width}}  {one.held:>6} of {one.checked:>6}" for one in scores)


def main() -> int:
    """Print the table; 2 where there is no corpus."""
    root = corpus_root()
    if root is None:
        sys.stderr.write("no corpus here: set PKM_CORPUS\n")
        return 2
    scores = [score for each in SETS for score in each(root)]
    sys.stdout.write(table(scores) + "\n")
    for one in scores:
        for what, why in one.missed:
            sys.stdout.write(f"\n{one.name}: {what}\n  {why}")
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
