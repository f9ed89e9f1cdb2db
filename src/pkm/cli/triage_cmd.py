"""`pkm keep` and `pkm drop`: the two decisions."""

from collections.abc import Sequence
from typing import Annotated

import typer

from pkm.cli.ask import confirm
from pkm.cli.context import Run
from pkm.cli.instep import in_step
from pkm.cli.itemview import ITEMS, item_fields
from pkm.cli.naming import question_named
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import say, show_json, show_line
from pkm.cli.picking import items_named
from pkm.cli.registry import Commands
from pkm.cli.talk import dotted
from pkm.config import Settings
from pkm.errors import UsageError
from pkm.model.item import Item
from pkm.rules.amounts import counted
from pkm.rules.pointers import read_via
from pkm.rules.when import parse_since
from pkm.seek.triage import Decided, KeepWishes, keep, let_go, older
from pkm.shelf.shelf import Shelf

commands = Commands()

Ids = Annotated[
    list[str], typer.Argument(metavar="ID", help="Rows of the last list (3, 5-7, rest), ids or their ends.")
]
MaybeIds = Annotated[
    list[str] | None,
    typer.Argument(metavar="ID", help="Rows of the last list (3, 5-7, rest), ids or their ends."),
]
Words = Annotated[
    str | None, typer.Option("-m", metavar="TEXT", help="A sentence of your own; it becomes a note.")
]
ViaOption = Annotated[
    str | None, typer.Option("--via", metavar="NAME", help='Whose pointer led here: "Ana <https://…>".')
]
Question = Annotated[
    str | None,
    typer.Option("--for", "--question", metavar="Q", help="Your question that it is for: id or words of it."),
]
Older = Annotated[
    str | None,
    typer.Option(
        "--older", metavar="WHEN", help="All new items older than: 60d, 3w, 2026-11-01. Asks first."
    ),
]


@commands(
    "keep",
    examples=(
        "pkm keep 2 5",
        'pkm keep 2 -m "Our log lists verdicts; we should log doubts."',
        "pkm keep 4 --for findable",
    ),
)
def keep_items(
    run: Run,
    ids: Ids,
    words: Words = None,
    via: ViaOption = None,
    question: Question = None,
) -> None:
    """Keep items: they deserve a thought of yours.

    With -m the sentence is filed: with the note on one item, or as one new note on several. What is kept
    and has no words of yours yet waits for `pkm sense`.
    """
    settings = settings_of(run)
    with open_shelf(run, settings) as shelf:
        in_step(run, shelf, wait=True)
        items = items_named(run, shelf, ids)
        wishes = KeepWishes(
            words=words,
            via=read_via(via),
            question=question_named(run, shelf, question).id if question else None,
        )
        decided = keep(shelf, items, wishes)
        fetched = _fetch_texts(run, shelf, settings, decided) if settings.seek.keep_text else 0
        _show(run, shelf, decided)
        say(run, dotted(_kept(decided), f"{counted(fetched, 'whole text')} fetched" if fetched else ""))
        if decided.note is not None:
            if not run.json:
                show_line(decided.note.path)
        elif decided.moved:
            say(run, "Next: pkm sense")


def _fetch_texts(run: Run, shelf: Shelf, settings: Settings, decided: Decided) -> int:
    """Ask for the pages of what was kept; of how many the better text is now the page's."""
    from pkm.cli.network import open_door  # noqa: PLC0415 - a keep without it needs no network
    from pkm.seek.fulltext import PageTerms, fetch_pages, lacking_of  # noqa: PLC0415 - the same

    wanted = lacking_of(shelf, decided.items)
    if not wanted:
        return 0
    with open_door(run, settings) as door:
        terms = PageTerms(polite=settings.pull.loopback == "polite")
        return fetch_pages(shelf, wanted, door=door, terms=terms)


def _kept(decided: Decided) -> str:
    before = len(decided.items) - decided.moved
    if not decided.items:
        return "Nothing is left to keep."
    if decided.put and not decided.moved:
        return dotted(f"{counted(decided.put, 'kept item')} put to the question", "undo: pkm undo")
    if not decided.moved:
        which = "it is" if before == 1 else f"all {before} are"
        return dotted(f"{which} kept already", "undo: pkm undo" if decided.note else "")
    already = f" ({before} kept already)" if before else ""
    return dotted(f"kept {counted(decided.moved, 'item')}{already}", "undo: pkm undo")


@commands("drop", examples=("pkm drop 3 7-9", "pkm drop rest", "pkm drop --older 60d --yes"))
def drop_items(run: Run, ids: MaybeIds = None, older_than: Older = None) -> None:
    """Let items go. Nothing is deleted.

    `pkm find` still finds what was let go, and `pkm undo` brings it back.

    `rest` is what is undecided of the last list of `pkm seek`; what was folded there is not among it.
    """
    if bool(ids) == bool(older_than):
        raise UsageError(
            "name items, or say --older" if not ids else "name items or say --older, not both",
            hint="pkm drop 3, pkm drop rest, or pkm drop --older 60d",
        )
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=True)
        items = items_named(run, shelf, ids) if ids else ()
        if older_than:
            items = older(shelf, parse_since(older_than, now=shelf.now(), zone=shelf.zone))
            if items and not confirm(run, f"Let go {counted(len(items), 'item')} older than {older_than}?"):
                say(run, "Nothing was changed.")
                return
        if not items:
            say(run, "Nothing to let go.")
            return
        decided = let_go(shelf, items)
        _show(run, shelf, decided)
        say(run, _gone(decided))


def _gone(decided: Decided) -> str:
    if not decided.moved:
        return "Let go already."
    return dotted(f"let go {counted(decided.moved, 'item')}", "undo: pkm undo")


def _show(run: Run, shelf: Shelf, decided: Decided) -> None:
    if not run.json:
        return
    show_json(
        {
            "schema": ITEMS,
            "items": _fields(shelf, decided.items),
            "moved": decided.moved,
            "note": {"id": decided.note.id, "path": decided.note.path} if decided.note else None,
        }
    )


def _fields(shelf: Shelf, items: Sequence[Item]) -> list[dict[str, object]]:
    sources = shelf.store.sources.by_id()
    return [item_fields(one) for one in shelf.store.items.listed(items, sources)]
