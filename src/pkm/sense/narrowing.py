"""Filters of a query that ask about links between notes, answered before the store is asked."""

from dataclasses import dataclass, field

from pkm.errors import PkmError
from pkm.model.note import Note
from pkm.rules.linkgraph import LinkGraph
from pkm.rules.query import Filter, Node, OneOf, Term, replaced
from pkm.rules.querywords import GRAPH
from pkm.sense.related import related, thing_of
from pkm.shelf import links
from pkm.shelf.lookup import note_of, whole_id
from pkm.shelf.shelf import Shelf


@dataclass(slots=True)
class Narrowing:
    """Answers filters; the links of all notes are read when the first filter needs them.

    Attributes:
        hints: Lines for the user, added to.
    """

    shelf: Shelf
    hints: list[str] = field(default_factory=list)
    _graph: LinkGraph | None = None

    def narrowed(self, tree: Node) -> Node:
        """The tree with each such filter as the things that it lets through."""
        return replaced(tree, self._answer)

    def _answer(self, leaf: Term | Filter) -> Node:
        if not isinstance(leaf, Filter):
            return leaf
        if leaf.key in GRAPH:
            return self._tied(leaf)
        ids = self._in_state(leaf.value) if leaf.key == "is" else None
        return leaf if ids is None else OneOf(f"is:{leaf.value}", ids)

    def _in_state(self, state: str) -> frozenset[str] | None:
        if state == "orphan":
            return self._links.orphans()
        if state == "deadend":
            return self._links.dead_ends()
        if state == "broken":
            return self._links.broken()
        return None

    def _tied(self, leaf: Filter) -> Node:
        try:
            return self._kin(leaf) if leaf.key == "related" else self._neighbours(leaf)
        except PkmError as error:
            self.hints.append(f"{leaf.key}:{leaf.value} lets nothing through: {error.what}")
            return OneOf(f"{leaf.key}:{leaf.value}", frozenset())

    def _kin(self, leaf: Filter) -> Node:
        ref = whole_id(self.shelf, leaf.value, "in")
        found = related(self.shelf, thing_of(self.shelf, ref), limit=0)
        return OneOf(f"related:{ref}", frozenset(one.id for one in found))

    def _neighbours(self, leaf: Filter) -> Node:
        note = self._note(leaf.value)
        if leaf.key == "links-to":
            ids = frozenset(edge.note.id for edge in self._links.into(note.id))
        else:
            here = next((one for one in self._links.names.notes if one.id == note.id), None)
            edges = self._links.out_of(here) if here else ()
            ids = frozenset(edge.meant.one.id for edge in edges if edge.meant.one is not None)
        return OneOf(f"{leaf.key}:'{note.title}'", ids)

    def _note(self, word: str) -> Note:
        """A note by its id or path; else by its title."""
        try:
            return note_of(self.shelf, word)
        except PkmError:
            wanted = word.casefold()
            named = [
                one
                for one in self._links.names.notes
                if wanted in {one.title.casefold(), one.stem.casefold()}
            ]
            found = self.shelf.store.notes.get(named[0].id) if len(named) == 1 else None
            if found is None:
                raise
            return found

    @property
    def _links(self) -> LinkGraph:
        if self._graph is None:
            self._graph = links.graph(self.shelf)
        return self._graph
