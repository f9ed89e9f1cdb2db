"""The keys of a query, the values that each knows, and what other programs call them.

The page of the docs and `pkm help query` are made from these tables, and the parser reads by them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

FIELDS: Final = frozenset({"title", "body", "quote", "comment"})
"""Keys that say where a word must stand."""

TIMED: Final = frozenset({"date", "since", "until", "added", "published", "modified"})
"""Keys whose value is a moment or a stretch of time: they need a clock before they mean anything."""

GRAPH: Final = frozenset({"links-to", "linked-from", "related"})
"""Keys whose value names a note or an item: they need the links before they mean anything."""

LINKED: Final = frozenset({"orphan", "deadend", "broken"})
"""Values of `is` that ask about links."""

IN: Final = ("items", "notes", "questions", "checks", "claims", "quotes", "editions")
IS: Final = (
    *("new", "kept", "let-go", "later", "hidden", "noted", "unsensed", "shared", "checked"),
    *("orphan", "deadend", "broken", "conflict"),
)
HAS: Final = ("note", "quote", "tag", "link", "check", "claim", "enclosure", "question")
SORTS: Final = ("rank", "new", "old", "changed", "random")

STATUSES: Final = ("half-baked", "settled", "open", "answered", "dropped")
KINDS: Final = (
    *("comment", "thought", "experience", "practice", "synthesis"),
    *("question", "check", "claim", "talk", "log"),
)

_SORT_WORDS: Final = {"newest": "new", "oldest": "old", "best": "rank", "date": "new", "modified": "changed"}
_NUMBER: Final = re.compile(r"(?:<=|>=|<|>|=)?\d{1,9}|\d{1,9}\.\.\d{0,9}|\.\.\d{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A form of the language, for people.

    Attributes:
        key: The key that it is about; None for words and signs.
    """

    form: str
    meaning: str
    key: str | None = None


ROWS: Final = (
    Row(form="rates ecb", meaning="both words, anywhere"),
    Row(form="rates OR zins", meaning="either; AND binds tighter; operators in capitals"),
    Row(form="-crypto, NOT crypto", meaning="without that word; works alone too"),
    Row(form='"soft landing"', meaning="the phrase"),
    Row(form="(a OR b) c", meaning="brackets"),
    Row(form="infl*", meaning="words that begin so"),
    Row(form="C++, F#, .NET", meaning="with their signs"),
    Row(form="/soft.{1,9}landing/", meaning="a regular expression (of Python) on the texts as they are"),
    Row(form='=Word, ="exact words"', meaning="exactly these characters"),
    Row(form="@NAME", meaning="a saved search, as if in brackets"),
    Row(form="title: body: quote: comment:", meaning="where a word must stand; comment: is your own words"),
    Row(form="tag:a, #a, tag:a/b", meaning="the tag, and those below it", key="tag"),
    Row(form=f"in:{'|'.join(IN)}", meaning="what it is", key="in"),
    Row(form=f"is:{'|'.join(IS)}", meaning="how it stands; also the status or kind of a note", key="is"),
    Row(form=f"has:{'|'.join(HAS)}", meaning="what it has", key="has"),
    Row(form="kind:practice", meaning="a kind of note", key="kind"),
    Row(form='source:"Margin & Ledger"', meaning="a source, by id or part of its name or address", key="source"),
    Row(form="site:example.org", meaning="the host of the item's address, and hosts below it", key="site"),
    Row(form="space:team", meaning="the space of its source: team, community, network", key="space"),
    Row(form="author:lark", meaning="part of an author's name", key="author"),
    Row(form="via:ada", meaning="part of whose pointer led here", key="via"),
    Row(form="url:/2026/", meaning="part of the item's address", key="url"),
    Row(form="path:projects/", meaning="part of the note's path", key="path"),
    Row(form="since:3w", meaning="not older", key="since"),
    Row(form="until:yesterday", meaning="not younger", key="until"),
    Row(
        form="date:2026-W47, date:2026-10..2026-11, date:..yesterday, date:2w..",
        meaning="by day, week, month, year; a range, open at either end",
        key="date",
    ),
    Row(form="added:2w", meaning="when pkm first saw it", key="added"),
    Row(form="published:2026-10..", meaning="when the feed says it came out", key="published"),
    Row(form="modified:3d", meaning="when the note was last changed", key="modified"),
    Row(form="words:<200, words:50..100", meaning="how long: your own words in a note, all words elsewhere", key="words"),
    Row(form="links:>5", meaning="how many links stand in the note", key="links"),
    Row(form="[status:evergreen], [key]", meaning="any key of a note's front matter"),
    Row(form="links-to:NOTE", meaning="notes that link to it", key="links-to"),
    Row(form="linked-from:NOTE", meaning="notes that it links to", key="linked-from"),
    Row(form="related:ID", meaning="what `pkm related ID` lists, of an item or a note", key="related"),
    Row(form=f"sort:{'|'.join(SORTS)}", meaning="another order than by rank", key="sort"),
    Row(form="limit:50", meaning="so many rows; 0 is all", key="limit"),
)  # fmt: skip
"""Every form, in the order of the docs."""

KEYS: Final = frozenset({row.key for row in ROWS if row.key is not None})
"""Keys that say what a row must be, or how rows are shown."""

_KEY_WORDS: Final = {
    "feed": "source", "feeds": "source", "blog": "source", "tags": "tag", "by": "author", "type": "kind",
    "after": "since", "before": "until", "highlight": "quote", "text": "body", "content": "body",
    "order": "sort", "folder": "path", "created": "added", "backlinks": "links-to",
}  # fmt: skip
_VALUE_WORDS: Final = {
    ("in", "highlights"): ("in", "quotes"), ("in", "articles"): ("in", "items"), ("in", "posts"): ("in", "items"),
    ("in", "entries"): ("in", "items"), ("in", "digests"): ("in", "editions"), ("in", "shares"): ("in", "editions"),
    ("in", "archive"): ("is", "let-go"), ("in", "archives"): ("is", "let-go"),
    ("is", "unread"): ("is", "new"), ("is", "starred"): ("is", "kept"), ("is", "saved"): ("is", "kept"),
    ("is", "archived"): ("is", "let-go"), ("is", "discarded"): ("is", "let-go"), ("is", "read"): ("is", "let-go"),
    ("is", "unlinked"): ("is", "orphan"), ("is", "dead-end"): ("is", "deadend"),
    ("has", "highlight"): ("has", "quote"), ("has", "attachment"): ("has", "enclosure"),
    ("has", "audio"): ("has", "enclosure"), ("has", "comment"): ("has", "note"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What `key:value` means.

    Attributes:
        key: A field, or one of `KEYS`; None if it means nothing and is looked for as a phrase.
        hint: What the user should know; empty for most.
    """

    key: str | None
    value: str = ""
    hint: str = ""


def meant(key: str, value: str) -> Meant:
    """Read one `key:value`, in lower case the key."""
    known = _KEY_WORDS.get(key, key)
    if known in FIELDS:
        return Meant(key=known, value=value, hint=_instead(key, value, known, value))
    if known not in KEYS or not value.strip():
        return Meant(key=None, hint=_no_key(key, value))
    plain = value.strip()
    reader = {"in": _one_of(IN), "has": _one_of(HAS), "is": _state, "words": _number, "links": _number}.get(
        known
    )
    found = reader(known, plain) if reader else Meant(key=known, value=plain)
    if found.key is not None and not found.hint:
        return Meant(key=found.key, value=found.value, hint=_instead(key, plain, found.key, found.value))
    return found


def sort_named(value: str) -> str | None:
    """The order that a word names; None if it names none."""
    word = _SORT_WORDS.get(value.casefold(), value.casefold())
    return word if word in SORTS else None


def _one_of(values: tuple[str, ...]) -> Callable[[str, str], Meant]:
    def read(key: str, value: str) -> Meant:
        word = value.casefold()
        key, word = (
            _VALUE_WORDS.get((key, word)) or _VALUE_WORDS.get((key, word.removesuffix("s"))) or (key, word)
        )
        if key == "is":
            return Meant(key=key, value=word)
        known = {one.removesuffix("s"): one for one in values}.get(word.removesuffix("s"))
        if known is None:
            hint = f"'{key}:{value}' is looked for as a phrase; {key}: knows {', '.join(values)}"
            return Meant(key=None, hint=hint)
        return Meant(key=key, value=known)

    return read


def _state(key: str, value: str) -> Meant:
    _, word = _VALUE_WORDS.get((key, value.casefold()), (key, value.casefold()))
    if word in {*IS, *STATUSES, *KINDS}:
        return Meant(key=key, value=word)
    hint = f"'is:{value}' is read as the status of a note; is: knows {', '.join(IS)}"
    return Meant(key=key, value=word, hint=hint)


def _number(key: str, value: str) -> Meant:
    if _NUMBER.fullmatch(value):
        return Meant(key=key, value=value)
    return Meant(
        key=None, hint=f"'{key}:{value}' is looked for as a phrase; write {key}:<200 or {key}:50..100"
    )


def bounds(value: str) -> tuple[int, int]:
    """The least and the most that `<200`, `>5`, `7` or `50..100` lets through."""
    least, most = 0, 10**9
    if ".." in value:
        low, _, high = value.partition("..")
        return int(low or least), int(high or most)
    number = int(value.lstrip("<>="))
    sign = value[: len(value) - len(value.lstrip("<>="))]
    return {
        "<": (least, number - 1),
        "<=": (least, number),
        ">": (number + 1, most),
        ">=": (number, most),
    }.get(sign, (number, number))


def _instead(key: str, value: str, new_key: str, new_value: str) -> str:
    plain = new_value.casefold().removesuffix("s") == value.casefold().removesuffix("s")
    return "" if key == new_key and plain else f"'{key}:{value}' is read as {new_key}:{new_value}"


def _no_key(key: str, value: str) -> str:
    if value.startswith((":", "/")) or not value.strip():
        return ""  # std::map, an address, a word with a colon behind it
    from difflib import get_close_matches  # noqa: PLC0415 - only a key that is none pays for it

    near = get_close_matches(key, [*sorted(KEYS), *sorted(FIELDS)], n=1, cutoff=0.65)
    mean = f"; did you mean {near[0]}:{value}?" if near else "; `pkm help query` lists the keys"
    return f"'{key}:' is no key, so '{key}:{value}' is looked for as a phrase{mean}"
