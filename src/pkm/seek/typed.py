"""What a word of the command line means: a web address, or a file."""

import re
from pathlib import Path

from pkm.errors import UsageError
from pkm.net.address import is_loopback
from pkm.rules.urls import display_url, join

_HANDLE = re.compile(r"@([A-Za-z0-9_.-]+)@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)")
_LIST_ENDINGS = frozenset({".opml", ".xml"})


def address_of(word: str) -> str | None:
    """The web address that a word means, None if it means a file.

    `feed://…` is what browsers hand on; `@ana@social.example` is a person's page there; a bare host is an
    address unless a file of that name is there.

    Raises:
        UsageError: It can be neither.
    """
    said = word.strip()
    if not said:
        raise UsageError("an empty word names no source", hint="pkm follow https://ADDRESS")
    if said[:5].lower() == "feed:":
        rest = said[5:]
        said = f"https:{rest}" if rest.startswith("//") else rest
    if "://" in said:
        url = join(None, said)
        if url is None:
            raise UsageError(
                f"{display_url(word)} is no web address", hint="give one that begins with https://"
            )
        return url
    if handle := _HANDLE.fullmatch(said):
        said = f"{handle[2]}/@{handle[1]}"
    path = file_of(said)
    if _exists(path) or path.suffix.lower() in _LIST_ENDINGS or said.startswith(("/", "./", "../", "~")):
        return None
    # A server on this machine hardly ever speaks TLS; all others are asked safely or not at all.
    scheme = "http" if is_loopback(said.partition("/")[0].partition(":")[0]) else "https"
    url = join(None, f"{scheme}://{said}") if "." in said or scheme == "http" else None
    if url is None:
        raise UsageError(
            f"'{word}' is neither a web address nor a file",
            hint="pkm follow https://ADDRESS, or pkm follow FILE.opml",
        )
    return url


def file_of(word: str) -> Path:
    """The path that a word names, `~` being the user's own folder."""
    try:
        return Path(word.strip()).expanduser()
    except RuntimeError:  # `~nobody` is nobody's home
        return Path(word)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # no name of a file is that long
        return False
