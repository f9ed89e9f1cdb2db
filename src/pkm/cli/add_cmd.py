"""`pkm add`: put in one thing by hand."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from pkm.cli.adding import Adding, Given
from pkm.cli.context import Run
from pkm.cli.instep import in_step
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.registry import Commands
from pkm.rules.limits import TITLE_CHARS
from pkm.rules.pointers import read_via
from pkm.rules.when import parse_period
from pkm.seek.capture import pointer
from pkm.seek.triage import KeepWishes

commands = Commands()

Address = Annotated[
    str | None, typer.Argument(metavar="URL|-", help="An address; - reads addresses or words from stdin.")
]
Words = Annotated[
    str | None, typer.Option("-m", metavar="TEXT", help="A sentence of your own; it becomes a note.")
]
ViaOption = Annotated[
    str | None, typer.Option("--via", metavar="NAME", help='Whose pointer led here: "Ana <https://…>".')
]
HatTip = Annotated[str | None, typer.Option("--hat-tip", metavar="NAME", help="Who set you off.")]
Direct = Annotated[bool, typer.Option("--direct", help="Nobody pointed here: you found it yourself.")]
Title = Annotated[str | None, typer.Option("--title", metavar="TEXT", help="Its title, if not the page's.")]
Author = Annotated[
    list[str] | None, typer.Option("--author", metavar="NAME", help="Who made it; may be said again.")
]
Date = Annotated[
    str | None, typer.Option("--date", metavar="DAY", help="When it came out: 2026-11-22, 2026-11, 2026.")
]
TextFile = Annotated[
    Path | None, typer.Option("--text", metavar="FILE", help="Its text: a saved page, or plain words.")
]
Mail = Annotated[
    str | None, typer.Option("--mail", metavar="FILE|-", help="A mail, as your mail program saves it (.eml).")
]
Talk = Annotated[
    str | None, typer.Option("--talk", metavar="TEXT", help="What was said, and by whom; it becomes a note.")
]


@commands(
    "add",
    examples=(
        'pkm add https://example.org/piece -m "Contradicts what we decided" --via Ana',
        'pkm add --talk "Joris: they dropped the wiki and kept the log"',
        "pkm add - < links.txt",
        "pkm add --mail letter.eml",
    ),
)
def add(  # noqa: PLR0913, PLR0917 - one parameter an option
    run: Run,
    address: Address = None,
    words: Words = None,
    via: ViaOption = None,
    hat_tip: HatTip = None,
    direct: Direct = False,  # noqa: FBT002 - Typer reads a flag so
    title: Title = None,
    author: Author = None,
    date: Date = None,
    text: TextFile = None,
    talk: Talk = None,
    mail: Mail = None,
) -> None:
    """Keep one thing that no source brought.

    A page, a talk, a mail, pasted words: what is put in by hand is kept by that.

    Title, author, date and text come from the page itself; where it cannot be had, the address is kept all
    the same. With - stdin is read: lines that are all addresses are added one by one, anything else is the
    words of one text, its first line the title.

    What you have already is not added again: pkm says when you kept it and what you wrote on it.
    """
    settings = settings_of(run)
    with open_shelf(run, settings) as shelf:
        in_step(run, shelf, wait=True)
        published = parse_period(date, zone=shelf.zone).starts_at if date else None
        session = Adding(
            run=run,
            shelf=shelf,
            settings=settings,
            wishes=KeepWishes(
                words=words,
                via=read_via(pointer(via, direct=direct)),
                hat_tip=hat_tip.strip() if hat_tip and hat_tip.strip() else None,
            ),
            said={
                "title": (title or "")[:TITLE_CHARS] or None,
                "authors": tuple(author or ()),
                "published_at": published,
            },
        )
        with closing(session):
            session.add(Given(address=address, talk=talk, text=text, mail=mail))
