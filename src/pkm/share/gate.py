"""The one gate: what of a note or an item may leave, and for whom.

    note | item -> allow-listed view | why it is withheld

Whatever renders gets views and never a `Note` or an `Item`. Only fields named here can leave.
"""

from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum

from pkm.errors import VisibilityRefused
from pkm.model.audience import SELF, Audience
from pkm.model.digest import ItemView, NoteView
from pkm.model.item import Item
from pkm.model.note import Kind, Level, Note, Status
from pkm.model.source import CAPTURES, Source
from pkm.rules.clean import Sink, clean
from pkm.rules.publictext import public_body
from pkm.rules.urls import shareable
from pkm.share.excerpt import shown_quotes, shown_words
from pkm.share.links import Visible, plain_links


class Reason(StrEnum):
    """Why something stays here."""

    LEVEL = "level"
    ONLY = "only"
    SOURCE = "private-source"
    LINK = "hidden-link"
    MARKS = "unclosed-marks"
    MISSING = "missing"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """What does not leave. It names private things, so it is for the user's own screen alone.

    Attributes:
        note: Id of the note; None for an item on its own.
        item: Id of its first item; None for a note on none.
        title: As the user knows it.
        reason: Which rule said no.
        why: The same as a sentence.
        hint: What to type to change it.
    """

    note: str | None = None
    item: str | None = None
    title: str
    reason: Reason
    why: str
    hint: str


def view_note(  # noqa: PLR0913 - each is a rule of the gate; one function decides them all
    note: Note,
    audience: Audience,
    *,
    default_level: Level,
    item_private: bool,
    visible: Visible,
    widen: bool = False,
    redact: bool = False,
) -> NoteView | Withheld:
    """What of a note this audience may get.

    Args:
        note: The note, with its file's text.
        audience: Who would get it.
        default_level: Level of a note whose file names none.
        item_private: One of its items came by private sources alone.
        visible: Whether the audience may see the note that a link names.
        widen: The user allowed by name what level, `only` or a private source forbid.
        redact: Links to hidden notes lose their target instead of stopping the note.

    Raises:
        VisibilityRefused: A private mark in it is opened and not closed.
    """
    refused = _unusable(note) or (
        None if widen else _not_for(note, audience, default_level, item_private=item_private)
    )
    if refused:
        return refused
    body = _without_private(note)
    told = plain_links(shown_words(body), visible)
    quotes = [plain_links(quote, visible) for quote in shown_quotes(body)]
    hidden = [*told.hidden, *(target for quote in quotes for target in quote.hidden)]
    if hidden and not redact:
        return _links_to_hidden(note, hidden)
    return NoteView(
        note=note.id,
        kind=note.kind if note.kind in set(Kind) else Kind.THOUGHT,
        status=note.file.status if note.file.status in set(Status) else None,
        words=clean(told.text, Sink.NOTE).strip(),
        quotes=tuple(clean(quote.text, Sink.NOTE) for quote in quotes),
        tags=tuple(tag for tag in note.file.tags if not _is_private_tag(tag)),
    )


def may_know(note: Note, audience: Audience, *, default_level: Level, item_private: bool) -> bool:
    """Whether the audience may learn that a note is there: what a link to it would tell."""
    return (
        _not_for(note, audience, default_level, item_private=item_private) is None and not note.file.problem
    )


def view_item(  # noqa: PLR0913 - as view_note
    item: Item,
    source: Source | None,
    *,
    audience: Audience,
    private: bool,
    zone: tzinfo,
    widen: bool = False,
) -> ItemView | Withheld:
    """What of an item this audience may get.

    Args:
        item: The item.
        source: Whose arrival it shows; None for a stub.
        audience: Who would get it.
        private: It came by private sources alone.
        zone: The home's, for the day of publication.
        widen: The user allowed by name that it leaves.
    """
    if private and audience.level > Level.PRIVATE and not widen:
        return _from_private_source(item)
    via = item.via
    return ItemView(
        item=item.id,
        title=clean(item.title or "", Sink.NOTE_TITLE).strip(),
        url=shareable(item.url) if item.url else None,
        kind=item.kind,
        authors=tuple(clean(name, Sink.NOTE_TITLE) for name in item.authors if name.strip()),
        source_title=_publication(source),
        published_on=item.published_at.astimezone(zone).date().isoformat() if item.published_at else None,
        via_name=clean(via.name, Sink.NOTE_TITLE) if via and via.name else None,
        via_url=shareable(via.url) if via and via.url else None,
        direct=bool(via and via.direct),
        hat_tip=clean(item.hat_tip, Sink.NOTE_TITLE) if item.hat_tip else None,
        language=item.language,
    )


def _unusable(note: Note) -> Withheld | None:
    if note.missing_since:
        why, hint = "its file is gone", f"bring {note.path} back, or leave it out"
        return _withheld(note, Reason.MISSING, why, hint)
    if note.file.problem:
        why = f"its front matter cannot be read, so it counts as private: {note.file.problem}"
        return _withheld(note, Reason.UNREADABLE, why, f"pkm notes edit {note.id}")
    return None


def _not_for(note: Note, audience: Audience, default_level: Level, *, item_private: bool) -> Withheld | None:
    level = note.file.level(default_level)
    if level < audience.level:
        why = f"it is {level.word}; {audience.name} gets {audience.level.word} notes and wider ones"
        hint = f"pkm notes set {note.id} --visibility {audience.level.word}"
        return _withheld(note, Reason.LEVEL, why, hint)
    # `only` says which others may see it; the user is never one of the others.
    if note.file.only and audience != SELF and audience.name not in note.file.only:
        return _withheld(note, Reason.ONLY, f"it is only for {', '.join(note.file.only)}", _edit(note))
    if item_private and audience.level > Level.PRIVATE:
        why = "its item came by a private source"
        return _withheld(note, Reason.SOURCE, why, "pkm share export --widen, if it may leave all the same")
    return None


def _without_private(note: Note) -> str:
    try:
        return public_body(note.file.body)
    except VisibilityRefused as refused:
        why = "; ".join(part for part in (refused.what, refused.why) if part)
        raise VisibilityRefused(
            f"{note.path} holds a private mark that is not closed", why=why, hint=_edit(note)
        ) from refused


def _links_to_hidden(note: Note, hidden: list[str]) -> Withheld:
    names = ", ".join(dict.fromkeys(hidden))
    why = f"it links to what they may not see: {names}"
    return _withheld(note, Reason.LINK, why, f"{_edit(note)}, or --redact to keep the words alone")


def _from_private_source(item: Item) -> Withheld:
    return Withheld(
        item=item.id,
        title=clean(item.title or item.id, Sink.NOTE_TITLE),
        reason=Reason.SOURCE,
        why="it came by a private source",
        hint="pkm share export --widen, if it may leave all the same",
    )


def _withheld(note: Note, reason: Reason, why: str, hint: str) -> Withheld:
    item = note.file.items[0] if note.file.items else None
    return Withheld(note=note.id, item=item, title=note.title, reason=reason, why=why, hint=hint)


def _edit(note: Note) -> str:
    return f"pkm notes edit {note.id}"


def _publication(source: Source | None) -> str | None:
    if source is None or source.private or source.kind == CAPTURES or not source.title:
        return None
    return clean(source.title, Sink.NOTE_TITLE).strip() or None


def _is_private_tag(tag: str) -> bool:
    """`_x`, and any nested below one."""
    return any(part.startswith("_") for part in tag.lstrip("#").split("/"))
