"""One fact that somebody else's test asserts about a feed, beside what we make of it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from conformance.score import Score
from pkm.errors import NotAFeed
from pkm.model.item import ParsedFeed
from pkm.rules.html import plain_text, sanitise
from pkm.seek.fast.reader import read_fast
from pkm.seek.jsonfeed import read_json_feed
from pkm.seek.parse import parse_feed
from pkm.seek.sniff import is_json, refuse_what_is_no_feed
from pkm.seek.values import plain

UNEXPLAINED = "no reason is known: this is ours to mend"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What they say and what we say.

    Attributes:
        where: File and field.
        body: The document, for the rules that give reasons.
    """

    where: str
    field: str
    theirs: object
    ours: object
    body: bytes

    @property
    def holds(self) -> bool:
        return self.ours == self.theirs


Reason = tuple[str, Callable[[Claim], object]]


def score(name: str, claims: Iterable[Claim], reasons: Sequence[Reason]) -> Score:
    """Count them; each miss takes the first reason whose rule fits."""
    every = list(claims)
    missed = [one for one in every if not one.holds]
    return Score(
        name=name,
        held=len(every) - len(missed),
        checked=len(every),
        missed=tuple((f"{one.where} {one.field}", _told(one, reasons)) for one in missed),
    )


def read(body: bytes, *, url: str, content_type: str | None = None) -> ParsedFeed | None:
    """The feed as we read it, in this process; None if we refuse it."""
    try:
        if is_json(body):
            return read_json_feed(body, url=url)
        refuse_what_is_no_feed(body, url=url, content_type=content_type)
        quick = read_fast(body, url=url, content_type=content_type)
        return quick or parse_feed(body, url=url, content_type=content_type)
    except NotAFeed:
        return None


def line(text: object) -> str | None:
    """A title or a name as both sides mean it."""
    return plain(text, 1_000)


def words(markup: object) -> str | None:
    """What a person reads of a text; both sides sanitise, by different lists."""
    if not isinstance(markup, str):
        return None
    return "".join(plain_text(sanitise(markup)).split()) or None


def _told(claim: Claim, reasons: Sequence[Reason]) -> str:
    why = next((text for text, fits in reasons if fits(claim)), UNEXPLAINED)
    return f"{why}\n  theirs: {str(claim.theirs)[:160]!r}\n  ours:   {str(claim.ours)[:160]!r}"
