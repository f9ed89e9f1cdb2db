"""One feed of an OPML file: its attributes as values, tolerantly."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, TypeVar

from pkm.errors import UsageError
from pkm.model.source import KEY_POLICIES, Space, Stance, Tie
from pkm.rules import limits
from pkm.rules.asking import from_attributes, interval
from pkm.rules.opml import WHY_CHARS, Folder, OpmlOutline, own_title, plain, sorted_folders, sorted_tags
from pkm.rules.opmlnames import Names, distinct
from pkm.rules.urls import join

_FULL: Final = ("auto", "always", "never")
_PSEUDO: Final = re.compile(r"feed:(?://)?(https?://)?", re.IGNORECASE)

_Word = TypeVar("_Word", bound=StrEnum)


def web_address(address: str) -> str | None:
    """An http or https address, also from the pseudo schemes `feed://host` and `feed:https://host`."""
    if address[:5].lower() == "feed:":
        address = _PSEUDO.sub(lambda found: found.group(1) or "http://", address, count=1)
    return join(None, address)


def outline_in(
    url: str, name: str | None, attributes: dict[str, str], names: Names, folder: Folder
) -> OpmlOutline:
    words = {key.partition(":")[2]: value for key, value in attributes.items() if names.is_ours(key)}

    def ours(key: str) -> str | None:
        return plain(words.get(key), WHY_CHARS)

    paths, tagged = _categories(attributes.get("category", ""))
    home = (attributes.get("htmlurl") or "").strip()
    return OpmlOutline(
        url=url,
        title=own_title(name, url),
        home_url=join(None, home) if home else None,
        folders=sorted_folders((folder, *paths)),
        tags=sorted_tags(tagged),
        id=ours("id"),
        since=_moment(ours("since")),
        why=ours("why"),
        space=_member(Space, ours("space")),
        tie=_member(Tie, ours("tie")) or Tie.UNKNOWN,
        stance=_member(Stance, ours("stance")),
        private=ours("private") == "true",
        private_host=ours("private-host") == "true",
        full=full if (full := ours("full")) in _FULL and full else "never",
        isolate=ours("isolate") == "true",
        key_policy=_place(ours("key-policy")),
        interval_s=_span(ours("interval")),
        asking=from_attributes(words),
        muted_at=_moment(ours("mute")),
    )


def _place(word: str | None) -> int | None:
    return KEY_POLICIES.index(word) if word in KEY_POLICIES else None


def _span(word: str | None) -> int | None:
    try:
        return interval(word) if word else None
    except UsageError:
        return None


def joined(old: OpmlOutline, new: OpmlOutline) -> OpmlOutline:
    """One outline of two places: the first says what it says, folders and tags add up."""
    return replace(
        old,
        title=old.title or new.title,
        home_url=old.home_url or new.home_url,
        folders=sorted_folders((*old.folders, *new.folders)),
        tags=sorted_tags((*old.tags, *new.tags)),
        private=old.private or new.private,
        extras=distinct((*old.extras, *new.extras)),
    )


def _categories(text: str) -> tuple[list[Folder], list[str]]:
    """Folder paths (they begin with a slash) and tags of a `category` attribute; OPML 2.0."""
    paths: list[Folder] = []
    words: list[str] = []
    for raw in text.split(","):
        part = raw.strip()
        if part.startswith("/"):
            paths.append(
                tuple(_decoded(name) for name in part.split("/") if name.strip())[: limits.OPML_DEPTH]
            )
        else:
            words.append(_decoded(part))
    return paths, words


def _member(words: type[_Word], word: str | None) -> _Word | None:
    return next((one for one in words if one == word), None)


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _decoded(word: str) -> str:
    if not re.search(r"%2c|%2f|%25", word, re.IGNORECASE):
        return word
    word = re.sub("%2c", ",", word, flags=re.IGNORECASE)
    word = re.sub("%2f", "/", word, flags=re.IGNORECASE)
    return word.replace("%25", "%")
