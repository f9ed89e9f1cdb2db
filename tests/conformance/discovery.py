"""Pages: which feeds a plain tag reader sees in them (E11), and which feed a page of a test set must lead to."""

import csv
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from conformance.claims import UNEXPLAINED
from conformance.score import Score
from pkm.rules.charset import decode_html
from pkm.rules.urls import join
from pkm.seek.discover import feed_links

_REASONS = {
    "html4-052.html": "its base stands behind the link; the page itself says that such a one is to be ignored, as we do",
    "html4-057.html": "it is UTF-16, which the oracle does not read; the page says that it should be, as we do",
}
_PAGE = "http://pages.example/dir/page.html"


def scores(root: Path) -> Sequence[Score]:
    """Links that must be found, links that nobody else sees, and pages that lead to their feed.

    Args:
        root: The corpus.
    """
    pages = list(_pages(root))
    return (
        _score("discovery: feeds of a page (E11)", [(name, wanted - got) for name, wanted, got in pages], "not found"),
        _score("discovery: no feed too many (E11)", [(name, got - wanted) for name, wanted, got in pages], "found as well"),
        _score("discovery: page to its feed", list(_led(root)), "not reached"),
    )  # fmt: skip


def _score(name: str, pages: Sequence[tuple[str, set[str]]], word: str) -> Score:
    missed = tuple(
        (page, f"{_REASONS.get(Path(page).name, UNEXPLAINED)}\n  {word}: {', '.join(sorted(links))}")
        for page, links in pages
        if links
    )
    return Score(name=name, held=len(pages) - len(missed), checked=len(pages), missed=missed)


def _pages(root: Path) -> Iterator[tuple[str, set[str], set[str]]]:
    """Page, feeds that the oracle saw declared, feeds that we did."""
    csv.field_size_limit(sys.maxsize)
    with (root / "html-discovery" / "oracle-discovery.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    for row in rows:
        path = root / row["file"]
        if path.is_file():
            mine = feed_links(path.read_bytes(), url=_PAGE, content_type="text/html")
            yield row["file"], _declared(row), {link.url for link in mine if link.type}


def _declared(row: dict[str, str]) -> set[str]:
    base = join(_PAGE, row["base_href"]) or _PAGE
    seen = ((kind, join(base, href)) for kind, _title, href in json.loads(row["links"]) if href.strip())
    return {
        address for kind, address in seen if address and "oembed" not in kind and "/wp-json/" not in address
    }


def _led(root: Path) -> Iterator[tuple[str, set[str]]]:
    """Pages whose feed stands beside them, and that feed if our links do not lead there."""
    for path in sorted((root / "html-discovery" / "feedfinder-tests").rglob("*.htm*")):
        if path.with_suffix(".xml").exists():
            page = decode_html(path.read_bytes()).text
            got = feed_links(page.encode(), url=f"http://pages.example/{path.name}", content_type=None)
            hit = any(link.url.rpartition("/")[2].startswith(path.stem) for link in got)
            yield path.name, set() if hit else {f"{path.stem}.xml"}
