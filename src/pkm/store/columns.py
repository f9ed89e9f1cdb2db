"""How values stand in columns: moments, lists and pointers as text."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from pkm.model.item import Enclosure, Via
from pkm.model.source import AS_EVER, Asking, Extra
from pkm.rules.asking import attributes, from_attributes


def to_text(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC with milliseconds, so that text order is time order."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def stamp(moment: datetime) -> str:
    """The same for a moment that is there."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def to_moment(text: str | None) -> datetime | None:
    """The moment that a column holds, aware, UTC."""
    return datetime.fromisoformat(text) if text else None


def moment(text: str) -> datetime:
    """The same for a column that is never null."""
    return datetime.fromisoformat(text)


_ENCLOSURE_FIELDS = ("url", "type", "length", "duration_s", "transcript_url")


def to_json(values: Iterable[object]) -> str:
    """A JSON array."""
    return json.dumps(list(values), ensure_ascii=False, separators=(",", ":"))


def names(text: str) -> tuple[str, ...]:
    """The strings of a JSON array."""
    return tuple(json.loads(text)) if text != "[]" else ()


def numbers(text: str) -> tuple[int, ...]:
    """The whole numbers of a JSON array."""
    return tuple(map(int, json.loads(text))) if text != "[]" else ()


def paths(text: str) -> tuple[tuple[str, ...], ...]:
    """The lists of strings of a JSON array."""
    return tuple(tuple(part) for part in json.loads(text)) if text != "[]" else ()


def pairs(text: str) -> tuple[tuple[str, str], ...]:
    """The pairs of strings of a JSON array."""
    return tuple((str(key), str(value)) for key, value in json.loads(text)) if text != "[]" else ()


def to_via(text: str | None) -> Via | None:
    """The pointer that `rules.pointers.via_text` wrote; a name stays one, even if it looks like an address."""
    if not text:
        return None
    if text == "direct":
        return Via(direct=True)
    name, bracket, rest = text.rpartition("<")
    if bracket and rest.endswith(">"):
        return Via(name=name.strip() or None, url=rest[:-1] or None)
    return Via(name=text)


def enclosures_text(enclosures: Sequence[Enclosure]) -> str:
    """Enclosures as a JSON array of arrays."""
    return to_json([getattr(one, name) for name in _ENCLOSURE_FIELDS] for one in enclosures)


def to_enclosures(text: str) -> tuple[Enclosure, ...]:
    """The enclosures of such an array; one that an older pkm wrote may lack the last fields."""
    if text == "[]":
        return ()
    return tuple(Enclosure(**dict(zip(_ENCLOSURE_FIELDS, one, strict=False))) for one in json.loads(text))


def asking_text(asking: Asking) -> str:
    """How a source is asked, as a JSON object; no secret is in it."""
    return json.dumps(attributes(asking), ensure_ascii=False, separators=(",", ":"))


def to_asking(text: str | None) -> Asking:
    """What such an object says."""
    return from_attributes(json.loads(text)) if text and text != "{}" else AS_EVER


def to_extras(text: str) -> tuple[Extra, ...]:
    """The attributes of other programs: name, value and namespace each."""
    return tuple(Extra(*one) for one in json.loads(text)) if text != "[]" else ()
