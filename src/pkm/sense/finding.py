"""Find: one ranked list over items, notes, questions, quotes and editions, each with why it was found.

words to a tree | hits from the index | snippets from the original texts
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from pkm.model.item import Item
from pkm.model.note import Kind, Note
from pkm.rules import query
from pkm.rules.fold import fold
from pkm.rules.moments import with_moments
from pkm.rules.query import And, Term
from pkm.rules.snippet import Snippet, snippet
from pkm.rules.urls import without_secrets
from pkm.shelf.shelf import Shelf
from pkm.store.search import Hit

EVERYTHING: Final = query.explain(And(()))
"""How a query without any word is read."""

_NEAR: Final = 75.0  # of 100; below it a proposal is noise
_NEAR_LENGTH: Final = 2
_PROPOSALS: Final = 3
_EDITION_BYTES: Final = 200_000


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
    hidden_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The answer to a query.

    Attributes:
        reading: How the query was read.
        near: Queries that would find something; looked for only where nothing was found.
    """

    found: tuple[Found, ...]
    reading: str = ""
    near: tuple[str, ...] = ()


def find(shelf: Shelf, words: str, *, limit: int = 20, newest: bool = False) -> Finding:
    """What a query finds.

    Args:
        shelf: Where; its files were looked at already.
        words: As typed; whatever it is, it is no error.
        limit: 0 for all.
        newest: Newest first instead of best first.
    """
    tree = with_moments(query.parse_query(words), now=shelf.now(), zone=shelf.zone)
    shown = tuple(_shown_words(query.terms(tree)))
    hits = shelf.store.search.find(tree, limit=limit, newest=newest)
    found = tuple(one for hit in hits if (one := _found(shelf, hit, shown)) is not None)
    near = () if found else _near(shelf, words, query.terms(tree))
    return Finding(found=found, reading=query.explain(tree), near=near)


# Snippets.


def _shown_words(terms: Sequence[Term]) -> list[str]:
    return list(dict.fromkeys(f"{term.text}*" if term.prefix else term.text for term in terms))


def _found(shelf: Shelf, hit: Hit, words: tuple[str, ...]) -> Found | None:
    """What a hit is; None if the index names something that is gone."""
    views: dict[str, Callable[[Shelf, Hit, tuple[str, ...]], Found | None]] = {
        "item": _item,
        "note": _note,
        "quote": _quote,
        "edition": _edition,
    }
    return views[hit.kind](shelf, hit, words)


def _item(shelf: Shelf, hit: Hit, words: tuple[str, ...]) -> Found | None:
    item = shelf.store.items.get(hit.ref)
    if item is None:
        return None
    text = shelf.store.texts.get(item.text_sha)
    return Found(
        kind="item",
        id=item.id,
        title=title_of(item),
        url=_url(item),
        snippet=snippet(text.text if text else "", words),
        rank=hit.rank,
        hidden_by=item.hidden_by,
    )


def _note(shelf: Shelf, hit: Hit, words: tuple[str, ...]) -> Found | None:
    note = shelf.store.notes.get(hit.ref)
    if note is None:
        return None
    return Found(
        kind="question" if note.kind == Kind.QUESTION else "note",
        id=note.id,
        title=note.title,
        path=note.path,
        snippet=snippet(_below_title(note), words),
        rank=hit.rank,
    )


def _below_title(note: Note) -> str:
    """The text of a note without the heading that only says its title again."""
    first, _, rest = note.file.body.lstrip().partition("\n")
    repeats = first.startswith("# ") and fold(first[2:]).split() == fold(note.title).split()
    return _MARKS.sub("", rest if repeats else note.file.body)


def _quote(shelf: Shelf, hit: Hit, words: tuple[str, ...]) -> Found | None:
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
        snippet=snippet(quote.anchor.exact, words),
        rank=hit.rank,
    )


def _edition(shelf: Shelf, hit: Hit, words: tuple[str, ...]) -> Found | None:
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
        snippet=snippet(_MARKS.sub("", text), words),
        rank=hit.rank,
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
