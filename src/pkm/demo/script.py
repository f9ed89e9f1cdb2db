"""What the demo types: the whole loop once, as data.

`{base}` in a word stands for the address of the sample server. Numbers are rows
of the last list: `seek` shows the samples newest first, so row 2 is the one on
decision logs (`tests/demo/test_samples.py` holds that, and the quote).
Words are short enough for every call to fit in 60 columns.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command of the demo.

    Attributes:
        because: Why a person does this now, one short line.
        words: What is typed after `pkm`.
        accept: Exit codes that count as success.
    """

    because: str
    words: tuple[str, ...] = ()
    accept: tuple[int, ...] = (0,)


QUOTE: Final = "People search for doubts, not for verdicts."
"""Stands word for word in the item of row 2."""

STEPS: Final = (
    Step(because="A home: plain files in one folder.", words=("init",)),
    Step(
        because="Follow a page; pkm finds the feed behind it.",
        words=(
            "follow",
            "{base}/margin/",
            "--space",
            "community",
            "--why",
            "How teams keep decisions findable",
        ),
    ),
    Step(because="A second voice, in German.", words=("follow", "{base}/werkstatt/feed.atom")),
    Step(
        because="A third, from further away.",
        words=("follow", "{base}/slow/feed.json", "--space", "network", "--tie", "weak"),
    ),
    Step(because="Fetch what is due; cron does this at night.", words=("pull",)),
    Step(because="SEEK: what is new, and why it stands there.", words=("seek",)),
    Step(
        because="Keep one, and whose pointer led you to it.",
        words=("keep", "2", "--via", "Mira Sand <https://mira.example.net/>"),
    ),
    Step(
        because="Keep another, with a sentence of your own.",
        words=("keep", "5", "-m", "Ask leavers what only they know."),
    ),
    Step(because="Let the rest go. You owe them nothing.", words=("drop", "rest")),
    Step(because="Read one, here.", words=("read", "2")),
    Step(
        because="SENSE: one passage, one sentence. Yours.",
        words=("sense", "2", "--quote", QUOTE, "-m", "Our log lists verdicts; we should log doubts."),
    ),
    Step(
        because="A thought of your own needs no item.",
        words=("note", "Friday: add a 'what would change it' line"),
    ),
    Step(because="Find it again: items, notes, quotes.", words=("find", "doubts")),
    Step(
        because="SHARE: a draft from this week's notes.",
        words=("share", "draft", "--week", "--to", "self"),
    ),
    Step(because="Check it before it leaves.", words=("share", "check")),
    Step(because="Make the edition.", words=("share", "export", "--format", "md,html")),
    Step(because="What went to whom, for good.", words=("share", "log")),
    Step(because="Where you stand, and what is next.", words=()),
)
