"""What is wrong with a draft, line by line, as far as no network is needed. Pure.

An `error` stops an export; a `warning` is worth a look; a `note` is for the user to think about.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from pkm.errors import VisibilityRefused
from pkm.model.digest import Finding, ItemView
from pkm.model.draft import Block, DraftFile, DraftProblem, Outside
from pkm.rules.draft import is_edited
from pkm.rules.draftfiling import FilingKind, filings
from pkm.rules.draftmerge import FreshBlock, fresh_sha
from pkm.rules.publictext import public_body
from pkm.rules.urls import display_url, host_of, is_web
from pkm.rules.words import count_words
from pkm.share.anatomy import Anatomy, Place, dissect
from pkm.share.gate import Withheld
from pkm.share.links import Visible, plain_links

QUOTE_WORDS = 75  # the longest quotation in Hart's edition of March 2013
QUOTE_SHARE = 0.25  # of the words of a text that is quoted
HOST_SHARE = 1 / 3
NEEDED = "COMMENT NEEDED"
WITHOUT_ADDRESS = frozenset({"talk", "mail", "text"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFacts:
    """What the check knows beside the draft; all maps may lack an answer.

    Attributes:
        path: The draft, relative to the home.
        items: By id, as the audience may see them.
        withheld: By key of a block, what the gate says no to now.
        known: By key, what the machine would write today.
        texts: By item, the stored text, plain.
        stood: By key, the number of the edition for this audience in which it stood.
        first_day: Of the period, in the home's zone; None if unknown.
        last_day: Of the period, included.
        visible: Whether the audience may see the note that a link names.
        dissent: Whether anything taken disagrees; None if it is not the time to ask.
    """

    path: str
    items: Mapping[str, ItemView] = field(default_factory=dict)
    withheld: Mapping[str, Withheld] = field(default_factory=dict)
    known: Mapping[str, FreshBlock] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    stood: Mapping[str, int] = field(default_factory=dict)
    first_day: date | None = None
    last_day: date | None = None
    visible: Visible
    dissent: bool | None = None


def check_draft(draft: DraftFile, facts: CheckFacts) -> tuple[Finding, ...]:
    """Everything that is wrong, in order of lines, findings about the whole file last."""
    found = [_of_problem(problem) for problem in draft.problems]
    for piece in draft.pieces:
        anatomy = dissect(piece)
        found += _piece_findings(piece, anatomy, facts)
        if isinstance(piece, Block):
            for rule in _BLOCK_RULES:
                found += rule(piece, anatomy, facts)
    for whole in _WHOLE_RULES:
        found += whole(draft, facts)
    placed = [_at(row, facts.path) for row in found]
    return tuple(sorted(placed, key=lambda row: (row.line is None, row.line or 0)))


@dataclass(frozen=True, slots=True)
class _Row:
    """A finding that does not know its file yet."""

    level: str
    check: str
    line: int | None
    message: str
    hint: str


def _at(row: _Row, path: str) -> Finding:
    return Finding(
        level=row.level, check=row.check, path=path, line=row.line, message=row.message, hint=row.hint
    )


def _of_problem(problem: DraftProblem) -> _Row:
    return _Row("error", problem.check, problem.line, problem.message, problem.hint)


# Every piece, blocks and the text around them.


def _piece_findings(piece: Block | Outside, anatomy: Anatomy, facts: CheckFacts) -> Iterator[_Row]:
    yield from _marks(piece)
    yield from _into_the_vault(piece, facts)
    for link in anatomy.links:
        yield from _link(link)


def _marks(piece: Block | Outside) -> Iterator[_Row]:
    try:
        public_body(piece.text.replace("\r\n", "\n"))
    except VisibilityRefused as refused:
        message = "a private mark or a comment is opened and not closed from here on"
        yield _Row("error", "mark-unclosed", piece.line, f"{message}: {refused.what}", refused.hint)


def _into_the_vault(piece: Block | Outside, facts: CheckFacts) -> Iterator[_Row]:
    told = plain_links(piece.text.replace("\r\n", "\n"), facts.visible)
    for target in dict.fromkeys(told.hidden):
        message = f"links to a note that they may not see: {target}"
        hint = "take the link out, or export with --redact"
        yield _Row("error", "link-hidden", _line_of(target, piece), message, hint)
    for target in dict.fromkeys(told.secret):
        message = f"the address seems to hold a password or a token: {display_url(target)}"
        yield _Row("error", "link-secret", _line_of(target, piece), message, "use the address without it")


def _line_of(passage: str, piece: Block | Outside) -> int:
    before = piece.text.count("\n", 0, max(piece.text.find(passage), 0))
    return piece.line + before + isinstance(piece, Block)


def _link(link: Place) -> Iterator[_Row]:
    if not link.text.lower().startswith("mailto:") and not is_web(link.text):
        message = f"not a web address: {link.text or '(empty)'}"
        yield _Row("error", "link-unsafe", link.line, message, "write a whole http or https address")
    if link.image and not link.words:
        message = "a picture without a description"
        yield _Row("warning", "alt-missing", link.line, message, "write what it shows: `![…](…)`")


# Every block.


def _comment_needed(block: Block, _anatomy: Anatomy, _facts: CheckFacts) -> Iterator[_Row]:
    at = block.text.find(NEEDED)
    if at >= 0:
        line = block.line + 1 + block.text.count("\n", 0, at)
        yield _Row(
            "error",
            "comment-needed",
            line,
            "a comment is still to be written",
            "write it, or delete the block",
        )


def _withheld(block: Block, _anatomy: Anatomy, facts: CheckFacts) -> Iterator[_Row]:
    held = facts.withheld.get(block.key)
    if held:
        yield _Row("error", "withheld", block.line, f"{held.title}: {held.why}", held.hint)
    elif any(item not in facts.items for item in block.items) or (
        block.note and block.key not in facts.known
    ):
        message = f"{block.key} is not known here, so nobody can tell who may see it"
        hint = "delete the block, or correct the id in its first line"
        yield _Row("error", "unknown", block.line, message, hint)


def _head(block: Block, anatomy: Anatomy, facts: CheckFacts) -> Iterator[_Row]:
    line = block.line + 1
    if not anatomy.title and block.items:
        yield _Row(
            "error", "title-missing", line, "the item has no title", "write `## [Title](address)` above it"
        )
    kinds = {facts.items[item].kind for item in block.items if item in facts.items}
    if block.items and not anatomy.address and not kinds <= WITHOUT_ADDRESS:
        hint = "write the title as `[Title](https://…)`"
        yield _Row("error", "link-missing", line, "the item's title has no link", hint)


def _own_words(block: Block, anatomy: Anatomy, _facts: CheckFacts) -> Iterator[_Row]:
    if not any(count_words(part.text) for part in anatomy.words):
        message = "no words of your own on this item"
        yield _Row(
            "warning", "no-own-words", block.line + 1, message, "add a sentence: what does it mean to you?"
        )
    for part in anatomy.words:
        if _open_quotation(part.text):
            message = "a quotation mark is opened and not closed, or the other way round"
            yield _Row("warning", "quotation-open", part.line, message, "add its partner")


def _quotes(block: Block, anatomy: Anatomy, facts: CheckFacts) -> Iterator[_Row]:
    text = "\n".join(facts.texts[item] for item in block.items if item in facts.texts)
    counted = [(quote, count_words(quote.text)) for quote in anatomy.quotes]
    for quote, count in counted:
        if count > QUOTE_WORDS:
            message = f"a quotation of {count} words; {QUOTE_WORDS} are plenty"
            yield _Row("warning", "quote-long", quote.line, message, "keep the sentence that matters")
        if _open_quotation(quote.text):
            message = "a quotation mark within the quotation has no partner"
            yield _Row("warning", "quotation-open", quote.line, message, "add its partner")
        if text and not _stands_in(quote.text, text):
            message = "the quotation does not stand in the stored text like this"
            yield _Row("warning", "quote-not-found", quote.line, message, "compare it with the original")
    total, whole = sum(count for _, count in counted), count_words(text) if counted and text else 0
    if whole and total > whole * QUOTE_SHARE:
        message = f"{total} of the text's {whole} words are quoted"
        yield _Row("warning", "quote-share", counted[0][0].line, message, "quote less, say more yourself")


def _attribution(block: Block, _anatomy: Anatomy, facts: CheckFacts) -> Iterator[_Row]:
    for item in (facts.items[item] for item in block.items if item in facts.items):
        absent = [] if item.authors else ["author"]
        absent += [] if item.source_title else ["publication"]
        absent += [] if item.published_on else ["date"]
        via = item.via_name or item.via_url or item.direct
        absent += [] if via else ["via, nor that you found it directly"]
        if absent:
            message = f"{item.title or item.item}: no {', no '.join(absent)}"
            hint = "add what you know to its line"
            hint += "" if via else f', or `pkm keep {item.item} --via "Name <url>"`'
            yield _Row("warning", "attribution", block.line, message, hint)


def _time(block: Block, _anatomy: Anatomy, facts: CheckFacts) -> Iterator[_Row]:
    for item in (facts.items[item] for item in block.items if item in facts.items):
        away = _days_outside(item.published_on, facts)
        if away:
            message = f"{item.title}: published {abs(away)} {_days(away)} {'before' if away < 0 else 'after'} the period"
            yield _Row("note", "outside-period", block.line, message, "fine if it is meant so")
    earlier = [facts.stood[key] for key in (block.note, *block.items) if key and key in facts.stood]
    if earlier:
        message = f"stood in edition {max(earlier)} for this audience already"
        yield _Row(
            "warning", "already-shared", block.line, message, "delete the block, or export with --again"
        )


def _stale(block: Block, _anatomy: Anatomy, facts: CheckFacts) -> Iterator[_Row]:
    now = facts.known.get(block.key)
    if now and block.sha and is_edited(block) and fresh_sha(now) != block.sha:
        message = "you edited this block, and its note changed since"
        yield _Row("note", "note-changed", block.line, message, f"compare: pkm notes show {block.key}")


_BLOCK_RULES: tuple[Callable[[Block, Anatomy, CheckFacts], Iterator[_Row]], ...] = (
    _comment_needed,
    _withheld,
    _head,
    _own_words,
    _quotes,
    _attribution,
    _time,
    _stale,
)


# The whole draft.


def _emptiness(draft: DraftFile, _facts: CheckFacts) -> Iterator[_Row]:
    if not draft.blocks:
        yield _Row(
            "warning", "empty", None, "no item is in this draft", "one with a sentence of yours is enough"
        )


def _hosts(draft: DraftFile, facts: CheckFacts) -> Iterator[_Row]:
    items = dict.fromkeys(item for block in draft.blocks for item in block.items if item in facts.items)
    urls = [facts.items[item].url for item in items]
    hosts = Counter(host_of(url) for url in urls if url)
    for host, count in sorted(hosts.items()):
        if count > len(items) * HOST_SHARE and len(items) >= 3 and count > 1:
            message = f"{count} of {len(items)} items come from {host}"
            yield _Row("note", "one-host", None, message, "fine if it is meant so")


def _agreement(draft: DraftFile, facts: CheckFacts) -> Iterator[_Row]:
    if facts.dissent is False and len(draft.blocks) >= 3:
        message = "nothing here disagrees with anything else here"
        hint = "a note that links to another as `contradicts` says where something does"
        yield _Row("note", "all-agree", None, message, hint)


def _filing(draft: DraftFile, facts: CheckFacts) -> Iterator[_Row]:
    for filing in filings(draft, facts.known):
        if filing.kind is FilingKind.EDITION_ONLY:
            message, hint = "an altered sentence: it changes this edition only", "the note stays as it is"
        else:
            where = f"be added to {filing.note}" if filing.note else "become a note"
            message, hint = f"words typed here will {where}", "the export does it, or `pkm share edit`"
        yield _Row("note", f"filing-{filing.kind}", filing.line, message, hint)


_WHOLE_RULES: tuple[Callable[[DraftFile, CheckFacts], Iterator[_Row]], ...] = (
    _emptiness,
    _hosts,
    _agreement,
    _filing,
)


def _days_outside(published_on: str | None, facts: CheckFacts) -> int:
    if not published_on or not facts.first_day or not facts.last_day:
        return 0
    day = date.fromisoformat(published_on)
    if day < facts.first_day:
        return (day - facts.first_day).days
    return max(0, (day - facts.last_day).days)


def _days(count: int) -> str:
    return "day" if abs(count) == 1 else "days"


_ESCAPED = re.compile(r"\\(?=[!-/:-@\[-`{-~])")
_CODE = re.compile(r"`+[^`]*`+")
_ELISION = re.compile(r"\[?(?:…|\.\.\.)\]?")


def _open_quotation(text: str) -> bool:
    """Straight marks are counted; curly ones pair in several customs: “ ”, „ “, « », » «."""
    prose = _CODE.sub("", _ESCAPED.sub("", text))
    if prose.count('"') % 2:
        return True
    curly = prose.count("“") + prose.count("”") + prose.count("„")
    return bool(curly % 2) or prose.count("«") != prose.count("»")


def _stands_in(quote: str, text: str) -> bool:
    """Letters and digits alone are compared, so that no typographer's choice makes a misquotation."""
    whole = _letters(text)
    return all(_letters(part) in whole for part in _ELISION.split(_ESCAPED.sub("", quote)))


def _letters(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())
