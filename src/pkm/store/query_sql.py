"""A query tree as SQL over `search_text AS s`; the only text of the user's in it are bound values."""

from pkm.rules.fold import fold
from pkm.rules.query import And, Filter, Node, Not, Or, Term
from pkm.store.worded import WORDED

_KIND = "coalesce(kind, CASE WHEN id IN (SELECT note FROM note_items) THEN 'comment' ELSE 'thought' END)"
"""SQL: what a note is; one whose file does not say is a comment if it is on an item, else a thought."""


def conjunction(query: Node) -> tuple[str, ...] | None:
    """The phrases of a query that is words alone, all of them wanted; None for any other query.

    Such a query, the common one, goes to FTS5 as a single MATCH, which is twice as fast.
    """
    parts = query.nodes if isinstance(query, And) else (query,)
    if not parts or not all(isinstance(part, Term) for part in parts):
        return None
    said = [phrase(part) for part in parts if isinstance(part, Term)]
    kept = tuple(one for one in said if one)
    return kept or None


def split(query: Node) -> tuple[tuple[str, ...], Node]:
    """The texts that a MATCH can ask of every hit, each in brackets if it has several phrases; and what is left."""
    texts = [(part, match_text(part)) for part in _parts(query)]
    left = tuple(part for part, text in texts if text is None)
    return tuple(text for _part, text in texts if text is not None), And(left)


def match_text(node: Node) -> str | None:
    """Words, phrases and their OR and AND as one text for MATCH; None for what holds anything else.

    Brackets are safe here, since each phrase is quoted and each operator is written out.
    """
    if isinstance(node, Term):
        return phrase(node)
    if not isinstance(node, And | Or) or not node.nodes:
        return None
    texts = [match_text(child) for child in node.nodes]
    if None in texts:
        return None
    word = " AND " if isinstance(node, And) else " OR "
    return f"({word.join(text for text in texts if text)})"


def _parts(query: Node) -> tuple[Node, ...]:
    if not isinstance(query, And):
        return (query,)
    return tuple(part for child in query.nodes for part in _parts(child))


def needs_words(query: Node) -> bool:
    """Whether each hit must hold at least one of the words, so that ranking may begin from them."""
    if isinstance(query, Term):
        return phrase(query) is not None
    if isinstance(query, And):
        return any(needs_words(child) for child in query.nodes)
    if isinstance(query, Or):
        return all(needs_words(child) for child in query.nodes)
    return False


def phrase(term: Term) -> str | None:
    """One quoted phrase for FTS5; None if folding leaves nothing that the tokenizer would keep."""
    folded = fold(term.text).replace('"', " ").replace("\0", " ").strip()
    if not any(char.isalnum() or ord(char) > 0x2000 for char in folded):
        return None
    field = f"{term.field} : " if term.field else ""
    return f'{field}"{folded}"{" *" if term.prefix else ""}'


class Condition:
    """Compiles a tree to a condition on `s`, gathering its values in order.

    Args:
        filters: The rows come from elsewhere, as hits of a MATCH, one by one. Then the condition may only
            look at each: SQLite would else join two long lists through an index, which takes hours.
    """

    def __init__(self, *, filters: bool = False) -> None:
        self.values: list[object] = []
        self._filters = filters
        # A plus keeps an index from being used (sqlite.org/optoverview.html, section 2.1).
        self._ref = "+s.ref" if filters else "s.ref"
        self._kind_of = "+s.kind" if filters else "s.kind"

    def node(self, node: Node) -> str:
        if isinstance(node, Term):
            return self._term(node)
        if isinstance(node, Filter):
            return self._filter(node)
        if isinstance(node, Not):
            return f"NOT ({self.node(node.node)})"
        if not node.nodes:
            return "1"
        word = " AND " if isinstance(node, And) else " OR "
        return "(" + word.join(self.node(child) for child in node.nodes) + ")"

    def _term(self, term: Term) -> str:
        said = phrase(term)
        if said is None:
            return "1"
        self.values.append(said)
        return "s.rowid IN (SELECT rowid FROM search WHERE search MATCH ?)"

    def _filter(self, filtered: Filter) -> str:
        compilers = {
            "tag": self._tag,
            "source": self._source,
            "site": self._source,
            "author": self._author,
            "in": self._is_in,
            "is": self._is,
            "has": self._has,
            "kind": self._kind,
        }
        value = filtered.value.casefold()
        compiler = compilers.get(filtered.key)
        return compiler(value) if compiler else self._when(filtered.key, value)

    def _kind(self, value: str) -> str:
        return self._of(f"SELECT id FROM notes WHERE {_KIND} = ?", value)

    def _of(self, ids: str, *values: object) -> str:
        """`s` is one of these ids."""
        self.values += values
        return f"{self._ref} IN ({ids})"

    def _tag(self, value: str) -> str:
        tagged = """SELECT "on" FROM tags WHERE fold = ? OR fold LIKE ? ESCAPE '\\'"""
        self.values += [value, _like(value) + "/%"] * 2
        return (
            f"({self._ref} IN ({tagged}) OR {self._ref} IN (SELECT id FROM items WHERE source IN ({tagged})))"
        )

    def _source(self, value: str) -> str:
        named = f"SELECT id FROM sources WHERE id = ? OR {_holds('title')} OR {_holds('url')}"
        like = f"%{_like(fold(value))}%"
        items = f"SELECT item FROM arrivals WHERE source IN ({named})"
        self.values += [value, like, like] * 3
        return (
            f"({self._ref} IN ({items}) OR {self._ref} IN (SELECT note FROM note_items WHERE item IN ({items}))"
            f" OR {self._ref} IN (SELECT id FROM quotes WHERE item IN ({items})))"
        )

    def _author(self, value: str) -> str:
        like = f"%{_like(fold(value))}%"
        self.values += [like, like]
        return (
            f"({self._ref} IN (SELECT id FROM items WHERE {_holds('authors')})"
            f" OR {self._ref} IN (SELECT id FROM notes WHERE {_holds('authors')}))"
        )

    def _is_in(self, value: str) -> str:
        kind = value.removesuffix("s")
        if kind == "question":
            return self._kind(kind)
        self.values.append("edition" if kind in {"digest", "share"} else kind)
        return f"{self._kind_of} = ?"

    def _is(self, value: str) -> str:
        if value in {"new", "kept", "let-go"} and self._filters:
            self.values.append(value)
            return "EXISTS (SELECT 1 FROM items WHERE items.id = s.ref AND items.state = ?)"
        if value in {"new", "kept", "let-go"}:
            return self._of("SELECT id FROM items WHERE state = ?", value)
        if value == "hidden":
            return f"{self._ref} IN (SELECT id FROM items WHERE hidden_by IS NOT NULL)"
        if value == "conflict":
            copied = "SELECT id FROM notes WHERE path IN (SELECT original FROM note_copies)"
            return f"{self._ref} IN ({copied})"
        if value == "unsensed":
            worded = f"SELECT item FROM note_items JOIN notes ON notes.id = note WHERE {WORDED}"
            return f"{self._ref} IN (SELECT id FROM items WHERE state = 'kept' AND id NOT IN ({worded}))"
        return self._of(f"SELECT id FROM notes WHERE status = ? OR {_KIND} = ?", value, value)

    def _has(self, value: str) -> str:
        table = {
            "note": "SELECT item FROM note_items",
            "quote": "SELECT item FROM quotes",
            "link": "SELECT note FROM links",
        }
        ids = table.get(value.removesuffix("s"), """SELECT "on" FROM tags""")
        return f"{self._ref} IN ({ids})"

    def _when(self, key: str, value: str) -> str:
        sign = ">=" if key == "since" else "<"
        columns = (
            ("items", "sort_at"),
            ("notes", "created_at"),
            ("quotes", "created_at"),
            ("digests", "created_at"),
        )
        self.values += [value.upper()] * len(columns)
        parts = (
            f"{self._ref} IN (SELECT id FROM {table} WHERE {column} {sign} ?)" for table, column in columns
        )
        return f"({' OR '.join(parts)})"


def _holds(column: str) -> str:
    """SQL: the folded column holds a pattern; Python folds only what SQLite's own `lower` cannot."""
    folded = f"CASE WHEN {column} GLOB '*[^ -~]*' THEN folded({column}) ELSE lower({column}) END"
    return f"coalesce({folded}, '') LIKE ? ESCAPE '\\'"


def _like(value: str) -> str:
    return value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
