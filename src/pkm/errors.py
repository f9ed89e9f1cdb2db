"""Every error that a user can meet, in one tree.

    PkmError                      70  a bug, when raised bare (it never is)
    ├── Findings                   1  a check found something
    ├── NotFound                   1  an id, row, name or path that nothing answers to
    ├── UsageError                 2  the call's words are off
    │   └── AnswerNeeded           2  a question had to be asked, and nobody was there
    ├── FeedError                  3  one source failed; the others went on
    │   ├── FetchError             3  the network, the server or a limit stopped us
    │   └── NotAFeed               3  an answer came, but it is no feed
    │       └── BotCheck           3  it wants to see a person at a browser
    ├── Offline                    3  this computer has no network: nobody was asked
    ├── CredentialsError           4  credentials missing or refused
    ├── Refused                    5  a guard said no: nothing was changed
    │   ├── AddressRefused         5  a private or special address
    │   ├── UnsafeLink             5  a link that is not plain http or https
    │   ├── NoteUnreadable         5  a note's front matter cannot be edited safely
    │   └── VisibilityRefused      5  something would leave that may not
    ├── DiskFull                   6  disk full, quota, or read-only
    ├── NoHome                    10  no home here
    ├── Busy                      11  another pkm pulls or writes
    └── StoreDamaged              12  the store is damaged
        └── StoreTooNew           12  the store was made by a newer pkm

Each has three parts: what happened (`what`), why we think so (`why`), what to
type next (`hint`). `cli/app.py` is the one place that prints them.
"""

from typing import ClassVar


class PkmError(Exception):
    """Something the user can be told in three parts.

    Attributes:
        what: What happened, naming the thing; one sentence without a full stop.
        why: Why we think so; may be empty.
        hint: What to type next; may be empty.
    """

    exit_code: ClassVar[int] = 70
    kind: ClassVar[str] = "bug"

    def __init__(self, what: str, *, why: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.hint = hint

    def __str__(self) -> str:
        """The three parts on up to three lines."""
        lines = [self.what]
        if self.why:
            lines.append(f"  {self.why}")
        if self.hint:
            lines.append(f"  {self.hint}")
        return "\n".join(lines)


class Findings(PkmError):
    """A check ran and found something; what it found was already shown."""

    exit_code = 1
    kind = "findings"


class NotFound(PkmError):
    """An id, a row number, a name or a path that nothing answers to."""

    exit_code = 1
    kind = "not-found"


class UsageError(PkmError):
    """The words of the call are off."""

    exit_code = 2
    kind = "usage"


class AnswerNeeded(UsageError):
    """A question had to be asked and no terminal is there to answer it."""

    kind = "answer-needed"


class FeedError(PkmError):
    """One source failed; the others went on.

    Attributes:
        url: The address that failed, as it may be shown (no secrets).
        reason: What went wrong with it, without the address.
    """

    exit_code = 3
    kind = "feed"

    def __init__(self, url: str, reason: str, *, why: str = "", hint: str = "") -> None:
        super().__init__(f"{url}: {reason}", why=why, hint=hint)
        self.url = url
        self.reason = reason


class FetchError(FeedError):
    """The network, the server or one of our limits stopped the request.

    Attributes:
        status: HTTP status code, or None if there was no answer.
        retry_after_s: Seconds the server asked us to wait, or None.
    """

    kind = "fetch"

    def __init__(  # noqa: PLR0913 - every part is told to the user or to the schedule
        self,
        url: str,
        reason: str,
        *,
        why: str = "",
        hint: str = "",
        status: int | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(url, reason, why=why, hint=hint)
        self.status = status
        self.retry_after_s = retry_after_s


class NotAFeed(FeedError):
    """An answer came, but it is no feed that we can read."""

    kind = "not-a-feed"


class BotCheck(NotAFeed):
    """A page came that wants to see a person at a browser; pkm never pretends to be one."""

    kind = "bot-check"

    def __init__(self, url: str) -> None:
        super().__init__(
            url,
            "a bot check came instead of a feed",
            why="the site wants to see a person at a browser; pkm never pretends to be one",
            hint=f"open it once in a browser, or ask the site to let feed readers in: {url}",
        )


class Offline(PkmError):
    """This computer has no network; that is nobody's failure, and nothing was counted."""

    exit_code = 3
    kind = "offline"


class CredentialsError(PkmError):
    """Credentials are missing, or were refused."""

    exit_code = 4
    kind = "credentials"


class Refused(PkmError):
    """A guard said no; nothing was changed."""

    exit_code = 5
    kind = "refused"


class AddressRefused(Refused):
    """The address is private, local or special, and was not allowed by name."""

    kind = "address"


class UnsafeLink(Refused):
    """A link that is not plain http or https with a host."""

    kind = "unsafe-link"


class NoteUnreadable(Refused):
    """A note's front matter is such that we will not edit it."""

    kind = "note-unreadable"


class VisibilityRefused(Refused):
    """Something would leave for people who may not see it."""

    kind = "visibility"


class DiskFull(PkmError):
    """The disk is full, over quota, or read-only."""

    exit_code = 6
    kind = "disk-full"


class NoHome(PkmError):
    """There is no pkm home where we looked."""

    exit_code = 10
    kind = "no-home"


class Busy(PkmError):
    """Another pkm holds the lock that we need.

    Attributes:
        held_s: For how many seconds it has held it; None if it did not say.
    """

    exit_code = 11
    kind = "busy"

    def __init__(self, what: str, *, why: str = "", hint: str = "", held_s: float | None = None) -> None:
        super().__init__(what, why=why, hint=hint)
        self.held_s = held_s


class StoreDamaged(PkmError):
    """The store cannot be read as what it should be."""

    exit_code = 12
    kind = "store-damaged"


class StoreTooNew(StoreDamaged):
    """The store was made by a newer pkm; we change nothing."""

    kind = "store-too-new"
