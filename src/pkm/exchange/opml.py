"""What is followed, as OPML."""

from dataclasses import dataclass

from pkm.model.source import CAPTURES
from pkm.rules.opmlread import read_opml
from pkm.rules.opmlwrite import write_opml
from pkm.shelf import listrest
from pkm.shelf.shelf import Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedList:
    """A list to be written.

    Attributes:
        lines: Without their line ends.
        sources: How many are in it.
        left_out: How many are not, since they are private or nothing but a secret.
    """

    lines: tuple[str, ...]
    sources: int
    left_out: int


def exported_list(shelf: Shelf, *, with_private: bool, with_secrets: bool) -> ExportedList:
    """The list.

    Args:
        shelf: Where.
        with_private: See `write_opml`.
        with_secrets: The same.
    """
    followed = [one for one in shelf.store.sources.all() if one.kind != CAPTURES]
    title, rest = listrest.kept(shelf)
    data = write_opml(followed, title=title, with_private=with_private, with_secrets=with_secrets, rest=rest)
    written = len(read_opml(data, own=True).outlines)
    return ExportedList(
        lines=tuple(data.decode().removesuffix("\n").split("\n")),
        sources=written,
        left_out=len(followed) - written,
    )
