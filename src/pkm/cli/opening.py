"""From a run to its home, its settings and its shelf."""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from pkm.cli.context import Run
from pkm.config import Settings, load_settings
from pkm.shelf import home as homes
from pkm.shelf.home import Home

if TYPE_CHECKING:
    from pkm.shelf.shelf import Shelf, ShelfOptions


def need_home(run: Run) -> Home:
    """The home, as far as it is known without its settings.

    Raises:
        NoHome: There is none; nothing is made by looking.
    """
    return homes.must_exist(homes.at(run.home))


def settings_of(run: Run) -> Settings:
    """The settings of the run's home, or the defaults where there is none.

    Raises:
        UsageError: `pkm.toml` or a `PKM_…` variable cannot be read as it should.
    """
    return load_settings(homes.at(run.home).settings, run.environ)


def home_of(run: Run, settings: Settings) -> Home:
    """The home with its folders where the settings put them; it may not exist."""
    return homes.at(run.home, store=settings.store or None, adopted=settings.notes.folders)


def open_shelf(run: Run, settings: Settings) -> AbstractContextManager["Shelf"]:
    """The shelf of the run's home, opened.

    Raises:
        NoHome: There is no home.
        StoreDamaged: The store cannot be read.
    """
    from pkm.shelf import shelf  # noqa: PLC0415 - commands without a store do not pay for it

    return shelf.open_shelf(home_of(run, settings), options=shelf_options(run, settings), now=run.clock)


def shelf_options(run: Run, settings: Settings) -> "ShelfOptions":
    """What of the settings the stages need."""
    from pkm.cli.zone import zone_of  # noqa: PLC0415 - as above
    from pkm.model.audience import Audience  # noqa: PLC0415 - as above
    from pkm.model.note import Level  # noqa: PLC0415 - as above
    from pkm.shelf.shelf import ShelfOptions  # noqa: PLC0415 - as above

    def audience(name: str) -> Audience:
        told = settings.audience[name]
        return Audience(name=name, level=Level.of(told.level) or Level.PRIVATE, forward=told.forward or None)

    return ShelfOptions(
        zone=zone_of(settings, run.environ),
        level=Level.of(settings.notes.visibility) or Level.PRIVATE,
        audience=settings.share.audience,
        audiences={name: audience(name) for name in settings.audience},
        keep_secrets=settings.secrets.keep,
        names=settings.notes.name,
    )
