"""`pkm notes adopt`: read the notes of a folder that was there before."""

from typing import TYPE_CHECKING, Annotated

import typer

from pkm.cli.ask import confirm
from pkm.cli.context import Run
from pkm.cli.instep import in_step
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import say, show_json, warn
from pkm.cli.registry import Commands
from pkm.cli.talk import dotted
from pkm.rules.amounts import counted

if TYPE_CHECKING:
    from pkm.shelf.adopting import Adopted

commands = Commands()


@commands(
    "notes adopt",
    examples=("pkm notes adopt ~/vault", "pkm notes adopt ~/vault --yes", "pkm notes adopt --remove ~/vault"),
)
def adopt_folder(
    run: Run,
    folder: Annotated[
        str, typer.Argument(help="A folder with notes, of Obsidian, zk, Logseq, Foam or none.", metavar="DIR")
    ],
    *,
    remove: Annotated[
        bool, typer.Option("--remove", help="Read it no longer; the folder stays as it is.")
    ] = False,
) -> None:
    """Read the notes of a folder where they are; not one byte of them is changed.

    The folder is named in pkm.toml, under [notes] folders, and its notes are found, linked and shown like
    yours. A later command that is about one of them changes the lines that it is about. Names and folders in
    a file .pkmignore in it are left out.
    """
    from pkm.shelf.adopting import adopt, look, release  # noqa: PLC0415 - `notes list` shall not wait for it

    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=True)
        if remove:
            count = release(shelf, folder)
            say(run, dotted(f"{counted(count, 'note')} off the index; the files stay", "undo: pkm undo"))
            return
        looked = look(shelf, folder)
        made_by = f"made with {looked.made_by}, " if looked.made_by else ""
        say(run, f"{looked.path}: {made_by}{counted(looked.notes, 'note')}, {looked.size / 1000:,.0f} kB")
        if not confirm(run, "Read these notes from now on, where they are and as they are?"):
            say(run, "Nothing was changed.")
            return
        _tell(run, adopt(shelf, looked))


def _tell(run: Run, adopted: "Adopted") -> None:
    troubles = (*adopted.problems, *adopted.unreadable)
    for path, problem in troubles:
        warn(f"{path}: {problem}")
    if run.json:
        show_json(
            {
                "schema": "pkm.adopted/1",
                "folder": adopted.folder,
                "notes": adopted.notes,
                "links": adopted.links,
                "broken_links": adopted.broken,
                "problems": [{"path": path, "problem": problem} for path, problem in adopted.problems],
                "unreadable": [{"path": path, "problem": problem} for path, problem in adopted.unreadable],
                "copies": adopted.copies,
            }
        )
        return
    facts = [
        f"{counted(adopted.notes, 'note')} adopted",
        f"{counted(adopted.links, 'link')}, {adopted.broken} of them broken",
    ]
    if adopted.problems:
        facts.append(f"{counted(len(adopted.problems), 'note')} with front matter that cannot be read")
    if adopted.copies:
        facts.append(f"{len(adopted.copies)} conflict copies left out")
    say(run, dotted(*facts, "undo: pkm undo"))
    say(run, "Next: pkm notes check")
