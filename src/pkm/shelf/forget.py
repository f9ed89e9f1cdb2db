"""Forget one item for good: a secret that was captured by mistake must leave every file that pkm alone writes.

look for its traces | journals without its lines | rows, index, undo log | old bytes and copies | the file made anew

What the user wrote, and what went to others, is not ours to remove: it is named instead.
"""

import gzip
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pkm.model.item import Item, State
from pkm.model.source import CAPTURES
from pkm.shelf import journal, locks, pen, prune
from pkm.shelf.noteindex import add_stub
from pkm.shelf.shelf import Shelf
from pkm.vault import jsonl

_MOST_BYTES: Final = 50_000_000  # of a file that is looked through
_SAMPLES: Final = 20
_SAMPLE_CHARS: Final = (6, 80)  # lines of a text that tell where it stands: shorter ones stand anywhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """Where an item stands.

    Attributes:
        ids: Its id, and those that lead to it.
        quotes: Ids of the passages marked in it.
        texts: Keys of its bodies, those of earlier versions too.
        lines: By the name of the journal, how many lines tell of it.
        old: Copies in the trash that hold something of it.
        copies: Older copies of the store that hold it.
        remains: Files of the user's that hold something of it; they are left alone.
        kept_names: A feed brings it, so its names stay in the store, to keep it out.
    """

    item: Item
    ids: tuple[str, ...]
    quotes: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)
    old: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    remains: tuple[str, ...] = ()
    kept_names: bool = False


def look(shelf: Shelf, item: Item) -> Traces:
    """Find the traces of an item; nothing is changed."""
    ids = (item.id, *shelf.store.items.former(item.id))
    quotes = shelf.store.quotes.of_item(item.id)
    texts = shelf.store.pruning.texts([item.id])
    needles = _needles(shelf, item, ids, texts)
    arrivals = shelf.store.arrivals.of_item(item.id)
    sources = [shelf.store.sources.get(one.source) for one in arrivals]
    return Traces(
        item=item,
        ids=ids,
        quotes=tuple(quote.id for quote in quotes),
        texts=texts,
        lines={path.name: count for path in _journals(shelf) if (count := _lines(path, ids))},
        old=tuple(path.name for path in _files(shelf.home.trash) if _holds(path, needles)),
        copies=tuple(path.name for path in _copies(shelf) if _holds(path, [one.encode() for one in ids])),
        remains=tuple(_remains(shelf, needles)),
        kept_names=any(source is not None and source.kind != CAPTURES for source in sources),
    )


def forget(shelf: Shelf, traces: Traces) -> tuple[str, ...]:
    """Remove these traces; it cannot be undone. Files that could not be removed, which is rare.

    Raises:
        Busy: Another pkm pulls or writes.
        DiskFull: There is no room to write the store anew; run it again.
    """
    with locks.pulling(shelf.home.state):
        with shelf.writing():
            for path in _journals(shelf):
                _rewrite(shelf, path, traces.ids)
            shelf.store.undo_log.forget_about((*traces.ids, *traces.quotes))
            if traces.kept_names:
                shelf.store.tombstones.bury([traces.item.id], at=shelf.now())
            for quote in traces.quotes:
                shelf.store.quotes.remove(quote)
                shelf.store.search.drop("quote", quote)
            named_by_notes = bool(shelf.store.notes.on(traces.item.id))
            prune.remove(shelf, [traces.item.id])
            if named_by_notes:
                add_stub(shelf, _empty(shelf, traces.item.id))
            shelf.store.search.rebuild()  # the index would keep the words of what was dropped
        left = [name for name in traces.old if not _gone(shelf.home.trash / name)]
        left += [name for name in traces.copies if not _gone(shelf.home.state / name)]
        prune.compact(shelf)
    return tuple(left)


def _empty(shelf: Shelf, item_id: str) -> Item:
    """What stands for the item in notes that name it: its id and nothing more."""
    now = shelf.now()
    return Item(id=item_id, first_seen=now, sort_at=now, state=State.LET_GO, stub=True)


def _gone(path: Path) -> bool:
    with suppress(OSError):
        path.unlink(missing_ok=True)
    return not path.exists()


# Journals.


def _journals(shelf: Shelf) -> tuple[Path, ...]:
    return (shelf.home.decisions, shelf.home.quotes)


def _lines(path: Path, ids: Sequence[str]) -> int:
    data = path.read_bytes() if path.is_file() else b""
    return sum(_tells_of(line, ids) for line in data.split(b"\n"))


def _tells_of(line: bytes, ids: Sequence[str]) -> bool:
    """Whether a line is about one of these; of a torn one its id is enough."""
    if not any(one.encode() in line for one in ids):
        return False
    records = jsonl.parse(line).records
    if not records:
        return True
    told = {journal.text(records[0], "id"), journal.text(records[0], "item")}
    return bool(told & set(ids))


def _rewrite(shelf: Shelf, path: Path, ids: Sequence[str]) -> None:
    if not path.is_file():
        return
    data = path.read_bytes()
    kept = b"\n".join(line for line in data.split(b"\n") if not _tells_of(line, ids))
    if kept != data:
        stamp = pen.replace(shelf, path, kept, current=data)
        shelf.store.files.set_stamp(shelf.home.relative(path), stamp)


# Looking through files.


def _needles(shelf: Shelf, item: Item, ids: Sequence[str], texts: Sequence[str]) -> list[bytes]:
    """What gives the item away in a file: its ids, its address, lines of its texts."""
    words = [*ids, item.url or ""]
    shortest, longest = _SAMPLE_CHARS
    for sha in texts:
        text = shelf.store.texts.get(sha)
        lines = sorted((text.text if text else "").splitlines(), key=len, reverse=True)
        words += [line.strip()[:longest] for line in lines[:_SAMPLES] if len(line.strip()) >= shortest]
    return [word.encode("utf-8", "replace") for word in dict.fromkeys(words) if word]


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from sorted(path for path in folder.iterdir() if path.is_file() and not path.is_symlink())


def _copies(shelf: Shelf) -> Iterator[Path]:
    """Databases beside the store: as they were before a migration, or before a rebuild."""
    store = shelf.home.store
    for path in _files(shelf.home.state):
        if (
            path.name.startswith(f"{store.stem}.")
            and not path.name.startswith(store.name + "-")
            and path != store
        ):
            yield path


def _holds(path: Path, needles: Sequence[bytes]) -> bool:
    try:
        if path.stat().st_size > _MOST_BYTES and path.suffix != ".db" and ".db." not in path.name:
            return False
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, ValueError):
        return False
    return any(needle in data for needle in needles)


def _remains(shelf: Shelf, needles: Sequence[bytes]) -> Iterator[str]:
    ours = {*_journals(shelf)}
    for path in sorted(shelf.home.root.rglob("*")):
        inside = path.is_relative_to(shelf.home.state) or ".git" in path.relative_to(shelf.home.root).parts
        if inside or path in ours or path.is_symlink() or not path.is_file():
            continue
        if _holds(path, needles):
            yield shelf.home.relative(path)
    for path in _files(shelf.home.state):
        if path.suffix in {".log", ".txt"} and _holds(path, needles):
            yield str(path)
