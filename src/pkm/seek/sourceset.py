"""Change sources as the user says: words read, secrets kept apart, one line of the undo log.

words | secrets found in them | sources as they shall be || secrets, list, store in one transaction
"""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pkm.errors import Refused, UsageError
from pkm.model.secret import Secret
from pkm.model.source import Source
from pkm.net.target import NotWeb, parse_target
from pkm.net.trust import Trust, UntrustedFile
from pkm.rules import asking as rules
from pkm.rules.amounts import counted
from pkm.rules.urls import display_url
from pkm.seek.keptapart import Kept, kept_apart
from pkm.seek.sourcewords import Said, applied, name_of, refuse_captures
from pkm.shelf import following
from pkm.shelf.secretbox import SecretBox
from pkm.shelf.shelf import Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What came of it.

    Attributes:
        sources: As they now are, in the order in which they were named.
        changed: Those of them that were otherwise before.
        kept_apart: Names of secrets that were found among the words.
        missing: Names of secrets that are referred to, and that nobody set yet.
        made_private: Sources that became private, since their items may be meant for the user alone.
    """

    sources: tuple[Source, ...]
    changed: tuple[Source, ...]
    kept_apart: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    made_private: tuple[Source, ...] = ()


def settle(shelf: Shelf, sources: Sequence[Source], said: Said, *, auth_cmd: str | None = None) -> Settled:
    """Change sources as was said; all of them or none.

    Args:
        shelf: Where.
        sources: Whom it was said of.
        said: What.
        auth_cmd: A command that prints a login or a token.

    Raises:
        UsageError: A word is none, or can be said of one source alone.
        Refused: Captures were named, an address is another's, or a source must stay private.
    """
    box = SecretBox.of(shelf)
    _refuse_for_many(sources, said)
    said, kept = kept_apart(said, auth_cmd=auth_cmd, mark=sources[0].id[-4:])
    said = said if said.ca is None else replace(said, ca=_file(said.ca))
    after = [applied(source, said) for source in sources]
    for source in after:
        _refuse_taken(shelf, source)
    secrets = [box.stow(_secret(shelf, one)) for one in kept]
    pairs = tuple(zip(sources, after, strict=True))
    changed = tuple(new for old, new in pairs if new != old)
    with shelf.writing():
        for secret in secrets:
            box.put(shelf, secret)
        if said.headers or said.url or said.proxy:
            _allow(shelf, box, after)
        if changed:
            _store(shelf, changed, pairs)
    known = box.all()
    return Settled(
        sources=tuple(shelf.store.sources.get(one.id) or one for one in after),
        changed=changed,
        kept_apart=tuple(one.name for one in kept),
        missing=tuple(
            dict.fromkeys(name for one in after for name in rules.secrets_of(one.asking) if name not in known)
        ),
        made_private=tuple(
            new for old, new in pairs if new.private and not old.private and said.private is None
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """A source to be followed, and what of its address is kept apart from it.

    Attributes:
        source: Its address holds no login any more.
        secrets: Stowed already.
    """

    source: Source
    secrets: tuple[Secret, ...] = ()

    def keep(self, shelf: Shelf) -> Source:
        """Keep the secrets; inside `shelf.writing`. The source itself is the caller's to store."""
        box = SecretBox.of(shelf)
        for secret in self.secrets:
            box.put(shelf, secret)
        if self.secrets:
            _allow(shelf, box, [self.source])
        return self.source


def login_apart(shelf: Shelf, source: Source) -> Apart:
    """A source to be followed, the login of its address out of it; before `shelf.writing`.

    Left as it is if another source has that address without the login: each is somebody's own feed.
    """
    said, kept = kept_apart(Said(url=source.url), mark=source.id[-4:])
    holder = shelf.store.sources.at(said.url or "") if kept else None
    if not kept or (holder is not None and holder.id != source.id):
        return Apart(source=source)
    box = SecretBox.of(shelf)
    secrets = tuple(box.stow(_secret(shelf, one)) for one in kept)
    return Apart(source=applied(source, said), secrets=secrets)


def mute(shelf: Shelf, sources: Sequence[Source]) -> Settled:
    """Ask sources no more.

    Raises:
        Refused: Captures were named.
    """
    return _each(shelf, [replace(one, muted_at=one.muted_at or shelf.now()) for one in sources], sources)


def unmute(shelf: Shelf, sources: Sequence[Source]) -> Settled:
    """Ask muted sources again."""
    return _each(shelf, [replace(one, muted_at=None) for one in sources], sources)


def remove(shelf: Shelf, sources: Sequence[Source]) -> Settled:
    """Follow sources no longer; what they brought stays, and so does what was written about it.

    Raises:
        Refused: Captures were named.
    """
    return _each(shelf, [replace(one, removed_at=one.removed_at or shelf.now()) for one in sources], sources)


def _each(shelf: Shelf, after: Sequence[Source], before: Sequence[Source]) -> Settled:
    for source in before:
        refuse_captures(source)
    pairs = tuple(zip(before, after, strict=True))
    changed = tuple(new for old, new in pairs if new != old)
    if changed:
        with shelf.writing():
            _store(shelf, changed, pairs)
    return Settled(sources=tuple(after), changed=changed)


def _store(shelf: Shelf, changed: Sequence[Source], pairs: Sequence[tuple[Source, Source]]) -> None:
    done = "changed" if changed[0].followed else "followed no longer:"
    named = name_of(changed[0]) if len(changed) == 1 else counted(len(changed), "source")
    command = shelf.store.undo_log.begin("source", f"{done} {named}", shelf.now())
    following.save(shelf, changed, command=command)
    for old, new in pairs:
        # Whatever was wrong may be mended now: it need not wait for its next turn.
        if (old.url, old.asking, old.private_host) != (new.url, new.asking, new.private_host):
            shelf.store.sources.set_health(new.id, replace(new.health, next_check_at=None))


def _refuse_for_many(sources: Sequence[Source], said: Said) -> None:
    alone = next((flag for flag, word in (("--url", said.url), ("--title", said.title)) if word), None)
    if alone and len(sources) > 1:
        raise UsageError(f"{alone} can be said of one source alone", hint="name one source")


def _refuse_taken(shelf: Shelf, source: Source) -> None:
    holder = shelf.store.sources.at(source.url)
    if holder is not None and holder.id != source.id:
        raise Refused(
            f"{display_url(source.url)} is the address of {name_of(holder)}",
            hint=f"remove one of the two: pkm source remove {source.id[-4:]}",
        )


def _secret(shelf: Shelf, kept: Kept) -> Secret:
    return Secret(name=kept.name, value=kept.value, command=runnable(kept.command), since=shelf.now())


def runnable(command: tuple[str, ...]) -> tuple[str, ...]:
    """The same words, the program found from wherever it is run.

    Raises:
        UsageError: There is no such program.
    """
    if not command:
        return command
    program = Path(command[0]).expanduser()
    found = shutil.which(program)
    if found is None:
        raise UsageError(
            f"there is no program '{command[0]}'",
            why="it is not on the PATH, or may not be run",
            hint="give its whole path",
        )
    by_path = os.sep in command[0]
    return ((os.path.abspath(program) if by_path else command[0]), *command[1:])  # noqa: PTH100 - links stay


def _file(word: str) -> str:
    if word.strip().lower() in {"none", ""}:
        return word
    path = os.path.abspath(Path(word).expanduser())  # noqa: PTH100 - resolve() would follow the user's links
    try:
        Trust().context(path)
    except UntrustedFile as error:
        raise UsageError(
            f"{path} cannot be used",
            why="it cannot be read, or holds no certificate in PEM form",
            hint="give the PEM file of the authority: --ca FILE",
        ) from error
    return path


def _allow(shelf: Shelf, box: SecretBox, sources: Sequence[Source]) -> None:
    """The user named these secrets and these servers in one breath."""
    for source in sources:
        for value in (value for _, value in source.asking.headers):
            box.allow(shelf, rules.secrets_in(value), origin_of(source.url))
        if source.asking.proxy:
            place, login = rules.proxy_login(source.asking.proxy)
            box.allow(shelf, rules.secrets_in(login), origin_of(place))


def origin_of(url: str) -> str:
    """The server of an address, `https://host[:port]`; empty if it names none."""
    try:
        return parse_target(url).origin
    except NotWeb:
        return ""
