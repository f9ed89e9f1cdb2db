"""Where a text may have it from: links that look like an origin, and sentences that name one. Pure.

Signs, not proof: a DOI, a PDF, a public body, a university, a paper. Whoever checks a claim opens them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Final

from pkm.rules.htmltree import Element, grow
from pkm.rules.urls import host_of, join

MOST: Final = 20
_SHOWN: Final = 240

_DOI: Final = re.compile(r"/10\.\d{4,9}/|^https?://(?:dx\.)?doi\.org/")
_PDF: Final = re.compile(r"\.pdf(?:[?#]|\Z)", re.IGNORECASE)
_SIGNS: Final = (
    (
        re.compile(r"(?:^|\.)(?:arxiv|biorxiv|medrxiv|ssrn|zenodo|osf|jstor|pubmed\.ncbi\.nlm\.nih)\.\w+\Z"),
        "a paper",
    ),
    (
        re.compile(r"(?:^|\.)(?:edu|ac)(?:\.[a-z]{2})?\Z|(?:^|\.)(?:uni|tu|univ)-[\w-]+\.[a-z]{2}\Z"),
        "a university",
    ),
    (
        re.compile(
            r"(?:^|\.)(?:gov|gob|gouv|mil|govt)(?:\.[a-z]{2})?\Z|\.gc\.ca\Z|(?:^|\.)(?:admin\.ch|bund\.de|gv\.at)\Z"
            r"|(?:^|\.)(?:europa\.eu|un\.org|oecd\.org|worldbank\.org|imf\.org)\Z|\.int\Z"
        ),
        "a public body",
    ),
)
_ACCORDING: Final = re.compile(
    r"\b(?:according to|as reported by|(?:study|survey|report|paper) (?:by|from|published)|"
    r"laut|zufolge|nach Angaben|selon|d'après|según|de acuerdo con|secondo|volgens|enligt|segundo)\b",
    re.IGNORECASE,
)
_SENTENCE: Final = re.compile(r"[^.!?\n]+(?:[.!?](?!\s)[^.!?\n]*)*[.!?]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A link that looks like an origin.

    Attributes:
        words: Those of the link, on one line; empty if it has none.
        sign: Why it looks so: `a DOI`, `a PDF`, `a paper`, `a university`, `a public body`.
    """

    url: str
    words: str
    sign: str


def origins(html: str, *, base: str | None) -> tuple[Origin, ...]:
    """The links of a text that look like an origin, in order, each address once; those of its own site are none.

    Args:
        html: Sanitised.
        base: The text's own address.
    """
    own = host_of(base) if base else ""
    found: dict[str, Origin] = {}
    for one in grow(html).below():
        url = join(base, unescape(one.attributes.get("href", ""))) if one.name == "a" else None
        sign = _sign(url) if url else None
        if url and sign and host_of(url) != own and url not in found:
            found[url] = Origin(url=url, words=_words(one), sign=sign)
    return tuple(found.values())[:MOST]


def _sign(url: str) -> str | None:
    if _DOI.search(url):
        return "a DOI"
    host = host_of(url)
    named = next((name for pattern, name in _SIGNS if pattern.search(host)), None)
    return named or ("a PDF" if _PDF.search(url) else None)


def _words(link: Element) -> str:
    return " ".join(unescape("".join(_texts(link))).split())[:_SHOWN]


def _texts(element: Element) -> Iterator[str]:
    for one in element.children:
        if isinstance(one, str):
            yield one
        elif not one.gone:
            yield from _texts(one)


def named_origins(text: str) -> tuple[str, ...]:
    """The sentences of a text that say from whom they have it, each on one line; of a long one what is around it."""
    lines = (" ".join(sentence.split()) for sentence in _SENTENCE.findall(text))
    found = (_around(line, named.start()) for line in lines if (named := _ACCORDING.search(line)))
    return tuple(dict.fromkeys(found))[:MOST]


def _around(line: str, at: int) -> str:
    if len(line) <= _SHOWN:
        return line
    start = max(0, min(at - _SHOWN // 2, len(line) - _SHOWN))
    piece = line[start : start + _SHOWN]
    return f"{'…' if start else ''}{piece}{'…' if start + _SHOWN < len(line) else ''}"
