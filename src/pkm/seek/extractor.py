"""trafilatura, where the extra `pkm-loop[extract]` is installed; else our own reading. Never needed.

It knows more sites by name than we do and leaves out more of what stands around; ours keeps more of the
article whole. The figures are in docs/decisions.md.
"""

import logging
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

from pkm.seek.article import article_of

Finder = Callable[[str, str], str]
"""Gives the markup of the article out of a page and its address; not safe to render."""

_LARGEST: Final = 1_000_000  # characters: its rules are many, and not all of them linear


def own(markup: str, _url: str) -> str:
    """Our own reading."""
    return article_of(markup)


def best() -> Finder:
    """The reading of trafilatura where it is installed, else our own."""
    return _both if find_spec("trafilatura") is not None else own


def _both(markup: str, url: str) -> str:
    if len(markup) > _LARGEST:
        return article_of(markup)
    return _theirs(markup, url) or article_of(markup)


def _theirs(markup: str, url: str) -> str:
    trafilatura: Any = import_module("trafilatura")
    # What it could not make out is no news for the user: it would be printed on stderr.
    logging.getLogger("trafilatura").addHandler(logging.NullHandler())
    try:
        found = trafilatura.extract(
            markup,
            url=url,
            output_format="html",
            include_comments=False,
            include_formatting=True,
            include_links=True,
            include_images=True,
        )
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
        return ""  # hostile markup makes lxml and its users raise nearly anything
    return str(found or "")
