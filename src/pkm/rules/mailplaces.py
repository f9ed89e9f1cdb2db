"""Mail folders as addresses of sources: `maildir:PATH`, `mbox:PATH`."""

from pathlib import Path
from typing import Final

MAILDIR: Final = "maildir"
MBOX: Final = "mbox"
_SCHEMES: Final = (MAILDIR, MBOX)


def is_mail_place(url: str) -> bool:
    """Whether an address names a folder of mails rather than a web address."""
    scheme, colon, path = url.partition(":")
    return bool(colon and path.strip()) and scheme.lower() in _SCHEMES


def mail_place(form: str, path: Path) -> str:
    """The address of a folder.

    Args:
        form: `MAILDIR` or `MBOX`.
        path: Absolute.
    """
    return f"{form}:{path}"


def form_and_path(url: str) -> tuple[str, Path]:
    """What `mail_place` was given."""
    scheme, _, path = url.partition(":")
    return scheme.lower(), Path(path.strip())
