"""A page with several feeds: they are numbered, and the user picks, now or with the next line that is typed."""

import sys
from collections.abc import Sequence
from typing import Any

from pkm.cli.ask import ask_line
from pkm.cli.context import Run
from pkm.cli.output import warn
from pkm.cli.picking import last_list
from pkm.cli.terminal import width
from pkm.errors import AnswerNeeded, UsageError
from pkm.rules.urls import display_url
from pkm.seek.behind import Choice
from pkm.seek.discover import FeedLink
from pkm.shelf.shelf import Shelf

_KIND = "follow"
_ADDRESS = "u:"  # stands before an address in the last list, as `i-` before an item


def pick(run: Run, shelf: Shelf, choice: Choice) -> int:
    """Which of the feeds, from 1: asked on a terminal; else they are shown as numbered rows.

    Raises:
        AnswerNeeded: There is nobody to ask.
    """
    listed = _listed(choice.links, width(run.environ, sys.stderr))
    here = display_url(choice.url)
    rows = [f"{_ADDRESS}{link.url} {choice.url}" for link in choice.links]
    numbered = last_list(run, shelf).remember(_KIND, rows)
    if not run.json:
        warn("\n".join([*([f"{here} has {len(listed)} feeds:"] if run.asks else []), *listed]))
    if not run.asks:
        raise AnswerNeeded(
            f"{here} has {len(listed)} feeds",
            why="; ".join(listed) if run.json else "which of them is for you to say",
            hint=f"{'pkm follow 1, or ' if numbered else ''}pkm follow {here} --pick 1",
        )
    return _asked(run, len(listed))


def _listed(links: Sequence[FeedLink], columns: int) -> list[str]:
    """A feed a line; where one is too long for the terminal, title and address stand on lines of their own."""
    rows = [
        (f"{n}  {link.title or link.type or 'feed'}", display_url(link.url))
        for n, link in enumerate(links, 1)
    ]
    between = "\n   " if any(len(title) + 2 + len(url) > columns for title, url in rows) else "  "
    return [f"{title}{between}{url}" for title, url in rows]


def _asked(run: Run, count: int) -> int:
    while True:
        answer = ask_line(run, f"Which one? [1-{count}, Enter for the first]", flag="--pick N")
        if not answer:
            return 1
        if answer.isascii() and answer.isdigit() and 1 <= int(answer) <= count:
            return int(answer)


def rows_named(run: Run, shelf: Shelf, word: str) -> tuple[tuple[FeedLink, str], ...]:
    """The feeds that a row or a range of the last list means, each with the page that named it.

    Raises:
        UsageError: The last list is not one of feeds.
        NotFound: It has no such row.
    """
    shown = last_list(run, shelf)
    last = shown.shown()
    if last is not None and last.kind != _KIND:
        raise UsageError(
            f"{word}: the last list is that of `pkm {last.kind}`, and has no feeds to follow",
            hint="pkm follow https://ADDRESS",
        )
    rows = shown.resolve([word], lambda _tail: (), prefixes=_ADDRESS[0])
    pairs = (row.removeprefix(_ADDRESS).partition(" ") for row in rows)
    return tuple((FeedLink(url=feed), page) for feed, _, page in pairs)


def choice_fields(choice: Choice) -> dict[str, Any]:
    """A choice in `pkm.sources/1`."""
    return {"url": display_url(choice.url), "feeds": _feeds(choice.links)}


def _feeds(links: Sequence[FeedLink]) -> list[dict[str, Any]]:
    return [
        {"number": number, "title": link.title or None, "url": display_url(link.url)}
        for number, link in enumerate(links, start=1)
    ]
