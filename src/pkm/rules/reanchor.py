"""Where a quoted passage stands in a text that changed since: exact, edited, ambiguous or orphan. Never a guess.

Annotators that take the best candidate whatever it is come to mark the wrong words. So a candidate has to
pass three questions. Is it like the quote? Does what stands before or after it agree? And, asked of the text
that the quote was made on: is there nothing else that it is more like? The last one tells an edited passage
from a neighbour that resembled it all along.

All is compared folded (`rules.anchor`); similarity is that of rapidfuzz, 0 to 100.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from rapidfuzz import fuzz

from pkm.model.quote import Anchor, Outcome
from pkm.rules.anchor import Folded, fold

ALONE: Final = 24
"""Folded characters; a shorter passage is never found by its words alone, and never as edited."""

SIMILAR: Final = 70.0
AGREES: Final = 60.0
TIE: Final = 3.0
_WEIGHTS: Final = (0.5, 0.2, 0.2, 0.02)  # quote, before, after, place: those that Hypothesis uses
_LEAST_CONTEXT: Final = 12  # what is shorter resembles anything, so it has to be equal
_WHOLE: Final = 1_000  # a longer passage is looked for by its two ends
_END: Final = 400
_PLACES: Final = 200
_CUT: Final = 16
_WITHOUT_BLANKS: Final = "\u2e80"  # from here on: Chinese, Japanese, Korean


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """Where a passage stands now.

    Attributes:
        start: Offset of its first character in the text as given; None unless it is exact or edited.
        stop: Offset after its last one.
    """

    outcome: Outcome
    start: int | None = None
    stop: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    start: int
    stop: int
    alike: float
    agrees: float
    score: float


def reanchor(anchor: Anchor, text: str, *, made_on: str | None = None) -> Stands:
    """Find a quote again. Pure.

    Args:
        anchor: As it was made.
        text: What its item says now.
        made_on: The text that the quote was made on; None if it is lost. Then an edited passage is only
            believed if what stands before and after it agrees.
    """
    sought = _Sought(anchor, fold(made_on) if made_on is not None else None)
    if not any(map(str.isalnum, sought.needle)):
        return Stands(outcome=Outcome.ORPHAN)
    now = fold(text)
    exact = [_judged(sought, now, *place) for place in islice(now.matches(sought.needle), _PLACES)]
    if exact:
        return _among(sought, now, exact)
    edited = _edited(sought, now) if len(sought.needle) >= ALONE else None
    if edited is None:
        return Stands(outcome=Outcome.ORPHAN)
    return _stands(Outcome.EDITED, now, edited)


class _Sought:
    """A quote as it is looked for: its words, what stood around them, and the text that it was made on."""

    def __init__(self, anchor: Anchor, old: Folded | None) -> None:
        self.anchor, self.old = anchor, old
        self.needle = fold(anchor.exact).text.strip()
        self.before = fold(anchor.prefix).text
        self.after = fold(anchor.suffix).text
        self.others: tuple[tuple[int, int], ...] = ()
        self.own: tuple[int, int] | None = None
        if old is not None:
            places = tuple(islice(old.matches(self.needle), _PLACES)) if self.needle else ()
            hint = bisect_left(old.starts, anchor.start)
            self.own = min(places, key=lambda place: abs(place[0] - hint), default=None)
            self.others = tuple(place for place in places if place != self.own)

    def agreement(self, text: str, start: int, stop: int) -> tuple[float, float]:
        """How much what stands before and after a slice agrees with what stood around the quote."""
        before = text[max(0, start - len(self.before)) : start]
        after = text[stop : stop + len(self.after)]
        return (
            _alike(self.before, before, at_edge=start == 0),
            _alike(self.after, after, at_edge=stop == len(text)),
        )


def _alike(one: str, other: str, *, at_edge: bool) -> float:
    if not one.strip():
        return 100.0 if at_edge else 0.0
    if len(one) < _LEAST_CONTEXT:
        return 100.0 if one == other else 0.0
    return fuzz.ratio(one, other)


def _judged(sought: _Sought, now: Folded, start: int, stop: int) -> _Candidate:
    alike = fuzz.ratio(sought.needle, now.text[start:stop])
    before, after = sought.agreement(now.text, start, stop)
    hint = bisect_left(now.starts, sought.anchor.start)
    near = 100.0 * (1 - abs(start - hint) / max(1, len(now.text)))
    score = sum(weight * part for weight, part in zip(_WEIGHTS, (alike, before, after, near), strict=True))
    return _Candidate(start=start, stop=stop, alike=alike, agrees=max(before, after), score=score)


def _stands(outcome: Outcome, now: Folded, one: _Candidate) -> Stands:
    start, stop = now.original(one.start, one.stop)
    return Stands(outcome=outcome, start=start, stop=stop)


# The same words.


def _among(sought: _Sought, now: Folded, places: list[_Candidate]) -> Stands:
    if len(places) == 1 and not sought.others and len(sought.needle) >= ALONE:
        return _stands(Outcome.EXACT, now, places[0])
    ranked = sorted((one for one in places if _is_own(sought, now, one)), key=lambda one: -one.score)
    if not ranked:
        return Stands(outcome=Outcome.ORPHAN)
    if len(ranked) > 1 and ranked[0].score - ranked[1].score < TIE:
        return Stands(outcome=Outcome.AMBIGUOUS)
    if ranked[0].agrees < AGREES:
        return Stands(outcome=Outcome.AMBIGUOUS if len(ranked) > 1 else Outcome.ORPHAN)
    return _stands(Outcome.EXACT, now, ranked[0])


def _is_own(sought: _Sought, now: Folded, one: _Candidate) -> bool:
    """Whether these words are the quote's, and not those of another place where the old text had them too."""
    if sought.old is None or not sought.others:
        return True
    around = _Sought(
        Anchor(
            exact="",
            prefix=now.text[max(0, one.start - len(sought.before)) : one.start],
            suffix=now.text[one.stop : one.stop + len(sought.after)],
        ),
        None,
    )
    mine = sum(sought.agreement(now.text, one.start, one.stop))
    return all(mine >= sum(around.agreement(sought.old.text, *other)) for other in sought.others)


# Words that were edited.


def _edited(sought: _Sought, now: Folded) -> _Candidate | None:
    if _was_cut_out(sought, now):
        return None
    spans = dict.fromkeys([*_by_words(sought, now.text), *_by_context(sought, now.text)])
    judged = [_judged(sought, now, *_trimmed(now.text, *span)) for span in spans if span[0] < span[1]]
    ranked = sorted((one for one in judged if one.alike >= SIMILAR), key=lambda one: -one.score)
    for one in ranked[:1]:
        rivals = [other for other in ranked[1:] if other.stop <= one.start or one.stop <= other.start]
        if any(one.score - rival.score < TIE for rival in rivals):
            return None
        if _passes(sought, now.text, one):
            return one
    return None


def _passes(sought: _Sought, text: str, one: _Candidate) -> bool:
    if one.agrees < AGREES:
        return False
    if sought.old is None or sought.own is None:
        return min(sought.agreement(text, one.start, one.stop)) >= AGREES
    found = text[one.start : one.stop]
    start, stop = sought.own
    old = sought.old.text
    rest = (old[:start], old[stop:])
    # As good a likeness elsewhere in the old text: it was there beside the quote, and is none of it.
    return all(_best(found, part, least=one.alike) is None for part in rest)


def _was_cut_out(sought: _Sought, now: Folded) -> bool:
    """Whether what stood before the quote and what stood after it now stand side by side."""
    before, after = sought.before.rstrip()[-_CUT:], sought.after.lstrip()[:_CUT]
    if min(len(before), len(after)) < _LEAST_CONTEXT:
        return False
    joints = (before + after, f"{before} {after}")
    old = sought.old.text if sought.old else ""
    return any(joint in now.text and joint not in old for joint in joints)


def _by_words(sought: _Sought, text: str) -> Iterator[tuple[int, int]]:
    """Where the text is most like the quote; the edges moved to what stood around it, if that is near."""
    needle = sought.needle
    if len(needle) <= _WHOLE:
        found = _best(needle, text, least=SIMILAR - 10)  # its window is as long as the quote was
    else:
        head, tail = (_best(part, text, least=SIMILAR - 10) for part in (needle[:_END], needle[-_END:]))
        start = head[0] if head else tail[1] - len(needle) if tail else None
        stop = tail[1] if tail else head[0] + len(needle) if head else None
        found = (max(0, start), min(len(text), stop)) if start is not None and stop is not None else None
    if found is None:
        return
    start, stop = found
    yield start, stop
    slack = len(needle) // 2
    before = text.rfind(sought.before, max(0, start - slack - len(sought.before)), start + slack)
    after = text.find(sought.after, max(0, stop - slack), stop + slack + len(sought.after))
    near_start = before + len(sought.before) if sought.before and before >= 0 else start
    near_stop = after if sought.after and after >= 0 else stop
    yield from ((near_start, stop), (start, near_stop), (near_start, near_stop))


def _by_context(sought: _Sought, text: str) -> Iterator[tuple[int, int]]:
    """What now stands between the words that stood around the quote."""
    if min(len(sought.before), len(sought.after)) < _LEAST_CONTEXT:
        return
    at = text.find(sought.before)
    for _ in range(_PLACES):
        if at < 0:
            return
        start = at + len(sought.before)
        stop = text.find(sought.after, start, start + 2 * len(sought.needle) + len(sought.after))
        if stop > start:
            yield start, stop
        at = text.find(sought.before, at + 1)


def _best(needle: str, text: str, *, least: float) -> tuple[int, int] | None:
    """The slice of a text that is most like the needle, if it is that much like it."""
    if len(text) <= len(needle):  # rapidfuzz would look for the text in the needle
        return (0, len(text)) if text and fuzz.ratio(needle, text) >= least else None
    found = fuzz.partial_ratio_alignment(needle, text, score_cutoff=least)
    return (found.dest_start, found.dest_end) if found else None


def _trimmed(text: str, start: int, stop: int) -> tuple[int, int]:
    """The slice with the whole of the words that it begins and ends in, and without blanks at its ends."""
    while start and _in_word(text, start):
        start -= 1
    while _in_word(text, stop):
        stop += 1
    while start < stop and text[start] == " ":
        start += 1
    while start < stop and text[stop - 1] == " ":
        stop -= 1
    return start, stop


def _in_word(text: str, at: int) -> bool:
    """Whether a place lies inside a word of a script that puts blanks between words."""
    pair = text[at - 1 : at + 1]
    return len(pair) == 2 and pair.isalnum() and max(pair) < _WITHOUT_BLANKS
