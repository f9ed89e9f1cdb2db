"""A file of prompts, and the one question that is put next. Pure.

A prompt file is markdown. Its list items are questions. `ask:` in its front matter says how they are put:

- `one`: one of them, always the same for one item. So it is if nothing is said and there is no heading.
- `next`: one of those below the heading that fits: the first as long as the user has said nothing about the
  item, the second after one sentence, and so on; the last one for good.
- `each`: the first below each heading, one after the other; the answers stand below these headings in the note. So
  it is if nothing is said and there are headings of the second rank.

`kind:` says what the note is; `several:` names headings that take more than one answer.
"""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from typing import Final

from pkm.errors import UsageError
from pkm.model.note import Kind
from pkm.rules import frontmatter
from pkm.rules.clean import Sink, clean

FALLBACK: Final = "What does it mean to you?"
"""What is asked where a file holds no question."""

_MARKS: Final = ("- ", "* ", "+ ")
_PART: Final = "## "


class Asks(StrEnum):
    """How the questions of a file are put."""

    ONE = "one"
    NEXT = "next"
    EACH = "each"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A heading and its questions.

    Attributes:
        heading: Empty for what stands above the first one.
        several: It takes more than one answer.
    """

    heading: str = ""
    questions: tuple[str, ...] = ()
    several: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What a prompt file says.

    Attributes:
        name: Its file's name without `.md`.
        title: Its first heading, or its name.
        kind: What a note made with it is; None for what is usual.
    """

    name: str
    title: str
    asks: Asks = Asks.ONE
    kind: str | None = None
    parts: tuple[Part, ...] = ()

    @property
    def questions(self) -> tuple[str, ...]:
        """All of them, in order."""
        return tuple(question for part in self.parts for question in part.questions)


def read_prompt(text: str, *, name: str) -> Prompt:
    """Read a prompt file.

    Raises:
        UsageError: Its front matter says `ask` or `kind` with a word that we do not know.
    """
    front = frontmatter.read(text.encode("utf-8", "replace"))
    title, parts = _parts(front.body, _names(front.values.get("several", "")))
    headed = tuple(part for part in parts if part.heading)
    asks = _word(front.values.get("ask"), "ask", tuple(Asks), name) or (Asks.EACH if headed else Asks.ONE)
    return Prompt(
        name=name,
        title=title or name,
        asks=Asks(asks) if headed else Asks.ONE,
        kind=_word(front.values.get("kind"), "kind", tuple(Kind), name),
        parts=headed if headed and asks != Asks.ONE else parts,
    )


def _names(value: str | tuple[str, ...]) -> frozenset[str]:
    words = value.split(",") if isinstance(value, str) else value
    return frozenset(word.strip().casefold() for word in words)


def _word(value: str | tuple[str, ...] | None, key: str, known: tuple[str, ...], name: str) -> str | None:
    if not value:
        return None
    if value not in known:
        raise UsageError(
            f"prompts/{name}.md: {key} cannot be '{clean(str(value), Sink.LINE)}'",
            hint=f"use one of: {', '.join(known)}",
        )
    return str(value)


def _parts(body: str, several: frozenset[str]) -> tuple[str, tuple[Part, ...]]:
    title, heading = "", ""
    found: dict[str, list[str]] = {"": []}
    for line in (clean(line, Sink.LINE).strip() for line in body.splitlines()):
        if line.startswith(_PART) and line[3:].strip():
            heading = line[3:].strip()
            found.setdefault(heading, [])
        elif line.startswith("# ") and not title:
            title = line[2:].strip()
        elif line.startswith(_MARKS) and line[2:].strip():
            found[heading].append(line[2:].strip())
    parts = tuple(
        Part(heading=name, questions=tuple(asked), several=name.casefold() in several)
        for name, asked in found.items()
        if asked or name
    )
    return title, parts


def question_for(prompt: Prompt, item: str, *, said: int) -> str:
    """The one question that is put next.

    Args:
        prompt: Out of which file.
        item: Id of what it is about: one thing is always asked the same, and the next one something else.
        said: How many sentences (paragraphs) of the user's own there are about it.
    """
    if prompt.asks == Asks.NEXT:
        return choose(prompt.parts[min(said, len(prompt.parts) - 1)].questions, item)
    if prompt.asks == Asks.EACH:
        return asked_first(prompt.parts[0])
    return choose(prompt.questions, item)


def asked_first(part: Part) -> str:
    """What is asked for a part."""
    return part.questions[0] if part.questions else f"{part.heading}?"


def choose(questions: tuple[str, ...], item: str) -> str:
    """The question for an item: always the same one, and another for the next item."""
    if not questions:
        return FALLBACK
    digest = blake2b(item.encode("utf-8", "surrogateescape"), digest_size=4).digest()
    return questions[int.from_bytes(digest) % len(questions)]
