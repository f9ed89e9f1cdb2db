"""`pkm rules`: what the user wants done with arriving items by itself."""

from typing import Annotated, Any

import typer

from pkm.cli.context import Run
from pkm.cli.instep import in_step
from pkm.cli.itemview import name_of, title_of
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import Cell, Column, Table, say, show, show_json
from pkm.cli.picking import items_named, last_list
from pkm.cli.registry import Commands
from pkm.cli.ruling import rules_or_error
from pkm.cli.talk import dotted
from pkm.errors import NotFound, UsageError
from pkm.rules.amounts import age, counted
from pkm.rules.query import And, explain, parse_query
from pkm.rules.ruleset import Rule, at_moment
from pkm.rules.tails import short_ids
from pkm.rules.when import parse_since
from pkm.seek.rulebook import Applied, Trial, Tried, apply, show_again, trial
from pkm.shelf.shelf import Shelf

commands = Commands()
_EXAMPLE = """\
- name: no webinars
  when: webinar OR "sponsored post"
  do: hide
- when: author:"Ada Lark"
  do: [tag letters, keep]"""

Since = Annotated[
    str, typer.Option("--since", metavar="WHEN", help="What stands since then: 3d, yesterday, 2026-11-22.")
]
Limit = Annotated[int, typer.Option("--limit", metavar="N", min=0, help="Rows to show; 0 is all.")]
Words = Annotated[
    list[str] | None,
    typer.Argument(metavar="RULE", help="One rule, by number or name; other words are tried as a `when`."),
]
Ids = Annotated[
    list[str] | None,
    typer.Argument(metavar="ID", help="Rows of `pkm seek --hidden` (3, 5-7), ids or their ends."),
]
ByRule = Annotated[
    str | None, typer.Option("--rule", metavar="RULE", help="All that this rule hides, by number or name.")
]


@commands("rules list", default=True, examples=("pkm rules", "pkm rules list --json"))
def list_rules(run: Run) -> None:
    """Your rules, and what each has done so far.

    They stand in rules.yaml in your home, in the order in which they are asked. A rule has `when` (a query as
    for `pkm find`), `do` (hide, keep, let-go, tag NAME, or a list), and if you like a `name` and `sources`.
    Tags of every rule that matches are added; of hide, keep and let-go the first rule decides.
    """
    with open_shelf(run, settings_of(run)) as shelf:
        rules = rules_or_error(shelf)
        hides, decided = shelf.store.hiding.counts(), shelf.store.hiding.decided()
        rows = tuple(_row(run, n, rule, hides, decided) for n, rule in enumerate(rules, 1))
        show(
            run,
            Table(columns=_list_columns(run), rows=rows),
            lambda: {
                "schema": "pkm.rules/1",
                "path": shelf.home.rules,
                "rules": [_fields(n, rule, hides, decided) for n, rule in enumerate(rules, 1)],
            },
        )
        if not rules:
            say(
                run, f"There are no rules yet. Write them into {shelf.home.rules}, for example:\n\n{_EXAMPLE}"
            )
        gone = sorted(set(hides) - {rule.name for rule in rules})
        for name in gone:
            say(
                run,
                f"{counted(hides[name], 'item')} still hidden by '{name}', which is no rule any more:"
                f" pkm rules unhide --rule '{name}'",
            )


def _list_columns(run: Run) -> tuple[Column, ...]:
    if not run.table:
        return tuple(
            Column(name=name) for name in ("number", "name", "when", "sources", "do", "hides", "decided")
        )
    return (
        Column(name="n", right=True),
        Column(name="name", wrap=True),
        Column(name="when", wrap=True),
        Column(name="do", wrap=True),
        Column(name="so far", wrap=True),
    )


def _row(
    run: Run, number: int, rule: Rule, hides: dict[str, int], decided: dict[str, int]
) -> tuple[Cell, ...]:
    sources = ", ".join(rule.sources)
    hidden, moved = hides.get(rule.name, 0), decided.get(rule.name, 0)
    if not run.table:
        return number, rule.name, rule.query, sources, ", ".join(_deeds(rule)), hidden, moved
    when = " ".join(part for part in (rule.query, f"from {sources}" if sources else "") if part)
    so_far = [f"hides {hidden}"] if hidden else []
    so_far += [f"decided {moved}"] if moved else []
    return (
        number,
        rule.name if rule.name != rule.query else "",
        when,
        ", ".join(_deeds(rule)),
        ", ".join(so_far),
    )


def _deeds(rule: Rule) -> tuple[str, ...]:
    return (*(f"tag {tag}" for tag in rule.tags), *((str(rule.act),) if rule.act else ()))


def _fields(number: int, rule: Rule, hides: dict[str, int], decided: dict[str, int]) -> dict[str, Any]:
    return {
        "number": number,
        "name": rule.name,
        "when": rule.query,
        "sources": rule.sources,
        "do": _deeds(rule),
        "read_as": explain(rule.when),
        "line": rule.line,
        "hides": hides.get(rule.name, 0),
        "decided": decided.get(rule.name, 0),
    }


@commands(
    "rules test",
    dash_words=True,
    examples=("pkm rules test", "pkm rules test 2 --since 90d", "pkm rules test webinar -free"),
)
def try_rules(run: Run, rule: Words = None, since: Since = "30d", limit: Limit = 20) -> None:
    """What your rules would match of what is here; nothing is changed.

    Words that name no rule are tried as the `when` of a new one.
    """
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=False)
        chosen, tried = _chosen(shelf, rule or [])
        if tried:
            say(run, f"read as: {explain(chosen[0].when)}")
        found = trial(shelf, chosen, since=parse_since(since, now=shelf.now(), zone=shelf.zone))
        alone = found.rules[0] if len(chosen) == 1 else None
        table = _matched_table(run, shelf, alone, limit) if alone else _trial_table(found)
        show(run, table, lambda: _trial_document(found, since))
        say(run, _looked(found, since))


def _chosen(shelf: Shelf, words: list[str]) -> tuple[tuple[Rule, ...], bool]:
    """The rules that words mean, and whether they are only tried."""
    rules = rules_or_error(shelf)
    if not words:
        if not rules:
            raise NotFound(
                "there are no rules yet",
                hint=f"write them into {shelf.home.rules}, or try words: pkm rules test WORDS",
            )
        return rules, False
    named = _named(rules, " ".join(words))
    if named is not None:
        return (named,), False
    query = " ".join(words)
    when = parse_query(query)
    if when == And(()):
        raise UsageError("there is no word in it to look for", hint="for example: pkm rules test webinar")
    return at_moment([Rule(name=query, query=query, when=when)], now=shelf.now(), zone=shelf.zone), True


def _named(rules: tuple[Rule, ...], word: str) -> Rule | None:
    if word.isdecimal() and 1 <= int(word) <= len(rules):
        return rules[int(word) - 1]
    return next((rule for rule in rules if rule.name.casefold() == word.casefold()), None)


def _trial_table(found: Trial) -> Table:
    columns = (
        Column(name="n", right=True),
        Column(name="name", wrap=True),
        Column(name="do", wrap=True),
        Column(name="matches", right=True),
        Column(name="decides", right=True),
        Column(name="newest"),
    )
    rows = tuple(
        (
            number,
            one.rule.name,
            ", ".join(_deeds(one.rule)),
            len(one.matched),
            one.decides if one.rule.act else None,
            title_of(one.matched[0].item) if one.matched else None,
        )
        for number, one in enumerate(found.rules, 1)
    )
    return Table(columns=columns, rows=rows, closing=("Which they are: pkm rules test 1",))


def _matched_table(run: Run, shelf: Shelf, tried: Tried, limit: int) -> Table:
    listed = tried.matched[: limit or None]
    ids = [one.item.id for one in listed]
    numbered = last_list(run, shelf).remember("rules", ids)
    if not run.table:
        names = ("number", "id", "state", "source", "title", "url")
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (
                number if numbered else None,
                one.item.id,
                str(one.item.state),
                name_of(one.source),
                title_of(one.item),
                one.item.url,
            )
            for number, one in enumerate(listed, 1)
        )
        return Table(columns=tuple(Column(name=name) for name in names), rows=rows)
    columns = (
        Column(name="n", right=True, keep=True),
        Column(name="title"),
        Column(name="source"),
        Column(name="age", keep=True),
        Column(name="state", keep=True),
        Column(name="id", keep=True),
    )
    rows = tuple(
        (
            number if numbered else None,
            title_of(one.item),
            name_of(one.source),
            age(one.item.sort_at, shelf.now()),
            str(one.item.state),
            short,
        )
        for number, (one, short) in enumerate(zip(listed, short_ids(ids), strict=True), 1)
    )
    more = len(tried.matched) - len(listed)
    return Table(columns=columns, rows=rows, closing=(f"and {more} more: --limit 0",) if more else ())


def _looked(found: Trial, since: str) -> str:
    if len(found.rules) > 1:
        return f"Held against {counted(found.looked_at, 'item')} (--since {since}); nothing was changed."
    matched = len(found.rules[0].matched)
    return (
        f"It matches {matched} of {counted(found.looked_at, 'item')} (--since {since}); nothing was changed."
    )


def _trial_document(found: Trial, since: str) -> dict[str, Any]:
    return {
        "schema": "pkm.rules-test/1",
        "since": since,
        "looked_at": found.looked_at,
        "rules": [
            {
                "name": one.rule.name,
                "when": one.rule.query,
                "do": _deeds(one.rule),
                "decides": one.decides,
                "matched": [
                    {
                        "id": listed.item.id,
                        "title": listed.item.title,
                        "url": listed.item.url,
                        "state": listed.item.state,
                    }
                    for listed in one.matched
                ],
            }
            for one in found.rules
        ],
    }


@commands("rules apply", examples=("pkm rules apply", "pkm rules apply --since 90d"))
def apply_rules(run: Run, since: Since = "30d") -> None:
    """Treat what is here as if it came in now, by your rules as they are now.

    What no rule hides any more comes back into view. What you decided, put off or showed again stays as it
    is. `pkm undo` takes all of it back.
    """
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=True)
        rules = rules_or_error(shelf)
        done = apply(shelf, rules, since=parse_since(since, now=shelf.now(), zone=shelf.zone))
    if run.json:
        fields = ("looked_at", "hidden", "shown", "tagged", "kept", "let_go")
        show_json({"schema": "pkm.rules-applied/1", **{name: getattr(done, name) for name in fields}})
    say(run, _applied(done))


def _applied(done: Applied) -> str:
    parts = [
        f"{word} {number}"
        for word, number in (
            ("hid", done.hidden),
            ("showed again", done.shown),
            ("tagged", done.tagged),
            ("kept", done.kept),
            ("let go", done.let_go),
        )
        if number
    ]
    of = counted(done.looked_at, "item")
    return (
        dotted(f"of {of}: {', '.join(parts)}", "undo: pkm undo") if parts else f"Nothing to change in {of}."
    )


@commands("rules unhide", examples=("pkm rules unhide 1 3", "pkm rules unhide --rule 'no webinars'"))
def unhide(run: Run, ids: Ids = None, rule: ByRule = None) -> None:
    """Bring items that a rule hides back into view. No rule hides them again."""
    if bool(ids) == bool(rule):
        raise UsageError(
            "name items, or say --rule" if not ids else "name items or say --rule, not both",
            hint="pkm seek --hidden lists what is hidden",
        )
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=True)
        items = items_named(run, shelf, ids) if ids else _hidden_by(shelf, rule or "")
        shown = show_again(shelf, items)
    if run.json:
        show_json({"schema": "pkm.unhidden/1", "shown": shown})
    say(
        run,
        dotted(f"showed {counted(shown, 'item')} again", "undo: pkm undo")
        if shown
        else "None of it is hidden.",
    )


def _hidden_by(shelf: Shelf, word: str) -> tuple[Any, ...]:
    hides = shelf.store.hiding.counts()
    name = word if word in hides else None
    if name is None:
        rule = _named(rules_or_error(shelf), word)
        name = rule.name if rule else None
    if name is None:
        raise NotFound(f"there is no rule '{word}'", hint="pkm rules list shows them, with their numbers")
    found = shelf.store.items.many(shelf.store.hiding.by(name))
    return tuple(found.values())
