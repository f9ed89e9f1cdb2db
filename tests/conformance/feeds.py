"""Feeds: what feedparser, feed-rs and fastfeedparser expect of the same files."""

from collections.abc import Sequence
from pathlib import Path

from conformance import fastfeedparser_files, feedparser_files, feedrs_files
from conformance.claims import score
from conformance.score import Score


def scores(root: Path, *, every: int = 1) -> Sequence[Score]:
    """One score a set.

    Args:
        root: The corpus.
        every: Look at each so-manieth file only, to be quick.
    """
    return (
        score("feeds: feedparser", feedparser_files.claims(root, every), feedparser_files.REASONS),
        score("feeds: feed-rs", feedrs_files.claims(root, every), feedrs_files.REASONS),
        score(
            "feeds: fastfeedparser", fastfeedparser_files.claims(root, every), fastfeedparser_files.REASONS
        ),
    )
