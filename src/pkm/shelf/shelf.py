"""The shelf: store, files and network opened together, for one command.

The stages meet only here. Each takes a `Shelf` and reads through it; whatever changes something goes
through `writing`, which holds the write lock and one transaction for as short as it can.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from random import SystemRandom  # what `secrets` is made of, without its hmac: a tenth of a start
from zoneinfo import ZoneInfo

from pkm.errors import Busy, NotFound, PkmError
from pkm.model.audience import SELF, Audience
from pkm.model.note import Level
from pkm.rules.ids import IdMaker
from pkm.rules.limits import BUSY_S
from pkm.shelf import home as homes
from pkm.shelf import locks
from pkm.shelf.home import Home
from pkm.store.database import is_due
from pkm.store.store import Store, open_store


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfOptions:
    """What the settings say that more than one stage needs.

    Attributes:
        zone: The home's; what files write and periods mean.
        level: Level of a note that names none.
        audience: Whom `share draft` is for if nobody is named.
        audiences: By name; `self` is always there.
        keep_secrets: Where new secrets go: `file` or `keyring`.
        names: How files of new notes are named, one of `rules.names.PATTERNS`.
    """

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    level: Level = Level.PRIVATE
    audience: str = SELF.name
    audiences: Mapping[str, Audience] = field(default_factory=dict)
    keep_secrets: str = "file"
    names: str = "slug"

    def named(self, name: str) -> Audience:
        """The audience of that name.

        Raises:
            NotFound: There is none.
        """
        known = {SELF.name: SELF, **self.audiences}
        if name not in known:
            raise NotFound(
                f"there is no audience '{name}'",
                why=f"known: {', '.join(sorted(known))}",
                hint=f"pkm audience add {name} --level team",
            )
        return known[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What a stage needs to read and to write.

    Attributes:
        now: Gives the moment, aware, UTC.
        device: This machine's name in the journals.
        ids: Makes ids.
        on_failure: What takes back the files that the open transaction wrote, last written first.
        on_success: What is left to do when it is committed.
        mended: What was mended after a process that died, in lines for the user.
    """

    home: Home
    store: Store
    options: ShelfOptions
    now: Callable[[], datetime]
    device: str
    ids: IdMaker
    on_failure: list[Callable[[], None]] = field(default_factory=list)
    on_success: list[Callable[[], None]] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)

    @property
    def zone(self) -> ZoneInfo:
        """The home's zone."""
        return self.options.zone

    @contextmanager
    def writing(self, *, wait_s: float = BUSY_S) -> Iterator[None]:
        """The write lock and one transaction: all of it or nothing, in the store and in the files.

        Raises:
            Busy: Another pkm wrote all that time.
        """
        with locks.writing(self.home.state, wait_s=wait_s):
            self.on_failure.clear()
            self.on_success.clear()
            self.mend_under_lock()
            try:
                with self.store.transaction():
                    yield
            except BaseException:
                self._take_back()
                raise
            for ending in self.on_success:
                ending()

    def mend_under_lock(self) -> None:
        """Mend what a process that died left half done; the caller holds the write lock."""
        if self.home.plan.exists():
            from pkm.shelf import halfway  # noqa: PLC0415 - hardly ever needed, and each command opens a shelf

            self.mended.extend(halfway.mend(self.home, self.store))

    def _take_back(self) -> None:
        # What cannot be taken back (the disk is full) stays: words too many rather than words lost.
        for taking_back in reversed(self.on_failure):
            with suppress(PkmError, OSError):
                taking_back()
        self.on_failure.clear()


@contextmanager
def open_shelf(home: Home, *, options: ShelfOptions, now: Callable[[], datetime]) -> Iterator[Shelf]:
    """The shelf of a home that is there; its store is made or migrated first where that is due.

    Raises:
        NoHome: There is no home.
        StoreDamaged, StoreTooNew, DiskFull, Busy: As they say.
    """
    homes.must_exist(home)
    if is_due(home.store):
        homes.ensure_state(home)
        with locks.writing(home.state), open_store(home.store):
            pass  # opening it is what makes or migrates it
    with open_store(home.store) as store:
        shelf = Shelf(
            home=home,
            store=store,
            options=options,
            now=now,
            device=homes.device(home),
            ids=IdMaker(now, SystemRandom().randrange),
        )
        # If the lock is taken, who holds it is at work on that plan, or mends it.
        if home.plan.exists():
            with suppress(Busy), locks.writing(home.state, wait_s=0):
                shelf.mend_under_lock()
        yield shelf
