"""The user's time zone: what the settings name, else the machine's."""

import os
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pkm.config import Settings
from pkm.errors import UsageError

_LINK = Path("/etc/localtime")
_NAME_FILE = Path("/etc/timezone")


def zone_of(settings: Settings, environ: Mapping[str, str]) -> ZoneInfo:
    """The zone in which days, weeks and notes' times are read.

    Raises:
        UsageError: The settings name a zone that nobody knows.
    """
    if not settings.zone:
        return machine_zone(environ)
    zone = _named(settings.zone)
    if zone is None:
        raise UsageError(
            f"there is no time zone {settings.zone!r}",
            why="zone in pkm.toml, or PKM_ZONE, names it",
            hint="use a name such as Europe/Berlin or America/Sao_Paulo",
        )
    return zone


def machine_zone(environ: Mapping[str, str]) -> ZoneInfo:
    """The machine's zone, with its rules for summer time; UTC if it hides its name."""
    for name in (environ.get("TZ", "").removeprefix(":"), _from_link(), _from_file()):
        zone = _named(name)
        if zone is not None:
            return zone
    return ZoneInfo("UTC")


def _named(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _from_link() -> str:
    try:
        return os.path.realpath(_LINK).partition("/zoneinfo/")[2]
    except OSError:
        return ""


def _from_file() -> str:
    try:
        return _NAME_FILE.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
