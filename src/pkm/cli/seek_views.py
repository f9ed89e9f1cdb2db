"""How a list of items is shown: for a person, for a pipe, for a program."""

import sys
from collections.abc import Iterator
from typing import Any

from pkm.cli.context import Run
from pkm.cli.glyphs import glyphs
from pkm.cli.itemview import ITEMS, also_in, item_fields, name_of, title_of
from pkm.cli.output import Cell, Column, Table, say, show, show_text
from pkm.cli.picking import last_list
from pkm.model.item import State
from pkm.model.source import CAPTURES
from pkm.rules.amounts import age
from pkm.rules.clean import Sink, clean
from pkm.rules.tails import short_ids
from pkm.seek.look import Ask, Looked, Row
from pkm.seek.reasons import Fold
from pkm.shelf.shelf import Shelf


def show_looked(  # noqa: PLR0913 - what was asked for, once
    run: Run, shelf: Shelf, looked: Looked, ask: Ask, *, scan: bool = False, deep: bool = False
) -> None:
    """Show a list, and keep its rows as the last list of this terminal.

    Args:
        run: The call.
        shelf: Where.
        looked: The rows.
        ask: What was asked for.
        scan: Titles alone.
        deep: With the whole texts, one after the other.
    """
    ids = [row.listed.item.id for row in looked.rows]
    numbered = last_list(run, shelf).remember("seek", ids, looked.undecided)
    if deep and not run.json:
        _show_texts(run, shelf, looked)
        return
    show(
        run,
        _table(run, shelf, looked, ask, scan=scan, numbered=numbered),
        lambda: {"schema": ITEMS, "items": _documents(shelf, looked, deep=deep)},
    )
    if not run.table and not run.json:
        for fold in looked.folds:
            say(run, _folded(looked, fold))
    if not looked.rows:
        say(run, _nothing(shelf, ask))


def _documents(shelf: Shelf, looked: Looked, *, deep: bool) -> Iterator[dict[str, Any]]:
    for row in looked.rows:
        yield item_fields(row.listed, row.because) | (_text(shelf, row) if deep else {})


def _table(  # noqa: PLR0913 - a row each of what was typed and of what was found
    run: Run, shelf: Shelf, looked: Looked, ask: Ask, *, scan: bool, numbered: bool
) -> Table:
    if run.json:
        return Table(columns=(), rows=())
    if scan:
        return _titles(run, looked, ask, numbered=numbered)
    if run.table:
        return _person_table(shelf, looked, ask, numbered=numbered)
    return _plain_table(looked, numbered=numbered)


def _text(shelf: Shelf, row: Row) -> dict[str, str]:
    text = shelf.store.texts.get(row.listed.item.text_sha)
    return {"text": text.text if text else ""}


def _show_texts(run: Run, shelf: Shelf, looked: Looked) -> None:
    from pkm.cli.read_cmd import body_of  # noqa: PLC0415 - a list needs no text

    for number, row in enumerate(looked.rows, start=1):
        item = row.listed.item
        facts = (name_of(row.listed.source), item.url or "", item.id, "; ".join(row.because))
        head = "\n".join(clean(fact, Sink.LINE) for fact in (title_of(item), *facts) if fact)
        show_text(f"{head}\n\n{body_of(run, shelf, item)}" + ("\n" if number < len(looked.rows) else ""))


def _titles(run: Run, looked: Looked, ask: Ask, *, numbered: bool) -> Table:
    ids = [row.listed.item.id for row in looked.rows]
    shown = short_ids(ids) if run.table else ids
    return Table(
        columns=(Column(name="n", right=True, keep=True), Column(name="title"), Column(name="id", keep=True)),
        rows=tuple(
            (number if numbered else None, title_of(row.listed.item), one)
            for number, (row, one) in enumerate(zip(looked.rows, shown, strict=True), start=1)
        ),
        between=_fold_lines(looked) if run.table else (),
        closing=_closing(looked, ask, numbered=numbered) if run.table else (),
    )


def _fold_lines(looked: Looked) -> tuple[tuple[int, str], ...]:
    return tuple((fold.after, f"    {_folded(looked, fold)}") for fold in looked.folds)


def _person_table(shelf: Shelf, looked: Looked, ask: Ask, *, numbered: bool) -> Table:
    shorts = short_ids([row.listed.item.id for row in looked.rows])
    rows: list[tuple[Cell, ...]] = [
        _person_row(shelf, row, short, number if numbered else None, everything=ask.everything)
        for number, (row, short) in enumerate(zip(looked.rows, shorts, strict=True), start=1)
    ]
    columns = [
        Column(name="n", right=True, keep=True),
        Column(name="title"),
        Column(name="source"),
        Column(name="age", keep=True),
        *([Column(name="state", keep=True)] if ask.everything else []),
        Column(name="because", below=True),
        Column(name="id", keep=True),
    ]
    return Table(
        columns=tuple(columns),
        rows=tuple(rows),
        between=_fold_lines(looked),
        closing=_closing(looked, ask, numbered=numbered),
    )


def _person_row(
    shelf: Shelf, row: Row, short: str, number: int | None, *, everything: bool
) -> tuple[Cell, ...]:
    item = row.listed.item
    return (
        number,
        title_of(item),
        name_of(row.listed.source),
        age(item.sort_at, shelf.now()),
        *((str(item.state),) if everything else ()),
        "; ".join(filter(None, (*_reasons(row), also_in(row.listed)))),
        short,
    )


def _reasons(row: Row) -> tuple[str, ...]:
    hidden_by = row.listed.item.hidden_by
    return (f"hidden by the rule '{hidden_by}'", *row.because) if hidden_by else row.because


def _folded(looked: Looked, fold: Fold) -> str:
    source = looked.sources.get(fold.source or "")
    return f"and {fold.count} more: pkm seek --source {source.id[-4:] if source else CAPTURES}"


def _plain_table(looked: Looked, *, numbered: bool) -> Table:
    names = ("number", "id", "state", "published", "source", "title", "url", "because")
    rows = tuple(
        (
            number if numbered else None,
            row.listed.item.id,
            str(row.listed.item.state),
            row.listed.item.published_at or row.listed.item.sort_at,
            name_of(row.listed.source),
            title_of(row.listed.item),
            row.listed.item.url,
            "; ".join(_reasons(row)),
        )
        for number, row in enumerate(looked.rows, start=1)
    )
    return Table(columns=tuple(Column(name=name) for name in names), rows=rows)


def _closing(looked: Looked, ask: Ask, *, numbered: bool) -> tuple[str, ...]:
    if not looked.rows:
        return ()
    folded = sum(fold.count for fold in looked.folds)
    left = looked.matching - len(looked.rows) - folded
    lines = []
    if looked.minutes is not None:
        lines.append(f"About {looked.minutes} min of reading.")
    if left > 0 and ask.hidden:
        lines.append(f"{left} more: pkm seek --hidden --limit 0")
    elif left > 0 and ask.everything:
        lines.append(f"{left} more: pkm seek --all --limit 0")
    elif left > 0:
        lines.append(f"{left} more wait; nothing is owed. All of them: pkm seek --limit 0")
    dot = f" {glyphs(sys.stdout).dot} "
    first = next((n for n, row in enumerate(looked.rows, 1) if row.listed.item.state == State.NEW), None)
    if ask.hidden:
        lines.append(f"To see one again: pkm rules unhide {1 if numbered else 'ID'}")
    elif first is None:
        lines.append(f"Next: pkm read {1 if numbered else 'ID'}")
    elif numbered:
        lines.append(f"Next: pkm keep {first}{dot}pkm read {first}{dot}pkm drop rest")
    else:
        lines.append(f"Next: pkm keep ID{dot}pkm read ID{dot}pkm drop ID")
    return tuple(lines)


def _nothing(shelf: Shelf, ask: Ask) -> str:
    """What to say, and to type, where there is nothing to show."""
    if ask.hidden:
        return "Your rules hide nothing of what is new. Among kept and let go: pkm seek --hidden --all"
    if ask.question is not None and not ask.words:
        again = f"pkm seek --for {short_ids([ask.question.id])[0]} --all"
        rest = "" if ask.everything else f"; among kept and let go: {again}"
        return f"Nothing{'' if ask.everything else ' new'} matches '{ask.question.title}'{rest}"
    if ask.words or ask.source or ask.tag or ask.space or ask.since:
        more = "" if ask.everything else "; among kept and let go: the same with --all"
        return f"Nothing new answers to that{more}"
    if not any(one.kind != CAPTURES for one in shelf.store.sources.all()):
        return "You follow nothing yet. Next: pkm follow URL"
    if shelf.store.items.unsensed():
        return "Nothing new. Something kept waits for a sentence of yours: pkm sense"
    return "Nothing new. To ask the sources: pkm pull --all"
