"""Builders of notes, items and terms for the tests of share: they say only what matters."""

from datetime import UTC, datetime
from pathlib import Path

from pkm.model.audience import Audience
from pkm.model.digest import Digest
from pkm.model.item import Item, State
from pkm.model.note import FileStamp, Level, Note, NoteFile
from pkm.rules.when import Period
from pkm.share.compose import Candidate, ItemFacts, Terms
from pkm.share.drafting import Drafted, DraftOrder, draft
from pkm.share.export import Exported, ExportOrder, prepare, publish
from pkm.shelf.notes import NewNote, make
from pkm.shelf.shelf import Shelf
from support.shelves import stored_item

TEAM = Audience(name="team", level=Level.TEAM)
PUBLIC = Audience(name="readers", level=Level.PUBLIC)
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
WEEK = Period(
    name="2026-W47", starts_at=datetime(2026, 11, 16, tzinfo=UTC), ends_at=datetime(2026, 11, 23, tzinfo=UTC)
)


def knows_nothing(_target):
    return None


def note(number=1, body="Seven words of mine about this thing.", *, at=NOW, **file):
    level = file.pop("level", Level.PRIVATE)
    missing = file.pop("missing_since", None)
    fields = {"title": f"Note {number}", "visibility": "team", "items": (f"i-00000000000{number}",)}
    return Note(
        id=f"n-00000000000{number}",
        path=f"notes/note-{number}.md",
        file=NoteFile(body=body, **{**fields, **file}),
        level=level,
        stamp=FileStamp(size=1, mtime_ns=1, inode=1, sha="00"),
        missing_since=missing,
        created_at=at,
        modified_at=at,
        indexed_at=at,
    )


def item(number=1, **fields):
    defaults = {
        "id": f"i-00000000000{number}",
        "title": f"Title {number}",
        "url": f"https://example.org/{number}",
        "authors": ("Ana",),
        "published_at": datetime(2026, 11, 18, 12, tzinfo=UTC),
        "first_seen": NOW,
        "sort_at": NOW,
        "state": State.KEPT,
    }
    return Item(**{**defaults, **fields})


def candidate(number=1, body="Seven words of mine about this thing.", *, source=None, private=False, **file):
    facts = ItemFacts(item=item(number), source=source, private=private)
    return Candidate(note=note(number, body, **file), items=(facts,))


def terms(audience=TEAM, *, visible=knows_nothing, **more):
    return Terms(audience=audience, default_level=Level.PRIVATE, zone=UTC, visible=visible, **more)


def sensed(shelf: Shelf, text: str = "Seven words of mine about this thing.", **fields) -> Note:
    """A note on a kept item of its own, as `pkm sense` makes it; `level` and the item's `url` may be given."""
    title = fields.pop("title", "A title")
    url = fields.pop("url", f"https://example.org/{title.lower().replace(' ', '-')}")
    html = fields.pop("html", "<p>Words of the item.</p>")
    one = stored_item(
        shelf,
        title=title,
        url=url,
        html=html,
        source=fields.pop("source", None),
        keep=True,
        authors=("Ana",),
        published_at=shelf.now(),
    )
    with shelf.writing():
        return make(shelf, NewNote(text=text, items=(one,), **{"level": "team", **fields}), command=None)


def thought(shelf: Shelf, text: str = "A thought of mine alone.", **fields) -> Note:
    """A note on no item."""
    with shelf.writing():
        return make(shelf, NewNote(text=text, **{"level": "team", **fields}), command=None)


def drafted(shelf: Shelf, audience: Audience = TEAM, **order) -> Drafted:
    """A draft of the last week."""
    return draft(shelf, DraftOrder(audience=audience, **order))


def file_of(shelf: Shelf, digest: Digest) -> Path:
    """Where a draft lies."""
    return shelf.home.root / digest.path


def typed(shelf: Shelf, digest: Digest, old: str, new: str) -> None:
    """What a person does in an editor: one passage becomes another."""
    path = file_of(shelf, digest)
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode())


def out(shelf: Shelf, digest: Digest, *formats: str, **order) -> Exported:
    """The edition of a draft."""
    wanted = ExportOrder(formats=formats or ("md",), **order)
    return publish(shelf, prepare(shelf, digest, wanted), wanted.formats)
