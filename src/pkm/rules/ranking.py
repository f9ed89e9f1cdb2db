"""How hits are put in order, and which of them are one thing twice. Pure.

rank = words x recency x kind x state        an exact title goes first
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

_HALF_LIFE_DAYS: Final = 180.0
_OLDEST: Final = 0.6
_DAY_S: Final = 86_400.0
KIND_FACTORS: Final = {"note": 1.3, "quote": 1.2, "edition": 1.1, "item": 1.0}
STATE_FACTORS: Final = {"kept": 1.1, "let-go": 0.3}

One = TypeVar("One")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """Why a hit stands where it does; every factor is shown by `--explain`.

    Attributes:
        words: How well the words fit: BM25 over title, tags, quotes, own words and text, the larger the better.
        recency: 1 for what is new, less for old items; a thought of one's own does not expire.
        kind: What it is counts so much.
        state: What the user decided counts so much.
        exact: The title, or an alias, is what was looked for.
    """

    words: float
    recency: float = 1.0
    kind: float = 1.0
    state: float = 1.0
    exact: bool = False

    @property
    def rank(self) -> float:
        """All factors as one number; comparable within one answer only."""
        return self.words * self.recency * self.kind * self.state

    def said(self) -> str:
        """The factors that are not 1, for people."""
        parts = [f"words {self.words:.3g}"]
        for name, value in (("recency", self.recency), ("kind", self.kind), ("state", self.state)):
            if value != 1.0:
                parts.append(f"{name} {value:.2g}")
        return " x ".join(parts) + (", exact title first" if self.exact else "")


def weigh(  # noqa: PLR0913 - one argument a factor
    words: float, *, kind: str, state: str | None, sort_at: datetime | None, now: datetime | None, exact: bool
) -> Weight:
    """The weight of a hit.

    Args:
        words: BM25, larger is better.
        kind: `item`, `note`, `quote` or `edition`.
        state: Of an item; None for the others.
        sort_at: Aware; where an item stands in time, None for what does not grow old.
        now: Aware; None to leave time out.
        exact: The title is what was looked for.
    """
    recency = 1.0
    if sort_at is not None and now is not None:
        age_days = max(0.0, (now - sort_at).total_seconds() / _DAY_S)
        recency = _OLDEST + (1 - _OLDEST) * 0.5 ** (age_days / _HALF_LIFE_DAYS)
    return Weight(
        words=words,
        recency=recency,
        kind=KIND_FACTORS.get(kind, 1.0),
        state=STATE_FACTORS.get(state or "", 1.0),
        exact=exact,
    )


def gathered(rows: Sequence[tuple[One, tuple[object, ...]]]) -> list[tuple[One, list[One]]]:
    """Rows with those behind them that are the same thing: rows that share a name.

    Args:
        rows: In their order, each with the names by which it can be known; none for what is like nothing.
    """
    found: list[tuple[One, list[One]]] = []
    first: dict[object, int] = {}
    for row, names in rows:
        at = next((first[name] for name in names if name in first), None)
        if at is None:
            at = len(found)
            found.append((row, []))
        else:
            found[at][1].append(row)
        for name in names:
            first.setdefault(name, at)
    return found


def names_of(url: str | None, title: str, text_sha: str | None) -> tuple[tuple[str, ...], ...]:
    """The names by which an item can be known as another one: its address, and its title with its text."""
    names: list[tuple[str, ...]] = []
    if url:
        names.append(("url", url.partition("://")[2].removeprefix("www.").rstrip("/")))
    if title and text_sha:
        names.append(("text", title, text_sha))
    return tuple(names)


def best_first(weighed: Sequence[tuple[Weight, int]]) -> list[int]:
    """The places of these in their order: exact titles, then by rank, then what came last.

    Args:
        weighed: Weights, each with the row of the index, which tells older from newer and is never the same twice.
    """
    return sorted(
        range(len(weighed)),
        key=lambda at: (not weighed[at][0].exact, -weighed[at][0].rank, -weighed[at][1]),
    )
