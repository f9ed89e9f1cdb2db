"""The door to the network and how to pull, as the settings say; loaded only by commands that ask somebody."""

import random
from functools import partial

from pkm import __version__
from pkm.cli.context import Run
from pkm.cli.opening import home_of
from pkm.cli.output import say
from pkm.config import Settings
from pkm.net.door import Door
from pkm.net.transport import DoorLimits
from pkm.rules.clean import Sink, clean
from pkm.rules.ruleset import Rule
from pkm.seek.byhand import ByHand
from pkm.seek.pull import PullOptions
from pkm.seek.settle import Terms
from pkm.shelf.secretbox import SecretBox
from pkm.shelf.shelf import Shelf


def user_agent(settings: Settings) -> str:
    """How we name ourselves; one stable product token first, since servers' rules match on it."""
    contact = clean(settings.pull.user_agent_contact, Sink.HEADER).strip()
    return f"pkm/{__version__} ({f'+{contact}; ' if contact else ''}feed reader)"


def open_door(run: Run, settings: Settings) -> Door:
    """The door, to be closed by the caller; with a proxy in the environment it is said what that means."""
    door = Door(
        user_agent=user_agent(settings),
        limits=DoorLimits(total_s=settings.pull.timeout_s),
        secret_of=SecretBox(home_of(run, settings)).value,
    )
    if door.notice is not None:
        say(run, door.notice)
    return door


def by_hand(run: Run, settings: Settings, shelf: Shelf, door: Door) -> ByHand:
    """The door for what the user's own line asks; see `ByHand`."""
    polite = settings.pull.loopback == "polite"
    return ByHand(shelf=shelf, door=door, polite=polite, say=partial(say, run))


def pull_options(
    settings: Settings,
    *,
    max_time_s: float | None = None,
    finish: bool = True,
    rules: tuple[Rule, ...] = (),
) -> PullOptions:
    """How to pull; see `PullOptions`."""
    return PullOptions(
        terms=terms(settings, rules),
        hosts_at_once=settings.pull.hosts_at_once,
        max_time_s=max_time_s,
        finish=finish,
    )


def terms(settings: Settings, rules: tuple[Rule, ...] = ()) -> Terms:
    """On what terms answers are stored; see `Terms`."""
    return Terms(
        polite=settings.pull.loopback == "polite",
        first_new=settings.pull.first_new,
        chance=random.random,
        rules=rules,
    )
