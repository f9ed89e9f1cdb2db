"""What the user says about a source, and the source as it then is. Pure: it stores nothing and asks nobody."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from pkm.errors import Refused, UsageError
from pkm.model.source import AS_EVER, CAPTURES, KEY_POLICIES, MAIL, Asking, Source, Space, Stance, Tie
from pkm.rules import asking as rules
from pkm.rules.mailplaces import form_and_path, is_mail_place, mail_place
from pkm.rules.urls import display_url, has_secret, join

FULL = ("auto", "always", "never")

_Word = TypeVar("_Word", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was typed, word for word; None where nothing was. `none` takes a setting back.

    Attributes:
        folders: All of them from now on; an empty word for none.
        tags: `tag` or `+tag` adds one, `-tag` takes one off.
        private_host: Leave to ask a host of the user's own network.
        interval: A span, `6h`.
        key_policy: A word of `KEY_POLICIES`.
        headers: `Name: value`; without a value it is taken off. What is secret in it is a reference by now.
        ca: Path of a file, absolute.
    """

    title: str | None = None
    url: str | None = None
    space: str | None = None
    tie: Tie | None = None
    stance: str | None = None
    why: str | None = None
    folders: tuple[str, ...] | None = None
    tags: tuple[str, ...] = ()
    private: bool | None = None
    private_host: bool | None = None
    full: str | None = None
    interval: str | None = None
    key_policy: str | None = None
    isolate: bool | None = None
    headers: tuple[str, ...] = ()
    proxy: str | None = None
    user_agent: str | None = None
    ca: str | None = None
    insecure: bool | None = None
    ipv4: bool | None = None

    @property
    def nothing(self) -> bool:
        """Whether nothing at all was typed."""
        return all(getattr(self, one.name) in {None, ()} for one in fields(self))


def applied(source: Source, said: Said) -> Source:
    """The source with what was said of it.

    Raises:
        UsageError: A word is none that can be said.
        Refused: Nothing can be said about captures, or it must stay private.
    """
    refuse_captures(source)
    after = _known(_described(source, said), said)
    after = replace(after, asking=_asking(source.asking, said))
    if said.private is None and rules.has_login(after.asking) and not rules.has_login(source.asking):
        after = replace(after, private=True)
    if has_secret(after.url) and not after.private:
        raise Refused(
            f"{name_of(source)} stays private",
            why="its address holds a secret, so its items could give it away",
            hint=f"give it an address without one: pkm source set {source.id[-4:]} --url URL",
        )
    return after


def refuse_captures(source: Source) -> None:
    """Refuse to change the source that is always there.

    Raises:
        Refused: It is that one.
    """
    if source.kind == CAPTURES:
        raise Refused(
            "captures cannot be changed",
            why="it holds what you put in by hand",
            hint="pkm add URL adds to it",
        )


def refuse_unasked(source: Source) -> None:
    """Refuse to ask a source that no server stands behind.

    Raises:
        Refused: It is captures, or a folder of mails.
    """
    refuse_captures(source)
    if source.kind == MAIL:
        raise Refused(
            f"{name_of(source)} is a folder of mails",
            why="it is read from this computer, and nobody is asked",
            hint=f"pkm pull {source.id[-4:]} reads what is new in it",
        )


def name_of(source: Source) -> str:
    """What a message calls a source; no secret is in it."""
    return source.title or display_url(source.url)


def address(word: str) -> str:
    """A web address as typed.

    Raises:
        UsageError: It is none.
    """
    url = join(None, word.strip())
    if url is None:
        raise UsageError(
            f"'{display_url(word)}' is no web address", hint="give one that begins with https://"
        )
    return url


# What the user knows of it.


def _described(source: Source, said: Said) -> Source:
    return replace(
        source,
        title=source.title if said.title is None else said.title.strip() or None,
        url=source.url if said.url is None else _place(source, said.url),
        space=source.space if said.space is None else _word(Space, said.space, "--space"),
        tie=said.tie or source.tie,
        stance=source.stance if said.stance is None else _word(Stance, said.stance, "--stance"),
        why=source.why if said.why is None else said.why.strip() or None,
        folders=source.folders if said.folders is None else _paths(said.folders),
        tags=_tags(source.tags, said.tags),
        private=source.private if said.private is None else said.private,
        private_host=source.private_host if said.private_host is None else said.private_host,
    )


def _place(source: Source, word: str) -> str:
    """A web address; of a folder of mails another folder."""
    if source.kind == MAIL and is_mail_place(word):
        return mail_place(*_absolute(form_and_path(word)))
    return address(word)


def _absolute(place: tuple[str, Path]) -> tuple[str, Path]:
    form, path = place
    if not path.is_absolute():
        raise UsageError(
            "a folder of mails needs its whole path", hint="for example: --url maildir:/home/me/Mail/news"
        )
    return form, path


def _word(words: type[_Word], said: str, flag: str) -> _Word | None:
    if said.lower() in {"none", ""}:
        return None
    try:
        return words(said.lower())
    except ValueError as error:
        raise UsageError(
            f"{flag} cannot be {said!r}", hint=f"use one of: {', '.join(words)}, none"
        ) from error


def _paths(folders: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    paths = (tuple(part.strip() for part in path.split("/") if part.strip()) for path in folders)
    return tuple(dict.fromkeys(path for path in paths if path))


def _tags(tags: tuple[str, ...], said: tuple[str, ...]) -> tuple[str, ...]:
    kept = dict.fromkeys(tags)
    for word in said:
        name = word.lstrip("+-").removeprefix("#").strip()
        if not name:
            raise UsageError("--tag needs a name", hint="for example: --tag +design")
        if word.startswith("-"):
            kept.pop(name, None)
        else:
            kept[name] = None
    return tuple(kept)


# How its items are taken in.


def _known(source: Source, said: Said) -> Source:
    return replace(
        source,
        full=source.full if said.full is None else _one_of(FULL, said.full, "--full", none="never"),
        interval_s=source.interval_s if said.interval is None else _interval(said.interval),
        key_policy=source.key_policy if said.key_policy is None else _policy(said.key_policy),
        isolate=source.isolate if said.isolate is None else said.isolate,
    )


def _one_of(words: tuple[str, ...], said: str, flag: str, *, none: str) -> str:
    if said.lower() in {"none", ""}:
        return none
    if said.lower() not in words:
        raise UsageError(f"{flag} cannot be {said!r}", hint=f"use one of: {', '.join(words)}, none")
    return said.lower()


def _interval(said: str) -> int | None:
    return None if said.lower() in {"none", ""} else rules.interval(said)


def _policy(said: str) -> int:
    return KEY_POLICIES.index(_one_of(KEY_POLICIES, said, "--key-policy", none=KEY_POLICIES[0]))


# How it is asked.


def _asking(before: Asking, said: Said) -> Asking:
    return Asking(
        headers=_headers(before.headers, said.headers),
        proxy=before.proxy if said.proxy is None else _unless_none(said.proxy, rules.proxy),
        user_agent=before.user_agent
        if said.user_agent is None
        else _unless_none(said.user_agent, rules.agent),
        ca_file=before.ca_file if said.ca is None else _unless_none(said.ca, str),
        insecure=before.insecure if said.insecure is None else said.insecure,
        ipv4=before.ipv4 if said.ipv4 is None else said.ipv4,
    )


def _unless_none(said: str, read: Callable[[str], str]) -> str | None:
    return None if said.strip().lower() in {"none", ""} else read(said)


def _headers(before: tuple[tuple[str, str], ...], said: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    headers = before
    for line in said:
        if line.strip().lower() == "none":
            headers = AS_EVER.headers
        else:
            headers = rules.with_header(headers, *rules.header(line))
    return headers
