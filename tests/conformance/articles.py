"""The article on a page and its facts, as Readability's own tests and trafilatura's evaluation have them.

Both expect what one program of theirs finds, and they differ from one another: captions, bylines and
readers' comments are text to one and not to the other. So a hundred of a hundred in both is not to be had.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from conformance.score import Score
from pkm.rules.html import plain_text, sanitise
from pkm.seek.extractor import Finder, best, own
from pkm.seek.page import Page, read_page

LEAST_F1 = 0.9
FAKE = "http://fakehost/test/page.html"

Missed = list[tuple[str, str]]


def scores(root: Path) -> Sequence[Score]:
    """Our own reading; beside it trafilatura's, where it is installed."""
    readers = {"pkm": own} | ({"trafilatura": best()} if find_spec("trafilatura") else {})
    found = []
    for name, find in readers.items():
        found += [of_readability(root, name, find), *of_trafilatura(root, name, find)]
    return [*found, *facts(root)]


def f1(one: str, other: str) -> float:
    """How alike two texts are by their words, 0 to 1."""
    a, b = Counter(one.split()), Counter(other.split())
    return 2 * (a & b).total() / max(1, a.total() + b.total())


@cache
def readability_pages(root: Path) -> tuple[Path, ...]:
    return tuple(
        sorted(path.parent for path in (root / "html-articles" / "readability").rglob("source.html"))
    )


@cache
def trafilatura_pages(root: Path) -> tuple[tuple[str, Path, Any], ...]:
    """Address, file and expectation of each page."""
    folder = root / "html-articles" / "trafilatura"
    told = json.loads((folder / "evaldata.json").read_text(encoding="utf-8"))
    found = []
    for key, said in told.items():
        address = key.rpartition("::")[2]
        path = folder / "pages" / said["file"]
        if path.exists():
            found.append((address if "://" in address else f"https://{address}", path, said))
    return tuple(found)


@cache
def page_at(path: Path, url: str, find: Finder) -> Page:
    return read_page(path.read_bytes(), url=url, content_type=None, find=find)


def of_readability(root: Path, name: str, find: Finder, *, every: int = 1) -> Score:
    """Pages whose text is as Readability's, word by word, to nine tenths."""
    missed: Missed = []
    pages = readability_pages(root)[::every]
    for folder in pages:
        wanted = plain_text(sanitise((folder / "expected.html").read_text(encoding="utf-8")))
        alike = f1(page_at(folder / "source.html", FAKE, find).text, wanted)
        if alike < LEAST_F1:
            missed.append((folder.name, f"F1 {alike:.2f}"))
    return Score(
        name=f"{name} on Readability's articles, F1 >= {LEAST_F1}",
        held=len(pages) - len(missed),
        checked=len(pages),
        missed=tuple(missed),
    )


def of_trafilatura(root: Path, name: str, find: Finder, *, every: int = 1) -> tuple[Score, Score]:
    """Strings that must be in the text, and strings that must not."""
    lacking: Missed = []
    surplus: Missed = []
    with_, without = 0, 0
    for url, path, said in trafilatura_pages(root)[::every]:
        text = flat(page_at(path, url, find).text)
        with_, without = with_ + len(said["with"]), without + len(said["without"])
        lacking += [(path.name, f"lacks {one!r}") for one in said["with"] if flat(one) not in text]
        surplus += [(path.name, f"has {one!r}") for one in said["without"] if flat(one) in text]
    return (
        Score(
            name=f"{name} on trafilatura's articles, what must be in",
            held=with_ - len(lacking),
            checked=with_,
            missed=tuple(lacking),
        ),
        Score(
            name=f"{name} on trafilatura's articles, what must not",
            held=without - len(surplus),
            checked=without,
            missed=tuple(surplus),
        ),
    )


def facts(root: Path, *, every: int = 1) -> Iterator[Score]:
    """Title, author, date and language as both sets expect them."""
    told = [*_readability_facts(root)][::every] + [*_trafilatura_facts(root)][::every]
    rules: dict[str, Callable[[str, Page], bool]] = {
        "title": lambda said, page: flat(said) == flat(page.title or ""),
        "author": lambda said, page: any(
            flat(one) in flat(said) or flat(said) in flat(one) for one in page.authors
        ),
        "date": _same_day,
        "language": lambda said, page: flat(said) == flat(page.language or ""),
    }
    for fact, holds in rules.items():
        asked = [(where, said[fact], page) for where, said, page in told if said.get(fact)]
        missed = [
            (where, f"{said!r} is expected, not {_of(page, fact)!r}")
            for where, said, page in asked
            if not holds(said, page)
        ]
        yield Score(
            name=f"pkm on pages' facts, {fact}",
            held=len(asked) - len(missed),
            checked=len(asked),
            missed=tuple(missed),
        )


def _readability_facts(root: Path) -> Iterator[tuple[str, dict[str, str | None], Page]]:
    for folder in readability_pages(root):
        said = json.loads((folder / "expected-metadata.json").read_text(encoding="utf-8"))
        day = (said.get("publishedTime") or "")[:10]
        yield (
            folder.name,
            {
                "title": said.get("title"),
                "author": said.get("byline"),
                "date": day if _is_day(day) else None,
                "language": said.get("lang"),
            },
            page_at(folder / "source.html", FAKE, own),
        )


def _trafilatura_facts(root: Path) -> Iterator[tuple[str, dict[str, str | None], Page]]:
    for url, path, said in trafilatura_pages(root):
        yield path.name, {key: said.get(key) for key in ("title", "author", "date")}, page_at(path, url, own)


def _same_day(said: str, page: Page) -> bool:
    # The page gives a zone, the expectation does not.
    found = page.published_at
    return found is not None and abs((found.date() - date.fromisoformat(said[:10])).days) <= 1


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _of(page: Page, fact: str) -> object:
    return {
        "title": page.title,
        "author": page.authors,
        "date": page.published_at,
        "language": page.language,
    }[fact]


def flat(text: str) -> str:
    return " ".join(text.lower().split())
