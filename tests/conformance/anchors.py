"""Quotes on real pages that are edited, moved and deleted: who is found again, and who is wrongly believed.

Nobody else's expectations: the edits are made here, from a seed of each page's own, so that where the passage
stands afterwards is known to the character.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from random import Random

from conformance.score import Score
from pkm.rules.anchor import anchor_at, fold
from pkm.rules.html import plain_text, sanitise
from pkm.rules.reanchor import ALONE, Stands, reanchor
from pkm.seek.fast.reader import read_fast

LEAST_CHARS = 1_500
_PAGES = 200
_MOST_CHARS = 60_000
_WORD = re.compile(r"[^\s\u2e80-\uffef]+|[\u2e80-\uffef]{1,4}")
_OTHER = [
    "harbour",
    "lantern",
    "quartz",
    "meadow",
    "velvet",
    "copper",
    "orchid",
    "falcon",
    "ember",
    "thistle",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One quote, one edit.

    Attributes:
        kind: What was done to the page.
        start: Where the passage then begins in `new`; None if it is gone.
    """

    page: str
    kind: str
    old: str
    new: str
    quote: tuple[int, int]
    start: int | None
    stop: int | None

    def stands(self, *, with_old: bool = True) -> Stands:
        """What we say of it."""
        anchor = anchor_at(self.old, *self.quote)
        return reanchor(anchor, self.new, made_on=self.old if with_old else None)

    @property
    def words(self) -> str:
        """The quote, for the report."""
        return self.old[slice(*self.quote)][:80]


@cache
def pages(root: Path) -> tuple[tuple[str, str], ...]:
    """Name and plain text of real pages, with their menus and footers (those hold the lookalikes), and of feeds."""
    made = ((name, text[:_MOST_CHARS]) for name, text in (*_pages(root), *_feeds(root)))
    return tuple(islice(((name, text) for name, text in made if len(text) >= LEAST_CHARS), _PAGES))


def _pages(root: Path) -> Iterator[tuple[str, str]]:
    folder = root / "html-articles"
    for file in (
        *sorted((folder / "readability").rglob("source.html")),
        *sorted((folder / "trafilatura" / "pages").glob("*")),
    ):
        name = file.parent.name if file.name == "source.html" else file.name
        yield name, plain_text(sanitise(file.read_bytes().decode("utf-8", "replace")))


def _feeds(root: Path) -> Iterator[tuple[str, str]]:
    """The longest item of each feed that is well formed."""
    for file in sorted((root / "feeds").rglob("*.xml")):
        feed = read_fast(file.read_bytes(), url="https://feed.example/", content_type=None)
        bodies = sorted((item.html for item in feed.items if item.html), key=len) if feed else []
        if bodies:
            yield f"{file.parent.name}/{file.name}", plain_text(sanitise(bodies[-1]))


def cases(root: Path, *, every: int = 1) -> Iterator[Case]:
    """One passage a page and kind of edit; the same ones each time."""
    for name, text in pages(root)[::every]:
        chance = Random(name)
        for kind, edit in (
            ("deleted", _deleted),
            ("deleted", _deleted),
            ("deleted", _deleted),
            ("edited", _edited),
            ("moved", _moved),
            ("short deleted", _deleted),
        ):
            place = _passage(text, chance, short=kind.startswith("short"))
            if place is None:
                continue
            start, stop = place
            new, now_start, now_stop = edit(text, start, stop, chance)
            yield Case(
                page=name, kind=kind, old=text, new=new, quote=(start, stop), start=now_start, stop=now_stop
            )


def scores(root: Path, *, every: int = 1) -> Sequence[Score]:
    """How many hold, by kind of edit; with the text that the quote was made on, and without it."""
    made = tuple(cases(root, every=every))
    return [
        *(_score(made, kind, with_old=True) for kind in ("deleted", "short deleted", "edited", "moved")),
        *(_score(made, kind, with_old=False) for kind in ("deleted", "edited")),
    ]


def _score(made: Sequence[Case], kind: str, *, with_old: bool) -> Score:
    chosen = [case for case in made if case.kind == kind]
    told = [(case, case.stands(with_old=with_old)) for case in chosen]
    missed = tuple(
        (
            case.page,
            f"{stands.outcome}: {case.words!r} -> {case.new[stands.start or 0 : stands.stop or 0][:80]!r}",
        )
        for case, stands in told
        if not holds(case, stands)
    )
    name = {"edited": "an edited quote is found", "moved": "a moved quote is found"}.get(
        kind,
        f"a {kind.removesuffix(' deleted') if ' ' in kind else ''} deleted quote stays deleted".replace(
            "  ", " "
        ),
    )
    without = "" if with_old else ", the old text being lost"
    return Score(
        name=f"quotes on real pages: {name}{without}",
        held=len(chosen) - len(missed),
        checked=len(chosen),
        missed=missed,
    )


def holds(case: Case, stands: Stands) -> bool:
    """Whether it was found where it is, or not at all if it is gone."""
    if case.start is None or case.stop is None:
        return stands.start is None
    if stands.start is None or stands.stop is None:
        return False
    shared = min(stands.stop, case.stop) - max(stands.start, case.start)
    return shared >= 0.8 * max(case.stop - case.start, stands.stop - stands.start)


def _passage(text: str, chance: Random, *, short: bool) -> tuple[int, int] | None:
    """A run of words that stands once in the text."""
    words = _words(text)
    folded = fold(text)
    for _ in range(60):
        count = chance.randint(1, 3) if short else chance.randint(8, 40)
        first = chance.randrange(max(1, len(words) - count))
        start, stop = words[first][0], words[min(first + count, len(words)) - 1][1]
        needle = fold(text[start:stop]).text.strip()
        fits = len(needle) < ALONE if short else len(needle) >= 40
        if fits and sum(map(str.isalpha, needle)) > len(needle) // 2 and len([*folded.matches(needle)]) == 1:
            return start, stop
    return None


def _words(text: str) -> list[tuple[int, int]]:
    # Of scripts without blanks a few characters are a word.
    return [found.span() for found in _WORD.finditer(text)]


def _deleted(text: str, start: int, stop: int, _chance: Random) -> tuple[str, None, None]:
    return text[:start] + text[stop:], None, None


def _edited(text: str, start: int, stop: int, chance: Random) -> tuple[str, int, int]:
    """About a tenth of its words put otherwise, left out or put in; sometimes what stands on one side as well."""
    words = text[start:stop].split(" ") if " " in text[start:stop] else [*text[start:stop]]
    blank = " " if " " in text[start:stop] else ""
    for _ in range(max(1, len(words) // 10)):
        place = chance.randrange(len(words))
        words[place] = chance.choice([chance.choice(_OTHER), "", f"{words[place]} {chance.choice(_OTHER)}"])
    new = blank.join(word for word in words if word)
    before, after = text[:start], text[stop:]
    side = chance.choice(["", "before", "after"])
    if side == "before":
        before = before[: max(0, start - 60)] + " ".join(chance.sample(_OTHER, 5)) + " "
    elif side == "after":
        after = " " + " ".join(chance.sample(_OTHER, 5)) + after[60:]
    return before + new + after, len(before), len(before) + len(new)


def _moved(text: str, start: int, stop: int, chance: Random) -> tuple[str, int, int]:
    """Untouched, behind a new beginning, its blanks and quotation marks set otherwise."""
    lead = " ".join(chance.choices(_OTHER, k=chance.randint(1, 300))) + "\n\n"
    new = text[start:stop].replace(" ", "\u00a0", 2).replace("'", "\u2019")
    return lead + text[:start] + new + text[stop:], len(lead) + start, len(lead) + start + len(new)
