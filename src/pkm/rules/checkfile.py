"""A check as a note: what could be known here, what the person found out, and the verdict in their words.

SIFT (Mike Caulfield, CC BY 4.0) has four moves: stop, investigate the source, find better coverage, trace
to the origin. The facts stand between marks as a generated part, so they are no own words and never leave;
the answers stand below a heading each. The verdict is a word of the person's, never computed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from pkm.errors import UsageError
from pkm.model.note import Kind, Note, NoteFile
from pkm.rules.markup import Spans
from pkm.rules.notelinks import headings

MOVES: Final = ("stop", "investigate", "find", "trace")
VERDICTS: Final = ("trusted", "mixed", "doubtful", "unknown")
VERDICT_KEY: Final = "verdict"
SOURCE_KEY: Final = "checks"
"""Front matter: the id of the source, of a check of a source."""

_REASON: Final = "verdict"
_BEGIN: Final = "<!-- pkm:begin facts -->"
_END: Final = "<!-- pkm:end facts -->"
_LINE: Final = re.compile(
    r"[ \t]*(stop|investigate|find|trace|verdict|reason)[ \t]*:[ \t]*(.*)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the person found out.

    Attributes:
        moves: By the name of the move; those that were skipped are not in it.
        verdict: One of `VERDICTS`; None if none was given.
        reason: Why, in the person's words.
    """

    moves: Mapping[str, str]
    verdict: str | None = None
    reason: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was said."""
        return not (
            self.verdict or self.reason.strip() or any(words.strip() for words in self.moves.values())
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a check ended.

    Attributes:
        word: As written in the front matter; None if there is none.
        reason: The first lines below its heading; empty if there are none.
    """

    word: str | None
    reason: str


def check_body(facts: Sequence[tuple[str, Sequence[str]]], answers: Answers, *, on: str) -> str:
    """The text of a check.

    Args:
        facts: Heading and lines of each kind of fact; the lines are inert markdown.
        answers: The person's.
        on: The day, as it is to stand there.
    """
    known = [f"### {head}\n\n" + "\n".join(f"- {line}" for line in lines) for head, lines in facts if lines]
    generated = "\n\n".join([_BEGIN, f"## Known here on {on}", *known, _END])
    said = [
        f"## {name.capitalize()}\n\n{words.strip()}"
        for name, words in (
            *((move, answers.moves.get(move, "")) for move in MOVES),
            (_REASON, answers.reason),
        )
        if words.strip()
    ]
    return "\n\n".join([generated, *said])


def verdict_of(file: NoteFile) -> Verdict | None:
    """The verdict of a check; None if the note is no check."""
    if file.kind != Kind.CHECK:
        return None
    word = dict(file.extra).get(VERDICT_KEY, "").strip().casefold() or None
    return Verdict(word=word, reason=" ".join(_below(file.body, _REASON).split()))


def check_line(note: Note, *, zone: ZoneInfo) -> str:
    """`2026-11-22: mixed: its numbers are older than it says`; plain text."""
    verdict = verdict_of(note.file)
    said = [verdict.word or "no verdict", verdict.reason] if verdict else []
    return ": ".join([f"{note.created_at.astimezone(zone):%Y-%m-%d}", *filter(None, said)])


def _below(body: str, heading: str) -> str:
    marks = [one for one in headings(body, Spans(body)) if one[0] <= 2]
    for place, (_, words, _, end) in enumerate(marks):
        if words.strip().casefold() == heading:
            stop = marks[place + 1][2] if place + 1 < len(marks) else len(body)
            return body[end:stop]
    return ""


def read_answers(text: str) -> Answers:
    """Answers as a file has them: `stop: …`, `verdict: mixed`, `reason: …`; a line without a name goes on.

    Raises:
        UsageError: A line stands before any name, or the verdict is none.
    """
    found: dict[str, list[str]] = {}
    name = ""
    for line in text.replace("\r\n", "\n").split("\n"):
        named = _LINE.fullmatch(line)
        if named:
            name = named[1].casefold()
            found.setdefault(name, []).append(named[2])
        elif name:
            found[name].append(line)
        elif line.strip():
            raise UsageError(
                f"'{line.strip()[:40]}' answers nothing",
                why="each answer begins with the name of its move",
                hint=f"write for example `stop: …`; names: {', '.join((*MOVES, _REASON, 'reason'))}",
            )
    said = {key: "\n".join(lines).strip() for key, lines in found.items()}
    return Answers(
        moves={move: said[move] for move in MOVES if said.get(move)},
        verdict=must_be_verdict(said.get("verdict") or None),
        reason=said.get("reason", ""),
    )


def must_be_verdict(word: str | None) -> str | None:
    """The verdict that a word names, whole or by its first letters; None for None.

    Raises:
        UsageError: It names none.
    """
    if word is None:
        return None
    said = word.strip().casefold()
    named = [one for one in VERDICTS if said and one.startswith(said)]
    if not named:
        raise UsageError(f"'{word}' is no verdict", hint=f"use one of: {', '.join(VERDICTS)}")
    return named[0]
