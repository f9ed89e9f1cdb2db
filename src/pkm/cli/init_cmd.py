"""`pkm init`: make the home."""

from pathlib import Path

from pkm.cli.context import Run
from pkm.cli.opening import home_of, open_shelf, settings_of
from pkm.cli.output import Column, Table, show, show_line, warn
from pkm.cli.registry import Commands
from pkm.cli.zone import machine_zone
from pkm.config import default_toml, toml_value
from pkm.shelf import home as homes
from pkm.shelf.home import Home
from pkm.shelf.vaulthome import ignore_ours, is_vault

commands = Commands()

_WHOLE_VAULT = (".",)
_CONTENTS = (
    ("pkm.toml", "settings, each with its default"),
    ("sources.opml", "what you follow, once you do"),
    ("notes/", "your notes, one markdown file each"),
    (".pkm/", "the index; it can be made again from the files"),
)


@commands("init", examples=("pkm init", "pkm init --home ~/notes"))
def init(run: Run) -> None:
    """Make a home for your sources, notes and digests.

    It asks nothing, and twice is harmless: what is there is left alone. In a folder that holds notes
    already, as of Obsidian, no second folder is made for them: they become pkm's notes where they are, and
    none of them is changed.
    """
    found = homes.at(run.home)
    if found.root.exists() and not found.root.is_dir():
        homes.make(found, settings="")  # which says so
    as_vault = not found.settings.exists() and is_vault(found.root)
    made = homes.make(
        homes.at(found.root, adopted=_WHOLE_VAULT) if as_vault else _home(run),
        settings=_settings_text(run, as_vault=as_vault),
    )
    if as_vault:
        ignore_ours(found.root)
    settings = settings_of(run)
    home = home_of(run, settings)
    with open_shelf(run, settings):
        pass  # so that what is wrong with the store shows now
    _tell(run, home, made, as_vault=as_vault)
    service = homes.synced_folder(home)
    if service:
        warn(
            f"this home lies in a folder of {service}: two machines that sync a database damage it\n"
            f"  put the index elsewhere: store = {toml_value(str(_elsewhere()))} in {home.settings}"
        )


def _home(run: Run) -> Home:
    return home_of(run, settings_of(run))


def _settings_text(run: Run, *, as_vault: bool) -> str:
    given = {"zone": machine_zone(run.environ).key}
    return default_toml(given | {"notes.folders": _WHOLE_VAULT} if as_vault else given)


def _elsewhere() -> Path:
    import platformdirs  # noqa: PLC0415 - only this warning pays for it

    return Path(platformdirs.user_data_dir("pkm"))


def _tell(run: Run, home: Home, made: tuple[str, ...], *, as_vault: bool) -> None:
    if not run.table:
        show(
            run,
            Table(columns=(Column(name="home", keep=True),), rows=((str(home.root),),)),
            lambda: {"schema": "pkm.home/1", "home": str(home.root), "made": list(made)},
        )
        return
    if not made:
        show_line(f"Your home is here already, and nothing was changed: {home.root}")
    else:
        show_line(f"Your home: {home.root}")
        for name, about in _CONTENTS:
            if not (as_vault and name == "notes/"):
                show_line(f"  {name:<14}  {about}")
    if as_vault:
        show_line("  The notes that are here are yours and pkm's now; none of them was changed.")
    show_line("")
    show_line("Next: pkm follow URL")
