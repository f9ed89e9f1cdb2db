"""Where each audience stands: the last edition, open drafts, what is ready, what comes next."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pkm.model.audience import SELF, Audience
from pkm.model.digest import Digest
from pkm.share import choosing, facts
from pkm.share.compose import select
from pkm.share.drafting import stood_before
from pkm.share.period import Asked, last_edition, period_of
from pkm.shelf.shelf import Shelf
from pkm.store.notes import NoteFilter


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A note that may go to an audience and has not."""

    note: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one audience stands.

    Attributes:
        last: Its newest edition; None if it has had none.
        days: Whole days since then; None likewise.
        drafts: Open ones, oldest first.
        ready: Notes that a draft would take, or that stand in an open draft, newest first.
        withheld: How many notes of that time may not go to it as they are.
    """

    audience: Audience
    last: Digest | None
    days: int | None
    drafts: tuple[Digest, ...]
    ready: tuple[Ready, ...]
    withheld: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All audiences, the default one first, and the next sensible command."""

    standings: tuple[Standing, ...]
    next_step: str

    @property
    def waiting(self) -> Standing | None:
        """For whom the next draft could be: other people before oneself; None if nothing is ready."""
        ready = [standing for standing in self.standings if standing.ready]
        return min(ready, key=lambda standing: standing.audience == SELF, default=None)


def overview(shelf: Shelf) -> Overview:
    """Where every audience stands; the store is in step with the files."""
    choosing.take_in(shelf)
    audiences = _audiences(shelf)
    standings = tuple(_standing(shelf, audience) for audience in audiences.values())
    found = Overview(standings=standings, next_step="")
    return replace(found, next_step=_next_step(shelf, found))


def _audiences(shelf: Shelf) -> Mapping[str, Audience]:
    """The default audience, then the others that have a name, a draft or an edition."""
    used = {digest.audience for digest in (*shelf.store.digests.drafts(), *shelf.store.digests.editions())}
    known = shelf.options.audiences
    default = shelf.options.audience
    names = [default, *known, *sorted(used)]
    return {
        name: shelf.options.named(name)
        for name in dict.fromkeys(names)
        if name == default or name in known or name == SELF.name
    }


def _standing(shelf: Shelf, audience: Audience) -> Standing:
    last = last_edition(shelf, audience.name)
    period = period_of(shelf, audience, Asked())
    notes = shelf.store.notes.listing(NoteFilter(since=period.starts_at, own_words=True))
    selection = select(
        facts.candidates(shelf, notes),
        facts.terms(shelf, audience),
        period=period,
        stood=stood_before(shelf, audience),
    )
    titles = {note.id: note.title for note in notes}
    return Standing(
        audience=audience,
        last=last,
        days=(shelf.now() - last.exported_at).days if last and last.exported_at else None,
        drafts=choosing.open_drafts(shelf, audience.name),
        ready=tuple(Ready(note=entry.key, title=titles[entry.key]) for entry in selection.entries),
        withheld=len(selection.withheld),
    )


def _next_step(shelf: Shelf, found: Overview) -> str:
    drafts = [digest for standing in found.standings for digest in standing.drafts]
    if drafts:
        named = f" {drafts[-1].path}" if len(drafts) > 1 else ""
        return f"pkm share edit{named}"
    if found.waiting:
        return f"pkm share draft --to {found.waiting.audience.name}"
    return "pkm sense" if shelf.store.items.unsensed() else "pkm seek"
