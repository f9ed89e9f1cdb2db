"""The text of `secrets.toml`, to and from secrets. Pure; no value ever gets into a message."""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from pkm.errors import Refused
from pkm.model.secret import Secret
from pkm.rules.asking import SECRET_NAME
from pkm.rules.tomltable import toml_string

HEADING: Final = (
    "# Secrets of this pkm home, for this machine alone: in no backup of others, no git, no sync.\n"
    "# `pkm config secret list` names them, `pkm config secret set NAME` changes one.\n"
)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def read_secrets(text: str) -> dict[str, Secret]:
    """Secrets by name; a table that is none is passed over.

    Raises:
        Refused: It is no TOML.
    """
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        # Its own message may repeat a piece of a value.
        raise Refused(
            "secrets.toml cannot be read as TOML",
            why="it was edited by hand, or damaged",
            hint="mend it, or remove it and set each secret anew: pkm config secret set NAME",
        ) from None
    found = (_secret(name, table) for name, table in document.items())
    return {secret.name: secret for secret in found if secret is not None}


def write_secrets(secrets: Iterable[Secret]) -> str:
    """The text: sorted by name, equal secrets give equal bytes."""
    parts = [HEADING]
    for secret in sorted(secrets, key=lambda one: one.name):
        lines = [f"[{toml_string(secret.name)}]"]
        if secret.value is not None:
            lines.append(f"value = {toml_string(secret.value)}")
        if secret.command:
            lines.append(f"command = {_list(secret.command)}")
        lines.append(f"origins = {_list(secret.origins)}")
        lines.append(f"since = {secret.since.astimezone(UTC).isoformat(timespec='seconds')}")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _list(words: Iterable[str]) -> str:
    return f"[{', '.join(map(toml_string, words))}]"


def _secret(name: str, table: Any) -> Secret | None:
    if not isinstance(table, dict) or not SECRET_NAME.fullmatch(name):
        return None
    since = table.get("since")
    return Secret(
        name=name,
        value=_text(table, "value"),
        command=_texts(table, "command"),
        origins=_texts(table, "origins"),
        since=since if isinstance(since, datetime) and since.tzinfo else _EPOCH,
    )


def _text(table: Mapping[str, Any], key: str) -> str | None:
    value = table.get(key)
    return value if isinstance(value, str) else None


def _texts(table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = table.get(key)
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()
