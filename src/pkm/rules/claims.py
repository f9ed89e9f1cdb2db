"""Claim, evidence, reasoning: whether a note of kind claim holds what it is made of. Pure.

The parts are known by their headings: `## Claim`, `## Evidence`, `## Reasoning`, `## Rebuttal`, `## Confidence`. Each paragraph
or list item below Evidence has to cite an item, a quote, a note or an address, and what it cites has to be there.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from pkm.model.digest import Finding
from pkm.model.note import Kind, Note
from pkm.rules.ids import ALPHABET
from pkm.rules.markup import Part, Spans
from pkm.rules.notelinks import headings
from pkm.rules.words import own_text

CONFIDENCE: Final = ("low", "medium", "high")

_ID: Final = rf"(?<![\w-])[inh][-~][{ALPHABET}]{{12}}(?![\w-])"
_CITED: Final = re.compile(
    rf"(?P<id>{_ID})|!?\[\[(?P<wiki>[^\[\]\n|#]*)(?:#(?P<anchor>[^\[\]\n|]*))?(?:\|[^\[\]\n]*)?\]\]"
    r"|(?P<url>https?://[^\s<>\])]+)"
)
_NEW_BLOCK: Final = re.compile(r"[ ]{0,3}(?:[-*+]|\d{1,9}[.)])[ \t]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What stands below a heading of the second rank or deeper.

    Attributes:
        line: Of the heading in the file.
        text: LF between lines; comments are blanked, so that lines keep their numbers.
    """

    line: int
    text: str

    @property
    def said(self) -> bool:
        """Whether there are words."""
        return bool(self.text.strip())


def sections(body: str, *, first_line: int = 1) -> dict[str, Section]:
    """The parts of a body by their headings in lower case; of two with one name the first counts."""
    spans = Spans(body)
    blank = _without_comments(body, spans)
    heads = [head for head in headings(body, spans) if head[0] > 1]
    ends = [*(start for _, _, start, _ in heads[1:]), len(body)]
    found: dict[str, Section] = {}
    for (_, words, start, stop), end in zip(heads, ends, strict=False):
        line = first_line + body.count("\n", 0, start)
        found.setdefault(words.strip().casefold(), Section(line=line, text=blank[stop:end]))
    return found


def _without_comments(body: str, spans: Spans) -> str:
    parts, at = [], 0
    for span in spans.all:
        if span.part in {Part.HTML_COMMENT, Part.COMMENT}:
            parts += [body[at : span.start], re.sub(r"[^\n]", " ", body[span.start : span.end])]
            at = max(at, span.end)
    return "".join([*parts, body[at:]])


def check_claim(note: Note, known: Callable[[str], bool], *, first_line: int = 1) -> tuple[Finding, ...]:
    """What a claim lacks; nothing for a note of another kind, or one that was dropped.

    Args:
        note: Of any kind.
        known: Whether a citation leads to something: an id, the name in a wikilink, or an address.
        first_line: Of the note's body in its file.
    """
    if note.kind != Kind.CLAIM or note.file.status == "dropped":
        return ()
    parts = sections(note.file.body, first_line=first_line)
    return tuple(_findings(note, parts, known, first_line))


def _findings(
    note: Note, parts: dict[str, Section], known: Callable[[str], bool], first_line: int
) -> Iterator[Finding]:
    claim, evidence, reasoning = (parts.get(name) for name in ("claim", "evidence", "reasoning"))

    def finding(level: str, check: str, line: int, message: str, hint: str) -> Finding:
        return Finding(level=level, check=check, path=note.path, line=line, message=message, hint=hint)

    edit = f"pkm notes edit {note.id}"
    if claim is not None and not claim.said:
        yield finding("warning", "claim-missing", claim.line, "there is no claim", edit)
    if evidence is None or not evidence.said:
        line = evidence.line if evidence else claim.line if claim else first_line
        hint = f"{edit}: cite an item, a quote or a note below ## Evidence"
        yield finding("warning", "evidence-missing", line, "a claim without evidence", hint)
    else:
        for at, text in _blocks(evidence):
            yield from _cited(finding, at, text, known, edit)
    if reasoning is None or not reasoning.said:
        line = reasoning.line if reasoning else first_line
        hint = f"{edit}: say below ## Reasoning why the claim follows"
        yield finding("note", "reasoning-missing", line, "a claim without reasoning", hint)
    sure = parts.get("confidence")
    if sure is not None and sure.said and not sure.text.strip().casefold().startswith(CONFIDENCE):
        message = f"the confidence is none of {', '.join(CONFIDENCE)}"
        yield finding("note", "confidence-unknown", sure.line, message, edit)


def _cited(
    finding: Callable[[str, str, int, str, str], Finding],
    line: int,
    text: str,
    known: Callable[[str], bool],
    edit: str,
) -> Iterator[Finding]:
    named = list(citations(text))
    if not named:
        hint = f"{edit}: begin it with the id of an item, quote or note, or an address"
        yield finding("warning", "evidence-uncited", line, "a line of evidence that cites nothing", hint)
    for offset, one in named:
        if not known(one):
            at = line + text.count("\n", 0, offset)
            what = f"the evidence '{one}' is nothing that is here"
            hint = f"pkm add {one}" if one.startswith("http") else "pkm find WORDS shows the ids"
            yield finding("error", "evidence-unresolved", at, what, hint)


def citations(text: str) -> Iterator[tuple[int, str]]:
    """What a text cites, each with its offset: ids, names in wikilinks (a block's id instead, if one is named), addresses."""
    for found in _CITED.finditer(text):
        anchor = (found["anchor"] or "").removeprefix("^")
        one = found["id"] or found["url"] or (anchor if re.fullmatch(_ID, anchor) else found["wiki"])
        if one and one.strip():
            yield found.start(), one.strip().rstrip(".,;:") if found["url"] else one.strip()


def _blocks(section: Section) -> Iterator[tuple[int, str]]:
    """Paragraphs and list items with their first lines."""
    block: list[str] = []
    begun = section.line
    for line, text in enumerate(section.text.split("\n"), section.line):
        # A quote's mark stands apart from its quote, and belongs to it.
        mark = text.strip().startswith("^h-")
        if block and not mark and text.strip() and (not block[-1].strip() or _NEW_BLOCK.match(text)):
            yield begun, "\n".join(block)
            block = []
        if text.strip() and not block:
            begun = line
        if block or text.strip():
            block.append(text)
    if block:
        yield begun, "\n".join(block)


def said_of(bodies: list[str]) -> int:
    """How many sentences of the user's own notes hold, a paragraph or list item counted as one."""
    texts = (own_text(body) for body in bodies)
    return sum(bool(part.strip()) for text in texts for part in re.split(r"\n[ \t]*\n|\n(?=[-*+] )", text))
