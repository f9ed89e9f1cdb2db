"""Audiences, drafts, editions and shares."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteView:
    """The allow-listed part of a note: all that anything which renders ever gets of it.

    Attributes:
        note: Its id.
        kind: Its kind.
        status: Its status, None if unset.
        words: The user's own words, markdown, private parts cut; empty if it has none.
        quotes: Passages of the item that stand in it.
        tags: Tags that may be seen (none that begins with `_`).
    """

    note: str
    kind: str
    status: str | None = None
    words: str = ""
    quotes: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """The allow-listed part of an item.

    Attributes:
        url: Address without tracking parameters or secrets; None for a talk, a mail, a text.
        source_title: Name of the publication; None if it may not be told or is unknown.
        published_on: `YYYY-MM-DD` in the home's zone; None if unknown.
        via_name: Whose pointer led here; None if not known.
        via_url: Their address; None if not known.
        direct: The user said that nobody pointed here.
    """

    item: str
    title: str
    url: str | None = None
    kind: str = "page"
    authors: tuple[str, ...] = ()
    source_title: str | None = None
    published_on: str | None = None
    via_name: str | None = None
    via_url: str | None = None
    direct: bool = False
    hat_tip: str | None = None
    language: str | None = None


class DraftState(StrEnum):
    """How far a digest is."""

    DRAFT = "draft"
    EXPORTED = "exported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A digest as the store knows it: a draft, or an edition once exported.

    Attributes:
        id: `d-` and 12 characters.
        audience: Name of the audience.
        period: `2026-W47`, `2026-11`, `2026-11-15..2026-11-22`.
        starts_at: Aware, UTC; first moment of the period.
        ends_at: Aware, UTC; first moment after it.
        path: Of the draft file, relative to the home.
        edition: Number for this audience; None while it is a draft.
        exported_at: Aware, UTC; None while it is a draft.
        sha: Of the exported bytes of the first format; None while it is a draft.
    """

    id: str
    audience: str
    period: str
    starts_at: datetime
    ends_at: datetime
    path: str
    template: str = "weekly"
    state: DraftState = DraftState.DRAFT
    edition: int | None = None
    created_at: datetime
    exported_at: datetime | None = None
    sha: str | None = None


class ShareState(StrEnum):
    """What became of a share."""

    PLANNED = "planned"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    RETRACTED = "retracted"
    WIDENED = "widened"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One item that went, or was about to go, to one audience.

    Attributes:
        event: Id of its line in `share-log.jsonl`.
        at: Aware, UTC.
        level: The audience's level at that moment, as a word.
        item: Id of the item; None for a note without one.
        url: The item's address then.
        note: Id of the note; None for an item handed over without words.
        content_sha: Hash of what was rendered for it.
        edition: Number of the edition; None for a hand-over of one item.
        digest: Id of the digest; None likewise.
        channel: `file:md`, `file:html`, `item`.
        reason: Why it was widened, failed or retracted.
    """

    event: str
    at: datetime
    device: str
    state: ShareState
    audience: str
    level: str
    item: str | None = None
    url: str | None = None
    note: str | None = None
    content_sha: str | None = None
    edition: int | None = None
    digest: str | None = None
    channel: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a check has to say.

    Attributes:
        level: `error`, `warning` or `note`.
        check: Its name, stable for scripts.
        path: The file, relative to the home.
        line: 1 for the first line; None if it is about the whole file.
        message: What is wrong, naming the thing.
        hint: What to type or write.
    """

    level: str
    check: str
    path: str
    line: int | None = None
    message: str
    hint: str = ""
