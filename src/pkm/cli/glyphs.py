"""Our own marks, and plainer ones for streams that cannot write them."""

from dataclasses import dataclass
from typing import IO, Final

from pkm.cli.terminal import can_encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyphs:
    """Our own marks; outside text never passes through here."""

    ellipsis: str
    dot: str
    arrow: str
    dash: str


FINE: Final = Glyphs(ellipsis="…", dot="·", arrow="→", dash="–")  # noqa: RUF001 - the marks are meant
PLAIN: Final = Glyphs(ellipsis="...", dot="-", arrow="->", dash="-")


def glyphs(stream: IO[str] | None) -> Glyphs:
    """The marks that a stream can write."""
    return FINE if can_encode(f"{FINE.ellipsis}{FINE.dot}{FINE.arrow}{FINE.dash}", stream) else PLAIN
