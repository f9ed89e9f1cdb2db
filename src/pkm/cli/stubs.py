"""The table of commands: enough for help and for "did you mean", without importing any of them.

The engine imports a command's module when the command is called. That is the one place where `cli/` names
a module by a string: at start-up nothing but this table may load. A row stands here once the command
works; `tests/cli/test_engine.py` holds each row against the help of its module.
"""

from dataclasses import dataclass
from typing import Final

SEEK: Final = "Seek"
SENSE: Final = "Sense"
SHARE: Final = "Share"
LOOK: Final = "Look"
DATA: Final = "Your data"
RUN: Final = "Run"
PANELS: Final = (SEEK, SENSE, SHARE, LOOK, DATA, RUN)


@dataclass(frozen=True, slots=True)
class Stub:
    """A command before it is loaded.

    Attributes:
        name: The word to type.
        help: One line.
        panel: The part of the help where it stands.
        module: Where its family lives.
        front: It stands on the first page of help.
    """

    name: str
    help: str
    panel: str
    module: str
    front: bool = False


STUBS: Final = (
    Stub("init", "Make a home for your sources, notes and digests.", SEEK, "pkm.cli.init_cmd", front=True),
    Stub("demo", "Play the whole loop on sample feeds, offline.", SEEK, "pkm.cli.demo_cmd"),
    Stub(
        "follow",
        "Follow a source: find its feed and store its items.",
        SEEK,
        "pkm.cli.follow_cmd",
        front=True,
    ),
    Stub("pull", "Fetch the sources that are due.", SEEK, "pkm.cli.pull_cmd", front=True),
    Stub("seek", "Show what is new, newest first.", SEEK, "pkm.cli.seek_cmd", front=True),
    Stub("keep", "Keep items: they deserve a thought of yours.", SEEK, "pkm.cli.triage_cmd", front=True),
    Stub("drop", "Let items go. Nothing is deleted.", SEEK, "pkm.cli.triage_cmd", front=True),
    Stub(
        "add",
        "Keep one thing that no source brought.",
        SEEK,
        "pkm.cli.add_cmd",
        front=True,
    ),
    Stub("read", "Read an item here, as plain text.", SEEK, "pkm.cli.read_cmd", front=True),
    Stub("open", "Open an item's page in your browser.", SEEK, "pkm.cli.read_cmd"),
    Stub("rules", "Hide, tag, keep or let go by itself what matches.", SEEK, "pkm.cli.rules_cmd"),
    Stub("ask", "Ask a question that steers your reading.", SEEK, "pkm.cli.questions_cmd"),
    Stub(
        "questions",
        "Your open questions, and what matched each since you last looked.",
        SEEK,
        "pkm.cli.questions_cmd",
    ),
    Stub("answer", "Answer a question, or give it up.", SEEK, "pkm.cli.questions_cmd"),
    Stub(
        "catchup",
        "After an absence: keep a few items in view, and let the rest go.",
        SEEK,
        "pkm.cli.catchup_cmd",
    ),
    Stub("source", "What you follow, and what you say about it.", SEEK, "pkm.cli.source_cmd"),
    Stub("sense", "Say in a sentence what an item means to you.", SENSE, "pkm.cli.sense_cmd", front=True),
    Stub("quote", "Mark a passage of an item, and keep it in the item's note.", SENSE, "pkm.cli.quote_cmd"),
    Stub("quotes", "All that you marked, and how each stands now.", SENSE, "pkm.cli.quotes_cmd"),
    Stub(
        "check",
        "Look into an item or a source before you trust it: SIFT, in a minute.",
        SENSE,
        "pkm.cli.check_cmd",
    ),
    Stub("note", "Write a note of your own.", SENSE, "pkm.cli.note_cmd", front=True),
    Stub("find", "Find items, notes, questions, quotes and editions.", SENSE, "pkm.cli.find_cmd", front=True),
    Stub("related", "What belongs with an item or a note, and why.", SENSE, "pkm.cli.related_cmd"),
    Stub("searches", "The searches that you gave a name.", SENSE, "pkm.cli.searches_cmd"),
    Stub(
        "notes", "Your notes: list, show, edit, set, links, mv, check, rm, adopt.", SENSE, "pkm.cli.notes_cmd"
    ),
    Stub("tag", "Give tags to items, notes, quotes and sources, or take them off.", SENSE, "pkm.cli.tag_cmd"),
    Stub("tags", "Every tag, and what bears it; rename one.", SENSE, "pkm.cli.tag_cmd"),
    Stub("link", "Say how one note stands to another.", SENSE, "pkm.cli.link_cmd"),
    Stub("revisit", "Meet a few earlier notes again, each for a reason.", SENSE, "pkm.cli.revisit_cmd"),
    Stub("drip", "One earlier note of yours, for a greeting or a mail.", SENSE, "pkm.cli.revisit_cmd"),
    Stub(
        "share",
        "Where each audience stands; draft, check and export a digest.",
        SHARE,
        "pkm.cli.share_cmd",
        front=True,
    ),
    Stub("audience", "The groups that you share with.", SHARE, "pkm.cli.audience_cmd"),
    Stub("export", "Everything, in a form that other programs read.", DATA, "pkm.cli.export_cmd"),
    Stub("status", "What waits: to look at, to put into words, to share.", LOOK, "pkm.cli.status_cmd"),
    Stub(
        "undo",
        "Take back the last command that changed something.",
        DATA,
        "pkm.cli.undo_cmd",
        front=True,
    ),
    Stub("trash", "What files held before they were changed; put it back.", DATA, "pkm.cli.trash_cmd"),
    Stub("prune", "Take out old items that you made nothing of.", DATA, "pkm.cli.prune_cmd"),
    Stub("doctor", "Look whether the home is sound, and say what to type.", DATA, "pkm.cli.doctor_cmd"),
    Stub("config", "The settings: what they are and where they come from.", RUN, "pkm.cli.config_cmd"),
    Stub("schedule", "Let this computer pull by itself; take that back.", RUN, "pkm.cli.schedule_cmd"),
    Stub(
        "templates",
        "What is asked, and how notes and drafts are laid out: list, show, eject.",
        RUN,
        "pkm.cli.templates_cmd",
    ),
    Stub("help", "Explain a command or a topic.", RUN, "pkm.cli.help_cmd"),
)
