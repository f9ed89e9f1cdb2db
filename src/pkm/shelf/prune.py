"""Retention: take out old items that nobody made anything of, so that they can be put back for a while."""

import gzip
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pkm.errors import DiskFull
from pkm.rules.amounts import counted
from pkm.rules.limits import TRASH_BYTES
from pkm.rules.query import And, Filter, Node
from pkm.shelf import index, locks
from pkm.shelf.shelf import Shelf
from pkm.store.database import told
from pkm.store.pruning import Row, of_line, to_line
from pkm.store.undo_log import Change
from pkm.vault import write

_ENDING = "pruned.jsonl.gz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a prune would take out.

    Attributes:
        items: Their ids.
        size: About how many bytes of text they hold.
        by_source: How many of each source, by its id.
        reversible: Whether they go into the trash first, so that `undo` brings them back.
    """

    items: tuple[str, ...]
    size: int
    by_source: dict[str, int]
    reversible: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What a prune took out.

    Attributes:
        freed: By how many bytes the store is smaller; negative if it grew.
    """

    items: int
    freed: int
    reversible: bool


def plan(shelf: Shelf, *, before: datetime, keep: Sequence[Node] = (), undecided: bool = False) -> Plan:
    """What may go: let go or hidden, older than a moment, and nothing was ever made of it.

    Args:
        shelf: Where.
        before: Aware.
        keep: Queries; what answers to one of them stays.
        undecided: Also what nobody has decided about.
    """
    stays = {
        hit.ref
        for query in keep
        for hit in shelf.store.search.find(And((query, Filter("in", "items"))), limit=0)
    }
    found = shelf.store.pruning.candidates(before, undecided=undecided)
    items = tuple(item for item in found if item not in stays)
    size = shelf.store.pruning.size(items)
    return Plan(
        items=items,
        size=size,
        by_source=shelf.store.pruning.by_source(items),
        reversible=size <= TRASH_BYTES,
    )


def prune(shelf: Shelf, planned: Plan, *, before: datetime, undecided: bool = False) -> Pruned:
    """Take out what was planned, as far as nobody has made something of it since."""
    size = _size(shelf)
    with shelf.writing():
        still = set(shelf.store.pruning.candidates(before, undecided=undecided))
        items = tuple(item for item in planned.items if item in still)
        if not items:
            return Pruned(items=0, freed=0, reversible=True)
        summary = f"pruned {counted(len(items), 'item')}"
        command = shelf.store.undo_log.begin("prune", summary, shelf.now())
        if planned.reversible:
            kept = _keep(shelf, items)
            shelf.store.undo_log.add(command, [Change(what="pruned", ref=kept, before=kept)])
        shelf.store.tombstones.bury(items, at=shelf.now())
        remove(shelf, items)
    with suppress(
        DiskFull
    ):  # it needs room for a second file; without it the space is used again from within
        compact(shelf)
    return Pruned(items=len(items), freed=size - _size(shelf), reversible=planned.reversible)


def remove(shelf: Shelf, items: Sequence[str]) -> None:
    """Take items out of the store and its index; inside `shelf.writing`."""
    for item in items:
        shelf.store.search.drop("item", item)
    shelf.store.pruning.remove(items)


def compact(shelf: Shelf) -> None:
    """Give free space back to the disk; takes the write lock."""
    with locks.writing(shelf.home.state), told():
        shelf.store.pruning.compact()


def put_back(shelf: Shelf, change: Change) -> None:
    """Bring pruned items back; inside `shelf.writing`."""
    items = shelf.store.pruning.put_back(_rows(shelf.home.trash / change.ref))
    shelf.store.tombstones.dig_up(items)
    for item_id in items:
        item = shelf.store.items.get(item_id)
        if item is not None:
            shelf.store.search.put([index.of_item(item, shelf.store.texts.get(item.text_sha))])


def _keep(shelf: Shelf, items: Sequence[str]) -> str:
    """Write the rows of items to a file of the trash; its name."""
    stamp = shelf.now().astimezone(shelf.zone).strftime("%Y%m%dT%H%M%S")
    name = f"{stamp}-{write.sha(' '.join(items).encode())[:12]}-{_ENDING}"
    path = shelf.home.trash / name
    with write.told(path):
        write.make_folder(path.parent)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        shelf.on_failure.append(lambda: path.unlink(missing_ok=True))
        with os.fdopen(handle, "wb") as file:
            with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=6, mtime=0) as packed:
                for row in shelf.store.pruning.rows(items):
                    packed.write(f"{to_line(row)}\n".encode("utf-8", "surrogatepass"))
            file.flush()
            os.fsync(file.fileno())
        write.sync_folder(path.parent)
    return name


def _rows(path: Path) -> Iterator[Row]:
    with (
        write.told(path),
        gzip.open(path, "rt", encoding="utf-8", errors="surrogatepass", newline="\n") as file,
    ):
        for line in file:
            yield of_line(line)


def _size(shelf: Shelf) -> int:
    return shelf.home.store.stat().st_size
