"""`pkm tag` and `pkm tags`: give and take tags, see them all, rename one."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from pkm.cli.ask import confirm
from pkm.cli.context import Run
from pkm.cli.instep import in_step
from pkm.cli.lastlist import is_row
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import Cell, Column, Table, say, show, show_json, warn
from pkm.cli.picking import last_list
from pkm.cli.registry import Commands
from pkm.cli.talk import dotted
from pkm.errors import Refused, UsageError
from pkm.rules.amounts import counted
from pkm.sense.tagging import Retagged, plan_rename, rename, similar, tag, things_of
from pkm.shelf import lookup
from pkm.shelf.shelf import Shelf
from pkm.store.tags import TagCount

commands = Commands()


@commands("tag", dash_words=True, examples=("pkm tag 1-3 +reading -todo", "pkm tag 3f2k +work/plans"))
def tag_some(
    run: Run,
    words: Annotated[
        list[str],
        typer.Argument(metavar="ID… +TAG -TAG", help="Items, notes, quotes or sources; then tags."),
    ],
) -> None:
    """Give tags to items, notes, quotes and sources, or take them off.

    +a gives a tag, -a takes it off. `a/b` lies below `a`: what asks for `a` finds it too. Of a note only the
    tags in its front matter change. A tag of one letter is taken off behind `--`: pkm tag 2 -- -x
    """
    signed = [word for word in words if word[:1] in {"+", "-"}]
    named = [word for word in words if word[:1] not in {"+", "-"}]
    if not named:
        raise UsageError("nothing is named to be tagged", hint="for example: pkm tag 2 +reading")
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=True)
        things = things_of(shelf, _ids(run, shelf, named))
        _tell(run, tag(shelf, things, signed), f"tagged {' '.join(signed)}")


@commands("tags list", default=True, examples=("pkm tags", "pkm tags list --similar"))
def list_tags(
    run: Run,
    *,
    alike: Annotated[bool, typer.Option("--similar", help="Only pairs that may be meant as one.")] = False,
) -> None:
    """Every tag, and what bears it."""
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=False)
        tags = shelf.store.tags.counts()
    if alike:
        pairs = tuple(similar(tags))
        show(run, _pair_table(pairs), lambda: _document(tags, pairs))
        if not pairs:
            say(run, "No two tags are alike.")
        return
    show(run, _table(run, tags), lambda: _document(tags, ()))
    if not tags:
        say(run, "No tags yet. Next: pkm tag ID +reading")


@commands("tags rename", examples=("pkm tags rename todo work/todo", "pkm tags rename albums album --yes"))
def rename_tag(
    run: Run,
    old: Annotated[str, typer.Argument(metavar="OLD", help="A tag; those below it follow.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Its new name.")],
) -> None:
    """Give a tag another name, wherever it stands.

    If the new name is in use, the two become one: that is asked first.
    """
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=True)
        planned = plan_rename(shelf, old, new)
        if planned.merges:
            bears = "bears" if planned.merges == 1 else "bear"
            said = f"'{planned.new}' is in use: {counted(planned.merges, 'thing')} {bears} it."
            question = f"{said} Merge '{planned.old}' into it, {counted(len(planned.things), 'thing')}?"
            if not confirm(run, question):
                say(run, "Nothing was changed.")
                return
        _tell(run, rename(shelf, planned), f"'{planned.old}' is now '{planned.new}'")


def _ids(run: Run, shelf: Shelf, words: Sequence[str]) -> tuple[str, ...]:
    last = last_list(run, shelf)
    found: list[str] = []
    for word in words:
        if is_row(word):
            found += last.resolve([word], lambda _tail: ())
        elif word.endswith(".md"):
            found.append(lookup.note_of(shelf, word).id)
        elif "://" in word:
            found.append(lookup.source_of(shelf, word).id)
        else:
            found.append(lookup.whole_id(shelf, word, "inhs"))
    return tuple(dict.fromkeys(found))


def _tell(run: Run, done: Retagged, said: str) -> None:
    if run.json:
        show_json({"schema": "pkm.tagged/1", "changed": done.changed, "same": done.same})
    for _, error in done.refused:
        warn(str(error))
    if done.changed:
        say(run, dotted(f"{said}: {counted(len(done.changed), 'thing')}", "undo: pkm undo"))
    elif not done.refused:
        say(run, "Nothing had to be changed.")
    if done.refused:
        raise Refused(
            f"{counted(len(done.refused), 'note')} not changed",
            hint="; ".join(f"pkm notes edit {note.id}" for note, _ in done.refused),
        )


def _table(run: Run, tags: Sequence[TagCount]) -> Table:
    columns = (
        Column(name="tag", keep=True),
        *(Column(name=name, right=True) for name in ("notes", "items", "sources", "quotes", "with below")),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            one.tag,
            *(
                (count or None) if run.table else count
                for count in (one.notes, one.items, one.sources, one.quotes)
            ),
            _with_below(one, tags),
        )
        for one in tags
    )
    closing = ("Next: pkm find tag:NAME",) if tags else ()
    return Table(columns=columns, rows=rows, closing=closing)


def _with_below(one: TagCount, tags: Sequence[TagCount]) -> int:
    top = f"{one.tag.casefold()}/"
    return one.all + sum(other.all for other in tags if other.tag.casefold().startswith(top))


def _pair_table(pairs: Sequence[tuple[TagCount, TagCount]]) -> Table:
    columns = (
        Column(name="tag", keep=True),
        Column(name="like", keep=True),
        Column(name="to make one of them", keep=True),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (f"{one.tag} ({one.all})", f"{other.tag} ({other.all})", f"pkm tags rename {other.tag} {one.tag}")
        for one, other in pairs
    )
    return Table(columns=columns, rows=rows)


def _document(tags: Sequence[TagCount], pairs: Sequence[tuple[TagCount, TagCount]]) -> dict[str, Any]:
    return {
        "schema": "pkm.tags/1",
        "tags": [
            {
                "tag": one.tag,
                "notes": one.notes,
                "items": one.items,
                "sources": one.sources,
                "quotes": one.quotes,
                "with_below": _with_below(one, tags),
            }
            for one in tags
        ],
        "similar": [[one.tag, other.tag] for one, other in pairs],
    }
