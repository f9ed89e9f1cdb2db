"""How notes stand to one another, as lines at the head of a note or an item."""

from collections.abc import Sequence

from pkm.shelf.shelf import Shelf


def relation_lines(shelf: Shelf, notes: Sequence[str]) -> list[str]:
    """A line for each link with a relation, at either end of these notes."""
    if not shelf.store.links.any_relation():
        return []
    from pkm.sense.links import relations  # noqa: PLC0415 - most notes have none

    return [
        f"{link.rel} '{other.title}' ({other.id})"
        if end == "to"
        else f"'{other.title}' ({other.id}) {link.rel} this"
        for end, link, other in relations(shelf, notes)
    ]
