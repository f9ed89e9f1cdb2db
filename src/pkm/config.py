"""Settings: defaults < `pkm.toml` < environment < flags. Read by the faces only, passed down as plain values.

Each field says its own help; the commented file of `pkm init` and the page of settings are made from it.
A variable `PKM_SEEK_LIMIT` sets `[seek] limit`. Flags are laid over the result by the command that has them.
"""

import dataclasses
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, get_type_hints

from pkm.errors import UsageError
from pkm.model.note import Level
from pkm.rules import limits
from pkm.rules.names import PATTERNS

LEVELS: Final = tuple(level.word for level in Level)
CADENCES: Final = ("daily", "weekly", "fortnightly", "monthly", "never")
_FILE_BYTES = 1_000_000


def _key(default: Any, text: str, *, choices: tuple[str, ...] = (), least: float | None = None) -> Any:
    return field(default=default, metadata={"help": text, "choices": choices, "least": least})


@dataclass(frozen=True, slots=True, kw_only=True)
class NotesSettings:
    """Your notes."""

    folders: tuple[str, ...] = _key(
        (), 'More folders with notes beside `notes`, from the home; "." is the whole home.'
    )
    name: str = _key("slug", "How files of new notes are named.", choices=PATTERNS)
    visibility: str = _key(
        "private", "How far the words of a note without a visibility may go.", choices=LEVELS
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareSettings:
    """Digests."""

    audience: str = _key("self", "The audience of `pkm share draft` without --to.")


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceSettings:
    """A group that you share with."""

    level: str = _key("public", "Notes of this visibility or a wider one may go to it.", choices=LEVELS)
    forward: str = _key("", "What its readers may do with a digest, in your words.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PullSettings:
    """Fetching."""

    loopback: str = _key("fast", "How servers on this machine are asked.", choices=("fast", "polite"))
    hosts_at_once: int = _key(limits.HOSTS_AT_ONCE, "How many hosts are asked at the same time.", least=1)
    timeout_s: float = _key(limits.TOTAL_S, "Seconds that one request may take in all.", least=1)
    first_new: int = _key(
        limits.FIRST_PULL_NEW, "How many items of a new source count as new; older ones are let go.", least=0
    )
    user_agent_contact: str = _key("", "A page or mail address by which a server's owner can reach you.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SeekSettings:
    """Looking at what is new."""

    limit: int = _key(20, "Rows that `pkm seek` shows; 0 is all.", least=0)
    patience_s: float = _key(8.0, "Seconds that `pkm seek` spends on fetching first.", least=0)
    keep_text: bool = _key(
        False,  # noqa: FBT003 - a default
        "Whether `pkm keep` asks for the page of an item of which the feed gave but the beginning.",
    )
    per_source: int = _key(3, "Rows of one source that stand together; the rest is folded.", least=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretsSettings:
    """Passwords and tokens."""

    keep: str = _key(
        "file",
        "Where new secrets are kept; the keyring needs the extra of that name.",
        choices=("file", "keyring"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CadenceSettings:
    """Your own rhythm."""

    share: str = _key("weekly", "How often you mean to share.", choices=CADENCES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings of a home.

    Attributes:
        audience: By name, in the file's order; the built-in `self` is not among them unless changed.
    """

    zone: str = _key("", "Your time zone, as in Europe/Berlin; empty is the machine's.")
    editor: str = _key("", "Your editor's command line; empty is $VISUAL, $EDITOR, then what is there.")
    store: str = _key("", "Folder for the store, if it must not lie in the home (a synced folder).")
    notes: NotesSettings = field(default_factory=NotesSettings)
    share: ShareSettings = field(default_factory=ShareSettings)
    audience: Mapping[str, AudienceSettings] = field(default_factory=dict)
    pull: PullSettings = field(default_factory=PullSettings)
    seek: SeekSettings = field(default_factory=SeekSettings)
    cadence: CadenceSettings = field(default_factory=CadenceSettings)
    secrets: SecretsSettings = field(default_factory=SecretsSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A setting as documentation and `pkm config` need it.

    Attributes:
        path: With dots, `seek.limit`; `audience.NAME.level` stands for every audience.
        kind: What it must be, in words.
        variable: The environment variable that sets it; empty if none does.
        least: The smallest number allowed, None if any is.
    """

    path: str
    default: Any
    help: str
    kind: str
    choices: tuple[str, ...]
    variable: str
    least: float | None


_SECTIONS: Final[Mapping[str, type]] = {
    "notes": NotesSettings,
    "share": ShareSettings,
    "pull": PullSettings,
    "seek": SeekSettings,
    "cadence": CadenceSettings,
    "secrets": SecretsSettings,
}
_AUDIENCE = "audience"
_KINDS: Final[Mapping[type, str]] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    tuple: "a list of texts",
}


def _keys_of(owner: type, prefix: str, *, variables: bool = True) -> Iterator[Key]:
    for item in dataclasses.fields(owner):
        if "help" not in item.metadata:
            continue
        path = f"{prefix}{item.name}"
        yield Key(
            path=path,
            default=item.default,
            help=item.metadata["help"],
            kind=_KINDS[type(item.default)],
            choices=item.metadata["choices"],
            variable=f"PKM_{path.replace('.', '_').upper()}" if variables else "",
            least=item.metadata["least"],
        )


def keys() -> tuple[Key, ...]:
    """Every setting, in the order of the file."""
    found = list(_keys_of(Settings, ""))
    for name, owner in _SECTIONS.items():
        found += _keys_of(owner, f"{name}.")
    found += _keys_of(AudienceSettings, f"{_AUDIENCE}.NAME.", variables=False)
    return tuple(found)


def load_settings(path: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings of a file and the environment; defaults where both are silent or there is no file.

    Raises:
        UsageError: It cannot be read, is no TOML, or has a key or value that we do not know; names the line.
    """
    text = _read(path)
    return _from_environ(settings_from(text, path), environ)


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(_FILE_BYTES + 1)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise UsageError(
            f"cannot read {path}", why=error.strerror or "", hint="check who may read it"
        ) from error
    if len(raw) > _FILE_BYTES:
        raise UsageError(
            f"{path} is larger than 1 MB", hint="settings are a page of text: look what is in it"
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text", why=f"byte {error.start} cannot be read") from error


def settings_from(text: str, path: Path) -> Settings:
    """Settings from the text of a file; `path` is for messages only.

    Raises:
        UsageError: As `load_settings`.
    """
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{path} cannot be read as TOML", why=str(error), hint=f"mend it: {path}") from error
    reader = _Reader(text, path)
    top = {name: value for name, value in document.items() if name not in _SECTIONS and name != _AUDIENCE}
    sections = {
        name: owner(**reader.values(owner, document.get(name, {}), name)) for name, owner in _SECTIONS.items()
    }
    audiences = {
        name: AudienceSettings(**reader.values(AudienceSettings, given, f"{_AUDIENCE}.{name}"))
        for name, given in reader.table(document.get(_AUDIENCE, {}), _AUDIENCE).items()
    }
    return Settings(**reader.values(Settings, top, ""), **sections, audience=audiences)


class _Reader:
    """Checks what a file says against the classes, and can say in which line it stands."""

    def __init__(self, text: str, path: Path) -> None:
        self._text = text
        self._path = path

    def table(self, given: Any, where: str) -> dict[str, Any]:
        """A table, or an error that names what is one no table."""
        if isinstance(given, dict):
            return given
        raise self._error(where, f"{where} must be a table", f"write [{where}] on a line of its own")

    def values(self, owner: type, given: Any, where: str) -> dict[str, Any]:
        """The values of one table, each checked against its field."""
        known = {key.path.rpartition(".")[2]: key for key in _keys_of(owner, "")}
        values = {}
        for name, value in self.table(given, where).items():
            full = f"{where}.{name}" if where else name
            if name not in known:
                raise self._unknown(full, name, [*known, *(_SECTIONS if not where else ())])
            problem = _problem(known[name], value)
            if problem:
                raise self._error(full, f"{full} {problem}", _range_hint(known[name]))
            values[name] = _settled(known[name], value)
        return values

    def _unknown(self, full: str, name: str, known: list[str]) -> UsageError:
        from difflib import get_close_matches  # noqa: PLC0415 - only an error pays for it

        near = get_close_matches(name, known, n=1)
        hint = (
            f"did you mean {full.removesuffix(name)}{near[0]}?"
            if near
            else "`pkm help settings` lists them all"
        )
        return self._error(full, f"there is no setting {full}", hint)

    def _error(self, full: str, what: str, hint: str) -> UsageError:
        line = line_of(self._text, full)
        return UsageError(what, why=f"{self._path}, line {line}" if line else str(self._path), hint=hint)


def _problem(key: Key, value: Any) -> str:
    """What is wrong with a value, as the end of a sentence; empty if nothing is."""
    if not _fits(key, value):
        return f"must be {key.kind}"
    if key.choices and value not in key.choices:
        return f"cannot be {value!r}"
    if key.least is not None and not value >= key.least:  # `not … >=` refuses nan as well
        return f"must be {key.least:g} or more"
    return ""


def _fits(key: Key, value: Any) -> bool:
    if isinstance(key.default, tuple):
        return isinstance(value, list) and all(isinstance(part, str) for part in value)
    if isinstance(key.default, float):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is type(key.default)


def _settled(key: Key, value: Any) -> Any:
    return type(key.default)(value)


def _range_hint(key: Key) -> str:
    return (
        f"use one of: {', '.join(key.choices)}"
        if key.choices
        else f"the default is {toml_value(key.default)}"
    )


def line_of(text: str, full: str) -> int | None:
    """The line, from 1, where a setting or its table stands; None if it is written in another way."""
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split("#", 1)[0].strip()
        if words.startswith("["):
            table = ".".join(part.strip(" \"'") for part in words.strip("[] ").split("."))
            if table == full:
                return number
            continue
        name = ".".join(part.strip(" \"'") for part in words.split("=", 1)[0].split("."))
        if "=" in words and full == (f"{table}.{name}" if table else name):
            return number
    return None


def _from_environ(settings: Settings, environ: Mapping[str, str]) -> Settings:
    for key in keys():
        given = environ.get(key.variable, "") if key.variable else ""
        if given:
            settings = _replaced(settings, key, _from_word(key, given))
    return settings


def _replaced(settings: Settings, key: Key, value: Any) -> Settings:
    section, _, name = key.path.rpartition(".")
    if not section:
        return dataclasses.replace(settings, **{name: value})
    return dataclasses.replace(
        settings, **{section: dataclasses.replace(getattr(settings, section), **{name: value})}
    )


def _from_word(key: Key, word: str) -> Any:
    """A variable's text as the setting's value."""
    value: Any = word
    if isinstance(key.default, tuple):
        value = [part.strip() for part in word.split(",") if part.strip()]
    elif not isinstance(key.default, str):
        try:
            value = tomllib.loads(f"value = {word}").get("value")
        except tomllib.TOMLDecodeError:
            value = None
    problem = _problem(key, value)
    if problem:
        raise UsageError(f"{key.variable} {problem}", why=f"it is {word!r}", hint=_range_hint(key))
    return _settled(key, value)


def value_of(settings: Settings, path: str) -> Any:
    """The value of a setting by its path, `seek.limit` or `audience.team.level`.

    Raises:
        KeyError: There is none of that path.
    """
    found: Any = settings
    for part in path.split("."):
        if isinstance(found, Mapping):
            found = found[part]
        elif dataclasses.is_dataclass(found) and part in get_type_hints(type(found)):
            found = getattr(found, part)
        else:
            raise KeyError(path)
    return found


def flat(settings: Settings) -> tuple[tuple[str, Any], ...]:
    """Every setting with its value, those of each audience by its name."""
    own = [key.path for key in keys() if not key.path.startswith(f"{_AUDIENCE}.")]
    found = [(path, value_of(settings, path)) for path in own]
    for name, audience in settings.audience.items():
        found += [
            (f"{_AUDIENCE}.{name}.{part.name}", getattr(audience, part.name))
            for part in dataclasses.fields(audience)
        ]
    return tuple(found)


def toml_value(value: Any) -> str:
    """A setting's value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{', '.join(toml_value(part) for part in value)}]"
    if isinstance(value, str):
        return f'"{_escaped(value)}"'
    return str(value)


def _escaped(text: str) -> str:
    marks = {'"': '\\"', "\\": "\\\\"}
    return "".join(
        marks.get(char) or (char if char >= " " and char != "\x7f" else f"\\u{ord(char):04x}")
        for char in text
    )


def default_toml(given: Mapping[str, Any] | None = None) -> str:
    """The commented file that `pkm init` writes: every setting with its default, switched off by `#`.

    Args:
        given: By path, what is written as a set value: `{"zone": "Europe/Berlin"}`.
    """
    given = given or {}
    lines = [
        "# Settings of this pkm home. A line that begins with `#` shows a default; take the mark away to change it."
    ]
    for key in keys():
        section, _, name = key.path.rpartition(".")
        header = f"[{section}]"
        if section and header not in lines and f"# {header}" not in lines:
            lines += ["", f"# {header}" if section.startswith(_AUDIENCE) else header]
        choices = f" ({', '.join(key.choices)})" if key.choices else ""
        lines.append(f"# {key.help}{choices}")
        mark = "" if key.path in given else "# "
        lines.append(f"{mark}{name} = {toml_value(given.get(key.path, key.default))}")
    return "\n".join(lines) + "\n"
