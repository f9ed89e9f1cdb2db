"""`pkm config`: the settings, and where they come from."""

from typing import Annotated, Any

import typer

from pkm.cli import secret_cmd
from pkm.cli.context import Run
from pkm.cli.opening import need_home, settings_of
from pkm.cli.output import Column, Table, show, show_line
from pkm.cli.registry import Commands
from pkm.config import Settings, flat, keys, toml_value
from pkm.errors import NotFound

commands = Commands()


@commands("config show", default=True, examples=("pkm config show --json",))
def show_settings(run: Run) -> None:
    """Every setting as it holds now."""
    settings = settings_of(run)
    show(run, _table(settings), lambda: _document(settings))


@commands("config get", examples=("pkm config get seek.limit",))
def get_setting(
    run: Run, key: Annotated[str, typer.Argument(help="Its name, with dots.", metavar="KEY")]
) -> None:
    """The value of one setting, as it holds now."""
    values = dict(flat(settings_of(run)))
    if key not in values:
        raise NotFound(f"there is no setting {key}", hint=_nearest(key, list(values)))
    value = values[key]
    show(
        run,
        Table(columns=(Column(name="value", keep=True),), rows=((_word(value),),)),
        lambda: {"schema": "pkm.settings/1", "settings": [_fields(key, value)]},
    )


@commands("config path")
def show_path(run: Run) -> None:
    """Where the settings file of this home is."""
    show_line(str(need_home(run).settings))


def _table(settings: Settings) -> Table:
    columns = (Column(name="key", keep=True), Column(name="value", keep=True))
    return Table(columns=columns, rows=tuple((path, _word(value)) for path, value in flat(settings)))


def _document(settings: Settings) -> dict[str, Any]:
    return {"schema": "pkm.settings/1", "settings": [_fields(path, value) for path, value in flat(settings)]}


def _fields(path: str, value: Any) -> dict[str, Any]:
    return {"key": path, "value": value, "default": _defaults().get(path)}


def _defaults() -> dict[str, Any]:
    return {key.path: key.default for key in keys()}


def _word(value: Any) -> str:
    """A value for people and pipes: text without quotes."""
    return value if isinstance(value, str) else toml_value(value)


def _nearest(key: str, known: list[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only an error pays for it

    near = get_close_matches(key, known, n=1)
    return f"did you mean {near[0]}?" if near else "`pkm config show` lists them all"


commands.join(secret_cmd.commands)
