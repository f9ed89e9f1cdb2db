"""Find: one ranked list over items, notes, questions, quotes and editions, each with why it was found.

words to a tree | hits from the index | snippets from the original texts
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pkm.model.item import Item
from pkm.model.note import Kind, Note
from pkm.rules import query
from pkm.rules.fold import fold
from pkm.rules.moments import with_moments
from pkm.rules.query import And, Filter, Node, Term
from pkm.rules.querywords import GRAPH, LINKED
from pkm.rules.signs import has_signs
from pkm.rules.snippet import Snippet, snippet
from pkm.rules.urls import without_secrets
from pkm.shelf.shelf import Shelf
from pkm.store.finder import Hit, Order

EVERYTHING: Final = query.explain(query.EVERYTHING)
"""How a query without any word is read."""

LIMIT: Final = 20
_NEAR: Final = 75.0  # of 100; below it a proposal is noise
_NEAR_LENGTH: Final = 2
_PROPOSALS: Final = 3
_EDITION_BYTES: Final = 200_000


Part = Callable[[str], Snippet]
"""From a text to what of it is shown."""

# Signs that pkm puts beside the words: a quote's mark, the anchors of a draft, a quotation's `>`.
_MARKS = re.compile(r"^\^h-[0-9a-z]+[ \t]*$|<!--.*?-->|^>[ \t]?", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One thing that was found.

    Attributes:
        kind: `item`, `note`, `question`, `quote` or `edition`.
        url: Of an item, or of the item that a quote is from, without secrets; None for the others.
        path: Relative to the home; of a note, a question, an edition, or a quote's note.
        rank: Larger is better, comparable within one answer; 0 where the order is by age.
        hidden_by: The user's rule that keeps it out of lists; None for most.
    """

    kind: str
    id: str
    title: str
    url: str | None = None
    path: str | None = None
    snippet: Snippet
    rank: float = 0.0
    weight: str = ""
    alike: tuple[str, ...] = ()
    hidden_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The answer to a query.

    Attributes:
        reading: How the query was read.
        hints: What the user should know of the reading and of the answer, in whole lines.
        near: Queries that would find something; looked for only where nothing was found.
        unknown: Names after @ that no saved search has.
    """

    found: tuple[Found, ...]
    reading: str = ""
    hints: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is wanted besides the words.

    Attributes:
        limit: 0 for all; None for what the words say, else 20.
        sort: One of `querywords.SORTS`; None for what the words say, else by rank.
        also: Filters that hold for all the words.
        width: Words of a snippet.
        seed: For the order `random`.
    """

    limit: int | None = None
    sort: str | None = None
    also: tuple[Filter, ...] = ()
    width: int = 24
    seed: int = 1


NO_WISH: Final = Wish()


def find(shelf: Shelf, words: str, wish: Wish = NO_WISH) -> Finding:
    """What a query finds.

    Args:
        shelf: Where; its files were looked at already.
        words: As typed; whatever it is, it is no error.
        wish: What is wanted besides.
    """
    read = query.read_query(words, _saved(shelf, words))
    tree, hints = meaning(shelf, And((read.tree, *wish.also)) if wish.also else read.tree)
    limit = wish.limit if wish.limit is not None else read.limit if read.limit is not None else LIMIT
    order = Order(by=wish.sort or read.sort or "rank", now=shelf.now(), seed=wish.seed, fold=True)
    hits = shelf.store.search.find(tree, limit=limit, order=order)
    hints = [*read.hints, *hints]
    if not hits and (longer := _with_longer_words(tree)) is not None:
        hits = shelf.store.search.find(longer, limit=limit, order=order)
        if hits:
            tree = longer
            hints.append("nothing has these words whole, so longer words that begin so were looked for")
    if shelf.store.search.stopped:
        hints.append("the regular expression took too long, so not all texts were looked through; add a word")
    shown = tuple(_shown_words(query.terms(tree)))
    found = tuple(one for hit in hits if (one := _found(shelf, hit, shown, wish.width)) is not None)
    near = () if found else _near(shelf, words, query.terms(tree))
    return Finding(
        found=found, reading=query.explain(tree), hints=tuple(hints), near=near, unknown=read.unknown
    )


def meaning(shelf: Shelf, tree: Node) -> tuple[Node, list[str]]:
    """The tree with its moments and links looked up, and what the user should know of it."""
    hints: list[str] = []
    timed = with_moments(tree, now=shelf.now(), zone=shelf.zone, hints=hints)
    if not any(one.key in GRAPH or (one.key == "is" and one.value in LINKED) for one in query.filters(timed)):
        return timed, hints
    from pkm.sense.narrowing import Narrowing  # noqa: PLC0415 - reads files of notes, and few queries ask for links

    return Narrowing(shelf, hints).narrowed(timed), hints


def _saved(shelf: Shelf, words: str) -> dict[str, str]:
    if "@" not in words:
        return {}
    from pkm.shelf import searches  # noqa: PLC0415 - it can write too, and few queries name a saved one

    return searches.queries(shelf, words)


def _with_longer_words(tree: Node) -> Node | None:
    """The tree with each single word as the beginning of one; None if that changes nothing."""

    def longer(leaf: Term | Filter) -> Node:
        return replace(leaf, prefix=True) if isinstance(leaf, Term) and leaf in wanted else leaf

    wanted = frozenset(
        one for one in query.terms(tree) if not one.prefix and " " not in one.text and not has_signs(one.text)
    )
    changed = query.replaced(tree, longer)
    return changed if changed != tree else None


# Snippets.


def _shown_words(terms: Sequence[Term]) -> list[str]:
    return list(dict.fromkeys(f"{term.text}*" if term.prefix else term.text for term in terms))


def _found(shelf: Shelf, hit: Hit, words: tuple[str, ...], width: int) -> Found | None:
    """What a hit is; None if the index names something that is gone."""

    def part(text: str) -> Snippet:
        return snippet(text, words, width=width)

    views: dict[str, Callable[[Shelf, Hit, Part], Found | None]] = {
        "item": _item,
        "note": _note,
        "quote": _quote,
        "edition": _edition,
    }
    found = views[hit.kind](shelf, hit, part)
    if found is None:
        return None
    said = hit.weight.said() if hit.weight else ""
    return replace(found, rank=hit.rank, weight=said, alike=hit.alike)


def _item(shelf: Shelf, hit: Hit, part: Part) -> Found | None:
    item = shelf.store.items.get(hit.ref)
    if item is None:
        return None
    text = shelf.store.texts.get(item.text_sha)
    return Found(
        kind="item",
        id=item.id,
        title=title_of(item),
        url=_url(item),
        snippet=part(text.text if text else ""),
        hidden_by=item.hidden_by,
    )


def _note(shelf: Shelf, hit: Hit, part: Part) -> Found | None:
    note = shelf.store.notes.get(hit.ref)
    if note is None:
        return None
    return Found(
        kind="question" if note.kind == Kind.QUESTION else "note",
        id=note.id,
        title=note.title,
        path=note.path,
        snippet=part(_below_title(note)),
    )


def _below_title(note: Note) -> str:
    """The text of a note, with blanks for the heading that only says its title again and for pkm's own signs.

    Blanks, so that offsets in it are offsets in the note's body.
    """
    body = note.file.body
    start = len(body) - len(body.lstrip())
    first, _, _ = body[start:].partition("\n")
    repeats = first.startswith("# ") and fold(first[2:]).split() == fold(note.title).split()
    shown = body[:start] + " " * len(first) + body[start + len(first) :] if repeats else body
    return _blanked(_MARKS, shown)


def _blanked(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda found: " " * len(found[0]), text)


def _quote(shelf: Shelf, hit: Hit, part: Part) -> Found | None:
    quote = shelf.store.quotes.get(hit.ref)
    if quote is None:
        return None
    item, note = shelf.store.items.get(quote.item), shelf.store.notes.get(quote.note)
    return Found(
        kind="quote",
        id=quote.id,
        title=title_of(item) if item else quote.item,
        url=_url(item) if item else None,
        path=note.path if note else None,
        snippet=part(quote.anchor.exact),
    )


def _edition(shelf: Shelf, hit: Hit, part: Part) -> Found | None:
    digest = shelf.store.digests.get(hit.ref)
    if digest is None:
        return None
    number = f" {digest.edition}" if digest.edition is not None else ""
    path = shelf.home.root / digest.path
    text = ""
    if path.is_file():
        with path.open("rb") as file:
            text = file.read(_EDITION_BYTES).decode("utf-8", "replace")
    return Found(
        kind="edition",
        id=digest.id,
        title=f"{digest.audience}{number}, {digest.period}",
        path=digest.path,
        snippet=part(_blanked(_MARKS, text)),
    )


def title_of(item: Item) -> str:
    """What an item is called: its title, its address, its id."""
    return item.title or _url(item) or item.id


def _url(item: Item) -> str | None:
    return without_secrets(item.url) if item.url else None


# Did you mean.


def _near(shelf: Shelf, words: str, terms: Sequence[Term]) -> tuple[str, ...]:
    """The query with a word of it put otherwise: one that begins so, or one that is spelt nearly so."""
    proposals: list[str] = []
    for term in terms:
        folded = fold(term.text)
        if " " in folded or not folded.isalnum() or term.text not in words:
            continue
        known = shelf.store.search.vocabulary(len(folded) - _NEAR_LENGTH, len(folded) + _NEAR_LENGTH)
        if folded in known:
            continue
        proposals += [words.replace(term.text, near) for near in _like(folded, known)]
    return tuple(dict.fromkeys(proposals))[:_PROPOSALS]


def _like(word: str, known: dict[str, int]) -> list[str]:
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - only a search without an answer pays for it

    found = process.extract(word, list(known), scorer=fuzz.ratio, limit=20, score_cutoff=_NEAR)
    ranked = sorted(found, key=lambda one: (-one[1], -known[one[0]], one[0]))
    return [near for near, _, _ in ranked[:_PROPOSALS]]
