"""Small pieces of talk on stderr."""

import sys

from pkm.cli.glyphs import glyphs


def dotted(*parts: str) -> str:
    """The parts that are not empty, a mark between them that the stream can write."""
    return f" {glyphs(sys.stderr).dot} ".join(part for part in parts if part)
