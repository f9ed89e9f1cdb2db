"""A note: the user's own words, one markdown file."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Final


class Level(IntEnum):
    """How far words may go; a wider level is a larger number."""

    PRIVATE = 0
    TEAM = 1
    COMMUNITY = 2
    PUBLIC = 3

    @property
    def word(self) -> str:
        """The word in files and on screen."""
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> "Level | None":
        """The level that a word names, None if it names none."""
        return cls.__members__.get(word.strip().upper())


class Kind(StrEnum):
    """What a note is; the word in its front matter."""

    COMMENT = "comment"
    THOUGHT = "thought"
    EXPERIENCE = "experience"
    PRACTICE = "practice"
    SYNTHESIS = "synthesis"
    QUESTION = "question"
    CHECK = "check"
    CLAIM = "claim"
    TALK = "talk"
    LOG = "log"


class Status(StrEnum):
    """How far a note is; unset for most."""

    HALF_BAKED = "half-baked"
    SETTLED = "settled"
    OPEN = "open"
    ANSWERED = "answered"
    DROPPED = "dropped"


class LinkForm(StrEnum):
    """How a link is written."""

    WIKI = "wiki"
    EMBED = "embed"
    PATH = "path"
    IMAGE = "image"


INSIGHTS: Final = ("connection", "coincidence", "curiosity", "contradiction", "desperation")
"""Ways to an insight (Gary Klein's five): a word in front matter, left to the user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteLink:
    """A link that stands in a note.

    Attributes:
        target: The text between the brackets, or the path with its %-escapes resolved, before `|` and `#`.
        anchor: What follows `#`, None if nothing does.
        label: The words shown, None if the target is.
        rel: The relation of a `- REL: [[…]]` line below `## Links`, else None.
        line: 1 for the file's first line.
        form: `wiki` for `[[…]]`, `embed` for `![[…]]`, `path` for `[…](…)`.
    """

    target: str
    anchor: str | None = None
    label: str | None = None
    rel: str | None = None
    line: int
    form: LinkForm = LinkForm.WIKI


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteQuote:
    """A `>` block of a note.

    Attributes:
        id: The `h-…` of its `^h-…` mark, None if it bears none.
        text: Its words, without the `>` marks, lines joined by LF.
        line: 1 for the file's first line.
    """

    id: str | None = None
    text: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteFile:
    """A note as its file says, read and not judged.

    Attributes:
        id: From the front matter; None in an adopted file.
        title: Front matter, else first heading, else the file's stem.
        date: Local time of the home's zone, naive, as written; None if absent or unreadable.
        modified: The same.
        items: Ids of the items that it is on, in order.
        visibility: The word as written, None if absent (the home's default holds); an unknown word is
            kept so that `problem` can name it, and counts as private.
        only: Names of audiences; empty if not limited.
        via: As written: `Name <url>`, `direct`, or None.
        body: All after the front matter, line ends as LF.
        own_words: Count, see `rules.words`.
        problem: Why the front matter could not be read, with its line; None if it could.
        has_front_matter: Whether the file opens with a front matter block.
        extra: Keys that we do not know, with their plain values.
    """

    id: str | None = None
    title: str
    date: datetime | None = None
    modified: datetime | None = None
    tags: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    source: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None
    items: tuple[str, ...] = ()
    kind: str | None = None
    status: str | None = None
    visibility: str | None = None
    only: tuple[str, ...] = ()
    via: str | None = None
    hat_tip: str | None = None
    question: str | None = None
    insight: str | None = None
    description: str | None = None
    body: str = ""
    own_words: int = 0
    quotes: tuple[NoteQuote, ...] = ()
    links: tuple[NoteLink, ...] = ()
    problem: str | None = None
    has_front_matter: bool = False
    extra: tuple[tuple[str, str], ...] = ()

    def level(self, default: Level) -> Level:
        """How far its words may go: the home's default if it names no level, private if it names nonsense."""
        if self.problem is not None:
            return Level.PRIVATE
        if self.visibility is None:
            return default
        return Level.of(self.visibility) or Level.PRIVATE


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStamp:
    """What a stat and a read said of a file: enough to see that it changed.

    Attributes:
        size: Bytes.
        mtime_ns: Nanoseconds since 1970.
        inode: The file's number; 0 where the system has none.
        sha: blake2b hex of its bytes.
        racy: Its time is so near the scan's that a later write could bear the same one.
    """

    size: int
    mtime_ns: int
    inode: int
    sha: str
    racy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note as the store knows it.

    Attributes:
        id: `n-…`, or `n~` and 12 characters of the path's hash for a file without an id.
        path: Relative to the home, `/` between parts.
        level: How far its own words may go; of a file that names none the home's default at the last look.
        missing_since: Aware, UTC; its file was not there at a scan. None: it is there.
        created_at: Aware, UTC; from `date`, else the file's time.
        modified_at: Aware, UTC; when it last gained or changed words, as far as we saw.
        indexed_at: Aware, UTC; when we last read it.
    """

    id: str
    path: str
    file: NoteFile
    level: Level = Level.PRIVATE
    stamp: FileStamp
    missing_since: datetime | None = None
    created_at: datetime
    modified_at: datetime
    indexed_at: datetime

    @property
    def title(self) -> str:
        """The title that its file gives."""
        return self.file.title

    @property
    def kind(self) -> str:
        """Its kind; a file that names none is a thought, or a comment if it is on an item."""
        return self.file.kind or (Kind.COMMENT if self.file.items else Kind.THOUGHT)
