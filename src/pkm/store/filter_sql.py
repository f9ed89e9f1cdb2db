"""What a row must be, as SQL over `search_text AS s`; the user's text is in it as bound values alone."""

from typing import TYPE_CHECKING, Final, NamedTuple

from pkm.rules.fold import fold
from pkm.rules.query import Filter
from pkm.rules.querywords import bounds
from pkm.store.worded import WORDED

if TYPE_CHECKING:
    from collections.abc import Callable

KIND: Final = (
    "coalesce(kind, CASE WHEN id IN (SELECT note FROM note_items) THEN 'comment' ELSE 'thought' END)"
)
"""SQL: what a note is; one whose file does not say is a comment if it is on an item, else a thought."""

NEVER: Final = "0"

Sql = tuple[str, tuple[object, ...]]
"""A condition, and the values of its question marks in order."""


class At(NamedTuple):
    """How a condition names the row.

    Attributes:
        ref: The id of the thing, as SQL.
        kind: What it is, as SQL.
        single: The rows come from elsewhere, one by one, and the condition may only look at each.
    """

    ref: str
    kind: str
    single: bool


_ON_NOTES: Final = (
    "SELECT note_items.item FROM note_items JOIN notes ON notes.id = note_items.note WHERE notes.kind"
)
FLAGS: Final = {
    "later": "SELECT id FROM items WHERE later_at IS NOT NULL AND state = 'new'",
    "noted": "SELECT item FROM note_items",
    "shared": (
        "SELECT item FROM shares WHERE state = 'sent' AND item IS NOT NULL"
        " UNION SELECT note FROM shares WHERE state = 'sent' AND note IS NOT NULL"
    ),
    "check": f"{_ON_NOTES} = 'check'",
    "claim": f"{_ON_NOTES} = 'claim'",
    "quote": "SELECT item FROM quotes UNION SELECT note FROM quotes",
    "enclosure": "SELECT item FROM arrivals WHERE enclosures != '[]'",
    "question": (
        "SELECT item FROM decisions WHERE question IS NOT NULL UNION SELECT id FROM notes WHERE question IS NOT NULL"
    ),
}
"""Ids of things that are or have something, as SQL."""

_STATES: Final = {
    **{state: FLAGS[flag] for state, flag in (("later", "later"), ("noted", "noted"), ("shared", "shared"))},
    "checked": FLAGS["check"],
    "hidden": "SELECT id FROM items WHERE hidden_by IS NOT NULL",
    "conflict": "SELECT id FROM notes WHERE path IN (SELECT original FROM note_copies)",
    "unsensed": (
        "SELECT id FROM items WHERE state = 'kept' AND id NOT IN"
        f" (SELECT item FROM note_items JOIN notes ON notes.id = note WHERE {WORDED})"
    ),
}
_FRONT: Final = {
    "id": "id", "title": "title", "date": "date", "modified": "modified", "kind": "kind", "status": "status",
    "visibility": "visibility", "via": "via", "hat_tip": "hat_tip", "question": "question", "insight": "insight",
    "description": "description", "source": "source_url", "published": "published",
}  # fmt: skip
_FRONT_LISTS: Final = {"author": "authors", "authors": "authors", "aliases": "aliases", "only": "only"}

ORIGINAL: Final = (
    "CASE s.kind WHEN 'item' THEN (SELECT coalesce(items.title, '') || char(10) || coalesce(texts.text, '')"
    " FROM items LEFT JOIN texts ON texts.sha = items.text_sha WHERE items.id = s.ref)"
    " WHEN 'note' THEN (SELECT title || char(10) || body FROM notes WHERE id = s.ref)"
    " WHEN 'quote' THEN (SELECT exact FROM quotes WHERE id = s.ref) END"
)
"""SQL: the words of a row as they are; editions stand in files, so they have none here."""


def filter_sql(filtered: Filter, at: At) -> Sql:
    """A filter as a condition; one that needs more than the store (see `querywords.GRAPH`) lets nothing through."""
    compilers: dict[str, Callable[[str, At], Sql]] = {
        "tag": _tag,
        "source": _source,
        "site": _site,
        "space": _space,
        "author": _author,
        "via": _via,
        "url": _url,
        "path": _path,
        "in": _in,
        "is": _is,
        "has": _has,
        "kind": _kind,
        "since": lambda value, at: _when(f">={value}", at),
        "until": lambda value, at: _when(f"<{value}", at),
        "added": _added,
        "published": lambda value, at: _moment("items", "published_at", value, at),
        "modified": lambda value, at: _moment("notes", "modified_at", value, at),
        "words": _words,
        "links": _links,
    }
    if filtered.key in {"regex", "exact", "front"}:
        return {"regex": _regex, "exact": _exact, "front": _front}[filtered.key](filtered.value, at)
    compiler = compilers.get(filtered.key)
    return compiler(filtered.value.casefold(), at) if compiler else (NEVER, ())


def like(value: str) -> str:
    """A pattern for LIKE that means these characters alone."""
    return value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _holds(column: str) -> str:
    """SQL: the folded column holds a pattern; Python folds only what SQLite's own `lower` cannot."""
    folded = f"CASE WHEN {column} GLOB '*[^ -~]*' THEN folded({column}) ELSE lower({column}) END"
    return f"coalesce({folded}, '') LIKE ? ESCAPE '\\'"


def _part(value: str) -> str:
    return f"%{like(fold(value))}%"


def _of_items(items: str, at: At) -> str:
    """The row is one of these items, or a note or a quote on one."""
    return (
        f"({at.ref} IN ({items}) OR {at.ref} IN (SELECT note FROM note_items WHERE item IN ({items}))"
        f" OR {at.ref} IN (SELECT id FROM quotes WHERE item IN ({items})))"
    )


def _tag(value: str, at: At) -> Sql:
    tagged = """SELECT "on" FROM tags WHERE fold = ? OR fold LIKE ? ESCAPE '\\'"""
    where = f"({at.ref} IN ({tagged}) OR {at.ref} IN (SELECT id FROM items WHERE source IN ({tagged})))"
    return where, (value, like(value) + "/%") * 2


def _source(value: str, at: At) -> Sql:
    named = f"SELECT id FROM sources WHERE id = ? OR {_holds('title')} OR {_holds('url')}"
    items = f"SELECT item FROM arrivals WHERE source IN ({named})"
    return _of_items(items, at), (value, _part(value), _part(value)) * 3


def _site(value: str, at: At) -> Sql:
    return _of_items("SELECT id FROM items WHERE at_site(url, ?)", at), (value,) * 3


def _space(value: str, at: At) -> Sql:
    items = "SELECT item FROM arrivals WHERE source IN (SELECT id FROM sources WHERE space = ?)"
    return _of_items(items, at), (value,) * 3


def _author(value: str, at: At) -> Sql:
    where = (
        f"({at.ref} IN (SELECT id FROM items WHERE {_holds('authors')})"
        f" OR {at.ref} IN (SELECT id FROM notes WHERE {_holds('authors')}))"
    )
    return where, (_part(value),) * 2


def _via(value: str, at: At) -> Sql:
    either = "(coalesce(via, '') || ' ' || coalesce(hat_tip, ''))"
    where = (
        f"({at.ref} IN (SELECT id FROM items WHERE {_holds(either)})"
        f" OR {at.ref} IN (SELECT id FROM notes WHERE {_holds(either)}))"
    )
    return where, (_part(value),) * 2


def _url(value: str, at: At) -> Sql:
    return f"{at.ref} IN (SELECT id FROM items WHERE {_holds('url')})", (_part(value),)


def _path(value: str, at: At) -> Sql:
    where = (
        f"({at.ref} IN (SELECT id FROM notes WHERE {_holds('path')})"
        f" OR {at.ref} IN (SELECT id FROM digests WHERE {_holds('path')}))"
    )
    return where, (_part(value),) * 2


def _kind(value: str, at: At) -> Sql:
    return f"{at.ref} IN (SELECT id FROM notes WHERE {KIND} = ?)", (value,)


def _in(value: str, at: At) -> Sql:
    kind = value.removesuffix("s")
    if kind in {"question", "check", "claim"}:
        return _kind(kind, at)
    return f"{at.kind} = ?", ("edition" if kind in {"digest", "share"} else kind,)


def _is(value: str, at: At) -> Sql:
    if value in {"new", "kept", "let-go"}:
        if at.single:
            return "EXISTS (SELECT 1 FROM items WHERE items.id = s.ref AND items.state = ?)", (value,)
        return f"{at.ref} IN (SELECT id FROM items WHERE state = ?)", (value,)
    if value in _STATES:
        return f"{at.ref} IN ({_STATES[value]})", ()
    return f"{at.ref} IN (SELECT id FROM notes WHERE status = ? OR {KIND} = ?)", (value, value)


def _has(value: str, at: At) -> Sql:
    what = value.removesuffix("s")
    if what == "tag":
        return f"""{at.ref} IN (SELECT "on" FROM tags)""", ()
    if what == "link":
        return f"{at.ref} IN (SELECT note FROM links)", ()
    ids = FLAGS.get("noted" if what == "note" else what)
    return (f"{at.ref} IN ({ids})", ()) if ids and what not in {"later", "shared", "noted"} else (NEVER, ())


# Time and number.

_ADDED: Final = (
    ("items", "first_seen"),
    ("notes", "created_at"),
    ("quotes", "created_at"),
    ("digests", "created_at"),
)
_DATED: Final = (("items", "sort_at"), *_ADDED[1:])


def _when(value: str, at: At) -> Sql:
    return _any_of([_moment(table, column, value, at) for table, column in _DATED])


def _added(value: str, at: At) -> Sql:
    return _any_of([_moment(table, column, value, at) for table, column in _ADDED])


def _any_of(parts: list[Sql]) -> Sql:
    return f"({' OR '.join(part for part, _ in parts)})", tuple(
        value for _, values in parts for value in values
    )


def _moment(table: str, column: str, value: str, at: At) -> Sql:
    sign = ">=" if value.startswith(">=") else "<"
    moment = value.lstrip("<>=").upper()
    return f"{at.ref} IN (SELECT id FROM {table} WHERE {column} {sign} ?)", (moment,)


def _words(value: str, _at: At) -> Sql:
    length = (
        "CASE s.kind WHEN 'note' THEN (SELECT own_words FROM notes WHERE id = s.ref)"
        " WHEN 'quote' THEN words_in(s.quote) ELSE words_in(s.body) END"
    )
    return f"{length} BETWEEN ? AND ?", bounds(value)


def _links(value: str, at: At) -> Sql:
    where = f"({at.kind} = 'note' AND (SELECT count(*) FROM links WHERE note = s.ref) BETWEEN ? AND ?)"
    return where, bounds(value)


# Texts as they are, and front matter.


def _regex(pattern: str, _at: At) -> Sql:
    return f"matches(?, {ORIGINAL})", (pattern,)


def _exact(text: str, _at: At) -> Sql:
    return f"instr({ORIGINAL}, ?) > 0", (text,)


def _front(said: str, at: At) -> Sql:
    key, colon, value = said.partition(":")
    key, value = key.strip().casefold(), fold(value.strip())
    if key in {"tags", "tag"}:
        return _tag(value, at) if colon else _has("tag", at)
    if key in _FRONT:
        column = _FRONT[key]
        test = f"folded(coalesce({column}, '')) = ?" if colon else f"{column} IS NOT NULL"
        return f"{at.ref} IN (SELECT id FROM notes WHERE {test})", (value,) if colon else ()
    if key in _FRONT_LISTS:
        column = f'"{_FRONT_LISTS[key]}"'
        test = f"EXISTS (SELECT 1 FROM json_each(notes.{column}) AS one WHERE folded(CAST(coalesce(one.value, '') AS TEXT)) = ?)"
        test = test if colon else f"{column} != '[]'"
        return f"{at.ref} IN (SELECT id FROM notes WHERE {test})", (value,) if colon else ()
    test = "lower(json_extract(one.value, '$[0]')) = ?"
    test += " AND folded(CAST(coalesce(json_extract(one.value, '$[1]'), '') AS TEXT)) = ?" if colon else ""
    where = f"SELECT id FROM notes WHERE EXISTS (SELECT 1 FROM json_each(notes.extra) AS one WHERE {test})"
    return f"{at.ref} IN ({where})", (key, value) if colon else (key,)
