"""The journals of the home: what the user decided, marked and shared, as lines of files.

A line is appended and fsynced before its row is committed. Should the machine stop between the two, the
next look at the file finds a line whose event is not known, and applies it.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from pkm.model.digest import Share, ShareState
from pkm.model.item import Arrival, Item, Via
from pkm.model.note import FileStamp
from pkm.model.quote import Anchor, Quote
from pkm.rules.ids import is_id
from pkm.shelf.shelf import Shelf
from pkm.vault import jsonl

Line = Mapping[str, object]
_YEARS = range(1_000, 9_000)  # at the ends of time a shift to another zone fails


def stamp(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def append(shelf: Shelf, path: Path, at: datetime, fields: Line) -> str:
    """Add a line to a journal, durably; the id of its event. Inside `shelf.writing`, which commits its row."""
    return extend(shelf, path, at, [fields])[0]


def extend(
    shelf: Shelf, path: Path, at: datetime, lines: Sequence[Line], *, stays: bool | None = None
) -> tuple[str, ...]:
    """Add lines to a journal in one durable write; the ids of their events. Inside `shelf.writing`.

    Args:
        shelf: Where.
        path: The journal.
        at: Aware.
        lines: Their fields.
        stays: Whether they stay on record should the transaction fail; None: those of the share log do,
            since what they tell of may have left by then.
    """
    events = tuple(shelf.ids.new("e") for _ in lines)
    records: list[dict[str, object]] = []
    for event, fields in zip(events, lines, strict=True):
        record: dict[str, object] = {"v": 1, "event": event, "at": stamp(at), "device": shelf.device}
        record.update((key, value) for key, value in fields.items() if value not in (None, (), [], ""))
        records.append(record)
    added = jsonl.extend(path, records)
    if not (path == shelf.home.share_log if stays is None else stays):
        shelf.on_failure.append(lambda: jsonl.take_back(added))
    _remember_size(shelf, added)
    for event in events:
        shelf.store.files.apply(event, path.name)
    return events


def _remember_size(shelf: Shelf, added: jsonl.Added) -> None:
    """Where only we added to a journal, the next look need not read it again."""
    name = shelf.home.relative(added.path)
    known = shelf.store.files.stamp(name)
    if (known.size, known.mtime_ns) == (added.before, added.mtime_ns) if known else added.before == 0:
        found = added.path.stat()
        if found.st_size == added.after:
            stamp_ = FileStamp(size=added.after, mtime_ns=found.st_mtime_ns, inode=found.st_ino, sha="")
            shelf.store.files.set_stamp(name, stamp_)


def item_fields(item: Item, arrival: Arrival | None, source_url: str | None) -> dict[str, object]:
    """What a journal line says of an item, so that files alone can make it again."""
    return {
        "id": item.id,
        "url": item.url,
        "title": item.title,
        "kind": item.kind if item.kind != "page" else None,
        "authors": list(item.authors),
        "published": stamp(item.published_at) if item.published_at else None,
        "language": item.language,
        "key": arrival.key if arrival else None,
        "source_url": source_url,
        "via": via_fields(item.via),
        "hat_tip": item.hat_tip,
    }


def via_fields(via: Via | None) -> object:
    """A pointer in a journal line: `"direct"` or an object."""
    if via is None:
        return None
    if via.direct:
        return "direct"
    return {key: value for key, value in (("name", via.name), ("url", via.url)) if value}


def to_via(value: object) -> Via | None:
    """The pointer that such a field names."""
    if value == "direct":
        return Via(direct=True)
    if isinstance(value, Mapping):
        return Via(name=text(value, "name"), url=text(value, "url"))
    return None


def text(line: Line, key: str) -> str | None:
    """A field that should hold words; None if it holds anything else."""
    value = line.get(key)
    return value if isinstance(value, str) and value else None


def texts(line: Line, key: str) -> tuple[str, ...]:
    """A field that should hold a list of words."""
    value = line.get(key)
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def number(line: Line, key: str) -> int | None:
    """A field that should hold a whole number."""
    value = line.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def moment(line: Line, key: str = "at") -> datetime | None:
    """A field that should hold a moment; aware, UTC."""
    value = text(line, key)
    if value is None:
        return None
    try:
        read = datetime.fromisoformat(value)
        return read.astimezone(UTC) if read.tzinfo and read.year in _YEARS else None
    except ValueError:
        return None


def quote_fields(quote: Quote) -> dict[str, object]:
    """A quote as a journal line."""
    return {
        "id": quote.id,
        "item": quote.item,
        "url": quote.url,
        "note": quote.note,
        "exact": quote.anchor.exact,
        "prefix": quote.anchor.prefix,
        "suffix": quote.anchor.suffix,
        "start": quote.anchor.start,
        "text_sha": quote.text_sha,
        "tags": list(quote.tags),
    }


def quote_text(quote: Quote) -> str:
    """A quote as the undo log keeps it."""
    return json.dumps(quote_fields(quote) | {"at": stamp(quote.created_at)}, ensure_ascii=False)


def to_quote_text(text_: str) -> Quote | None:
    """The quote that such a text keeps."""
    return to_quote(json.loads(text_))


def to_quote(line: Line) -> Quote | None:
    """The quote that a line names; None if it lacks what a quote needs."""
    quote_id, item, note, exact = (text(line, key) for key in ("id", "item", "note", "exact"))
    at = moment(line)
    if not (quote_id and is_id(quote_id) and item and note and exact and at):
        return None
    anchor = Anchor(
        exact=exact,
        prefix=text(line, "prefix") or "",
        suffix=text(line, "suffix") or "",
        start=number(line, "start") or 0,
    )
    return Quote(
        id=quote_id,
        item=item,
        url=text(line, "url"),
        anchor=anchor,
        text_sha=text(line, "text_sha"),
        note=note,
        tags=texts(line, "tags"),
        created_at=at,
    )


def share_fields(share: Share) -> dict[str, object]:
    """A share as a journal line; event, moment and device are the line's own."""
    return {
        "state": str(share.state),
        "audience": share.audience,
        "level": share.level,
        "item": share.item,
        "url": share.url,
        "note": share.note,
        "content_sha": share.content_sha,
        "edition": share.edition,
        "digest": share.digest,
        "channel": share.channel,
        "reason": share.reason,
    }


def to_share(line: Line) -> Share | None:
    """The share that a line names; None if it lacks what a share needs."""
    event, device, audience, channel, state = (
        text(line, key) for key in ("event", "device", "audience", "channel", "state")
    )
    at = moment(line)
    if not (event and device and audience and channel and at) or state not in set(ShareState):
        return None
    return Share(
        event=event,
        at=at,
        device=device,
        state=ShareState(state),
        audience=audience,
        level=text(line, "level") or "private",
        item=text(line, "item"),
        url=text(line, "url"),
        note=text(line, "note"),
        content_sha=text(line, "content_sha"),
        edition=number(line, "edition"),
        digest=text(line, "digest"),
        channel=channel,
        reason=text(line, "reason"),
    )
