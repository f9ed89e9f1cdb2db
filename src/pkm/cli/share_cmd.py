"""`pkm share`: draft a digest, finish it, check it, make it an edition, and remember what went to whom."""

from typing import Annotated

import typer

from pkm.cli import share_views as views
from pkm.cli.ask import confirm, edit
from pkm.cli.context import Run
from pkm.cli.instep import in_step
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import say, show, show_json, warn
from pkm.cli.picking import items_named, last_list
from pkm.cli.registry import Commands
from pkm.errors import Findings, NotFound
from pkm.model.digest import DraftState
from pkm.rules.amounts import counted
from pkm.rules.when import parse_since

commands = Commands()

Draft = Annotated[
    str | None, typer.Argument(help="A draft's file or id; else the only open one.", metavar="DRAFT")
]
To = Annotated[str | None, typer.Option("--to", metavar="AUDIENCE", help="The draft for this audience.")]
Since = Annotated[
    str | None, typer.Option("--since", metavar="WHEN", help="What went out since: 3d, 2w, 2026-11-22.")
]


@commands("share list", default=True, examples=("pkm share", "pkm share --json"))
def list_audiences(run: Run) -> None:
    """Where each audience stands, what is ready for it, and what to type next."""
    from pkm.share.standing import overview  # noqa: PLC0415 - `share log` does without it

    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=False)
        found = overview(shelf)
        show(run, views.standing_table(run, found), lambda: views.standing_document(found))
        if not run.table and not run.json:
            say(run, f"Next: {found.next_step}")


@commands(
    "share draft",
    examples=(
        "pkm share draft --to team",
        "pkm share draft --period 2026-W47 --limit 7",
        "pkm share draft --since last --to team",
    ),
)
def draft(  # noqa: PLR0913 - one argument an option of the command
    run: Run,
    *,
    week: Annotated[
        bool, typer.Option("--week", help="The last 7 days, or since the last edition if longer (default).")
    ] = False,
    period: Annotated[
        str | None, typer.Option("--period", metavar="PERIOD", help="2026-W47, 2026-11, 2026-11-22 or 2026.")
    ] = None,
    month: Annotated[bool, typer.Option("--month", help="This month.")] = False,
    since: Annotated[
        str | None, typer.Option("--since", metavar="WHEN", help="3d, 2w, a day, or last: the last edition.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="WHEN", help="Up to the end of that day or period.")
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="AUDIENCE", help="For whom; else the setting share.audience."),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", help="At most so many blocks; 0 is all.", min=0)
    ] = 0,
    tag: Annotated[str | None, typer.Option("--tag", metavar="TAG", help="Only notes with this tag.")] = None,
    template: Annotated[
        str | None, typer.Option("--template", metavar="NAME", help="templates/NAME.md.j2 of your home.")
    ] = None,
) -> None:
    """Draft a digest from the notes of a period; or go on with the open draft, and keep every edit.

    The draft is a markdown file in digests/. A note of yours comes into it if it has words of your own from
    that time, may go to that audience, and stood in no edition for it. What is kept back is listed with its
    reason and the line that would let it go.
    """
    from pkm.share.drafting import DraftOrder  # noqa: PLC0415 - `share log` does without it
    from pkm.share.drafting import draft as make_draft  # noqa: PLC0415 - the same
    from pkm.share.period import Asked  # noqa: PLC0415 - the same

    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=True)
        order = DraftOrder(
            audience=shelf.options.named(to or shelf.options.audience),
            asked=Asked(week=week, period=period, month=month, since=since, until=until),
            limit=limit,
            tag=tag,
            template=template,
        )
        drafted = make_draft(shelf, order)
        numbered = views.remember_withheld(last_list(run, shelf), drafted)
        show(
            run,
            views.drafted_table(run, drafted, numbered=numbered),
            lambda: views.drafted_document(drafted, order.audience),
        )
        for line in views.drafted_talk(drafted, order.audience, numbered=numbered):
            say(run, line)


@commands("share edit", examples=("pkm share edit", "pkm share edit --to team"))
def edit_draft(run: Run, draft: Draft = None, *, to: To = None) -> None:
    """Open the draft in your editor; words that you type in a block are filed into its note.

    Words below a note's part are added to the note. Words in a block without a note become one, for that
    audience only. A sentence that you altered changes this edition alone. Words outside the blocks belong to
    the edition.
    """
    from pkm.share import choosing, filing  # noqa: PLC0415 - `share log` does without them

    settings = settings_of(run)
    with open_shelf(run, settings) as shelf:
        in_step(run, shelf, wait=True)
        digest = choosing.choose(shelf, draft, to)
        if digest.state is DraftState.EXPORTED:
            warn(
                f"{digest.path} is out as edition {digest.edition}; a change needs: pkm share export --again"
            )
        ran = edit(run, shelf.home.root / digest.path, settings)
        if not ran:
            say(run, "Edit it there, then: pkm share check")
            return
        filed = filing.file_words(shelf, digest, name="share edit", follow=False)
        for line in views.filed_talk(filed):
            say(run, line)
        say(run, "Next: pkm share check")
    if run.json:
        show_json(views.filed_document(digest, filed))


@commands("share check", examples=("pkm share check", "pkm share check --strict --json"))
def check_draft(
    run: Run,
    draft: Draft = None,
    *,
    to: To = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")] = False,
) -> None:
    """Look for what is wrong with a draft, line by line; nothing is changed.

    An error stops the export; a warning is worth a look; a note is for you to think about. Ends with 1 if
    there are errors.
    """
    from pkm.share import checking, choosing  # noqa: PLC0415 - `share log` does without them

    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=False)
        digest = choosing.choose(shelf, draft, to)
        checked = checking.check(shelf, digest)
    show(run, views.findings_table(run, checked), lambda: views.findings_document(checked))
    if checked.to_file:
        say(run, f"{counted(checked.to_file, 'typed word')} would be filed into your notes by the export.")
    errors, warnings = checked.count("error"), checked.count("warning")
    if errors or (strict and warnings):
        what = counted(errors, "error") if errors else counted(warnings, "warning")
        raise Findings(f"{digest.path}: {what}", hint=f"mend them: pkm share edit {digest.path}")
    say(run, views.checked_sentence(checked))


@commands(
    "share export",
    examples=(
        "pkm share export --format md,html",
        "pkm share export --to team --output -",
        "pkm share export --to team --widen",
    ),
)
def export(  # noqa: PLR0913 - one argument an option of the command
    run: Run,
    draft: Draft = None,
    *,
    to: To = None,
    form: Annotated[
        str, typer.Option("--format", metavar="FORMATS", help="md, html, or both with a comma between.")
    ] = "md",
    output: Annotated[
        str | None, typer.Option("--output", metavar="PATH", help="A further copy there; - is stdout.")
    ] = None,
    widen: Annotated[
        bool, typer.Option("--widen", help="Let what is too private go this once; asks, and is logged.")
    ] = False,
    redact: Annotated[
        bool, typer.Option("--redact", help="Links to hidden notes keep their words and lose their target.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="A draft that is out already becomes a new edition.")
    ] = False,
) -> None:
    """Make an edition: files to hand on, with a number, a date and a line in the share log.

    Every block passes the gate once more, with your notes as they are now. What went out cannot be called
    back. The same edition in a further format is no new share.
    """
    from pkm.cli import share_copies as copies  # noqa: PLC0415 - `share log` does without them
    from pkm.share import choosing, edition  # noqa: PLC0415 - the same
    from pkm.share import export as exporting  # noqa: PLC0415 - the same

    formats = edition.formats_of(form)
    copies.must_fit(output, formats)
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=True)
        digest = choosing.choose(shelf, draft, to)
        order = exporting.ExportOrder(widen=widen, redact=redact, again=again)
        prepared = exporting.prepare(shelf, digest, order)
        for line in views.filed_talk(prepared.filed):
            say(run, line)
        if prepared.widened and not _widening_is_meant(run, prepared.widened, digest.audience):
            say(run, "Nothing was exported.")
            return
        done = exporting.publish(shelf, prepared, formats)
    copied = copies.hand_over(run, done, output, formats)
    show_there = run.json or output != copies.STDOUT
    if show_there:
        show(run, views.exported_table(run, done, copied), lambda: views.exported_document(done, copied))
    for line in views.exported_talk(done):
        say(run, line)


def _widening_is_meant(run: Run, widened: views.Rows, audience: str) -> bool:
    for held in widened:
        warn(f"{held.note or held.item} '{held.title}': {held.why}")
    return confirm(run, f"Let {counted(len(widened), 'block')} go to {audience} all the same?")


@commands(
    "share log", examples=("pkm share log", "pkm share log --to team --since 2026-11", "pkm share log --json")
)
def log(
    run: Run,
    *,
    to: Annotated[
        str | None, typer.Option("--to", metavar="AUDIENCE", help="What went to this audience.")
    ] = None,
    item: Annotated[str | None, typer.Option("--item", metavar="ID", help="Where this item went.")] = None,
    since: Since = None,
) -> None:
    """What went to whom, newest first, for good.

    A line says `unknown` where an export was planned and a crash came before its end: look whether its files
    are there, and export again.
    """
    from pkm.share import ledger  # noqa: PLC0415 - one module a command

    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=False)
        chosen = items_named(run, shelf, [item])[0].id if item else None
        start = parse_since(since, now=shelf.now(), zone=shelf.zone) if since else None
        found = ledger.history(shelf, audience=to, item=chosen, since=start)
        if to and not found:
            _must_be_known(shelf.options.audiences, to)
        show(run, views.log_table(run, shelf.zone, found), lambda: views.log_document(found))
    if not found:
        say(run, "Nothing was shared yet. Next: pkm share")


def _must_be_known(audiences: views.Names, name: str) -> None:
    if name != "self" and name not in audiences:
        raise NotFound(
            f"nothing went to '{name}', and there is no such audience", hint="pkm audience list shows them"
        )
