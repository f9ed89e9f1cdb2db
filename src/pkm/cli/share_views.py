"""How `pkm share` shows what it did: tables, documents and sentences."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pkm.cli.context import Run
from pkm.cli.glyphs import glyphs
from pkm.cli.lastlist import LastList
from pkm.cli.output import Cell, Column, Table
from pkm.model.audience import Audience
from pkm.model.digest import Digest
from pkm.rules.amounts import counted
from pkm.rules.tails import short_ids

if TYPE_CHECKING:
    from pkm.share.checking import Checked
    from pkm.share.drafting import Drafted
    from pkm.share.export import Exported
    from pkm.share.filing import Filed
    from pkm.share.gate import Withheld
    from pkm.share.ledger import Logged
    from pkm.share.standing import Overview, Standing

Rows = Sequence["Withheld"]
Names = Mapping[str, Audience]
_READY_SHOWN = 7


# Where each audience stands.


def standing_table(run: Run, found: "Overview") -> Table:
    """A row an audience."""
    if not run.table:
        names = ("audience", "level", "edition", "exported", "days", "ready", "withheld", "drafts")
        return Table(
            columns=tuple(Column(name=name, keep=True) for name in names),
            rows=tuple(map(_standing_cells, found.standings)),
        )
    columns = (
        Column(name="audience", keep=True),
        Column(name="level", keep=True),
        Column(name="last edition"),
        Column(name="ready", right=True),
        Column(name="open draft", keep=True),
    )
    rows = tuple(
        (
            one.audience.name,
            one.audience.level.word,
            _last(one),
            len(one.ready),
            ", ".join(digest.path for digest in one.drafts),
        )
        for one in found.standings
    )
    return Table(columns=columns, rows=rows, closing=tuple(_standing_closing(found)))


def _standing_cells(one: "Standing") -> tuple[Cell, ...]:
    return (
        one.audience.name,
        one.audience.level.word,
        one.last.edition if one.last else None,
        one.last.exported_at if one.last else None,
        one.days,
        len(one.ready),
        one.withheld,
        " ".join(digest.path for digest in one.drafts),
    )


def _last(one: "Standing") -> str:
    if one.last is None or one.days is None:
        return "none yet"
    when = "today" if one.days == 0 else f"{counted(one.days, 'day')} ago"
    return f"no. {one.last.edition}, {when}"


def _standing_closing(found: "Overview") -> Iterator[str]:
    first = found.waiting
    if first:
        yield f"Ready for {first.audience.name}:"
        dash = glyphs(sys.stdout).dash
        for ready in first.ready[:_READY_SHOWN]:
            yield f"  {dash} {ready.title}"
        more = len(first.ready) - _READY_SHOWN
        if more > 0:
            yield f"  and {more} more"
    yield f"Next: {found.next_step}"


def standing_document(found: "Overview") -> dict[str, Any]:
    """`pkm.standing/1`."""
    return {
        "schema": "pkm.standing/1",
        "audiences": [
            {
                "name": one.audience.name,
                "level": one.audience.level.word,
                "edition": one.last.edition if one.last else None,
                "exported_at": one.last.exported_at if one.last else None,
                "days": one.days,
                "drafts": [_digest_fields(digest) for digest in one.drafts],
                "ready": [{"note": ready.note, "title": ready.title} for ready in one.ready],
                "withheld": one.withheld,
            }
            for one in found.standings
        ],
        "next": found.next_step,
    }


def _digest_fields(digest: Digest) -> dict[str, Any]:
    return {
        "id": digest.id,
        "path": digest.path,
        "audience": digest.audience,
        "period": digest.period,
        "starts_at": digest.starts_at,
        "ends_at": digest.ends_at,
        "state": digest.state,
        "edition": digest.edition,
    }


# A draft.


def remember_withheld(last: LastList, drafted: "Drafted") -> bool:
    """Make the withheld rows the last list; whether their numbers may be shown."""
    ids = [row.note or row.item or "" for row in drafted.withheld]
    return bool(ids) and last.remember("share draft", ids)


def drafted_table(run: Run, drafted: "Drafted", *, numbered: bool) -> Table:
    """What was taken, then what was withheld and why; rows are numbered from the first withheld one."""
    taken = [("taken", key, drafted.titles.get(key, key), _fate(drafted, key)) for key in drafted.blocks]
    held = [("withheld", row.note or row.item or "", row.title, row.why) for row in drafted.withheld]
    shown = [*taken, *held]
    if not run.table:
        names = ("what", "id", "title", "why")
        return Table(columns=tuple(Column(name=name, keep=True) for name in names), rows=tuple(shown))
    tails = short_ids([row[1] for row in shown])
    columns = (
        *((Column(name="no.", right=True),) if numbered else ()),
        Column(name="what", keep=True),
        Column(name="id", keep=True),
        Column(name="title"),
        Column(name="why", wrap=True),
    )
    rows = tuple(
        (*((_row_number(at - len(taken)),) if numbered else ()), what, tail, title, why)
        for at, ((what, _, title, why), tail) in enumerate(zip(shown, tails, strict=True))
    )
    return Table(columns=columns, rows=rows)


def _row_number(at: int) -> Cell:
    return at + 1 if at >= 0 else None


def _fate(drafted: "Drafted", key: str) -> str:
    redraft = drafted.redraft
    if key in redraft.stale:
        return "your edit stays; its note changed since"
    fates = {"kept your edit": redraft.kept_edits, "refreshed": redraft.refreshed, "new": redraft.added}
    return next((word for word, keys in fates.items() if key in keys), "as it was")


def drafted_talk(drafted: "Drafted", audience: Audience, *, numbered: bool) -> Iterator[str]:
    """What happened, and what to type next."""
    yield _nothing(drafted, audience) if drafted.digest is None else _happened(drafted, drafted.digest)
    if drafted.surplus:
        yield f"{counted(drafted.surplus, 'more note')} of that time did not fit; they wait for the next edition."
    if drafted.problems:
        yield f"{counted(drafted.problems, 'place')} in it cannot be read as a block: pkm share check"
    if drafted.digest and drafted.unsensed:
        yield f"{counted(drafted.unsensed, 'kept item')} of that time without words of yours: pkm sense"
    line = _release(drafted.withheld, audience, numbered=numbered)
    if line:
        yield f"To let the private ones go: {line}"
    if drafted.digest:
        yield "Next: pkm share edit"


def _nothing(drafted: "Drafted", audience: Audience) -> str:
    said = f"No note of {drafted.period.name} is ready for {audience.name}, so there is no draft."
    if drafted.unsensed:
        waits = "waits" if drafted.unsensed == 1 else "wait"
        return f"{said} {counted(drafted.unsensed, 'kept item')} {waits} for a sentence of yours: pkm sense"
    return said if drafted.withheld else f"{said} Words of your own make one: pkm sense, or pkm note"


def _happened(drafted: "Drafted", digest: Digest) -> str:
    if drafted.made:
        return f"{digest.path}: {counted(len(drafted.blocks), 'block')}, from {drafted.period.name}."
    redraft = drafted.redraft
    told = [
        f"kept your edits in {len(redraft.kept_edits)}" if redraft.kept_edits else "",
        f"refreshed {len(redraft.refreshed)}" if redraft.refreshed else "",
        f"{len(redraft.added)} new" if redraft.added else "",
        f"{len(redraft.left_out)} left out" if redraft.left_out else "",
    ]
    said = ", ".join(part for part in told if part)
    return f"{digest.path}: {said or 'nothing new'}."


def _release(withheld: Rows, audience: Audience, *, numbered: bool) -> str | None:
    from pkm.share.compose import line_to_type  # noqa: PLC0415 - `share log` does without it

    line = line_to_type(withheld, audience)
    if line is None or numbered:
        return line
    ids = " ".join(row.note for row in withheld if row.note and row.reason == "level")
    return f"pkm notes set {ids} --visibility {audience.level.word}"


def drafted_document(drafted: "Drafted", audience: Audience) -> dict[str, Any]:
    """`pkm.draft/1`."""
    redraft = drafted.redraft
    return {
        "schema": "pkm.draft/1",
        "draft": _digest_fields(drafted.digest) if drafted.digest else None,
        "audience": audience.name,
        "period": drafted.period.name,
        "made": drafted.made,
        "taken": [{"key": key, "title": drafted.titles.get(key, key)} for key in drafted.blocks],
        "kept_edits": redraft.kept_edits,
        "refreshed": redraft.refreshed,
        "added": redraft.added,
        "left_out": redraft.left_out,
        "withheld": [
            {
                "note": row.note,
                "item": row.item,
                "title": row.title,
                "reason": row.reason,
                "why": row.why,
                "hint": row.hint,
            }
            for row in drafted.withheld
        ],
        "unsensed": drafted.unsensed,
        "surplus": drafted.surplus,
    }


# Words that were filed.


def filed_talk(filed: "Filed") -> Iterator[str]:
    """Where typed words went, and which sentences changed this edition alone."""
    for one in filed.words:
        verb = "made" if one.new else "added to"
        yield f"{counted(one.words, 'word')} filed: {verb} {one.path}"
    for changed in filed.altered:
        said = f"now '{_start(changed.text)}'" if changed.text else "taken out"
        yield f"Line {changed.line}: an altered sentence, {said}. It changes this edition only."


def _start(text: str) -> str:
    words = text.split()
    more = glyphs(sys.stderr).ellipsis if len(words) > 8 else ""
    return " ".join(words[:8]) + more


def filed_document(digest: Digest, filed: "Filed") -> dict[str, Any]:
    """`pkm.filed/1`."""
    return {
        "schema": "pkm.filed/1",
        "draft": _digest_fields(digest),
        **_filed_fields(filed),
    }


def _filed_fields(filed: "Filed") -> dict[str, Any]:
    return {
        "filed": [
            {"note": one.note, "path": one.path, "new": one.new, "words": one.words} for one in filed.words
        ],
        "altered": [{"note": one.note, "line": one.line, "text": one.text} for one in filed.altered],
    }


# The check.


def findings_table(run: Run, checked: "Checked") -> Table:
    """A row a finding, with the line of the file."""
    rows = tuple(
        (
            f"{one.path}:{one.line}" if one.line else one.path,
            one.level,
            one.message,
            one.hint,
        )
        for one in checked.findings
    )
    if run.table:
        rows = tuple((str(one.line or ""), *row[1:]) for one, row in zip(checked.findings, rows, strict=True))
    return Table(
        columns=(
            Column(name="line" if run.table else "place", keep=True),
            Column(name="level", keep=True),
            Column(name="what", wrap=True),
            Column(name="what to do", wrap=True),
        ),
        rows=rows,
    )


def findings_document(checked: "Checked") -> dict[str, Any]:
    """`pkm.findings/1`."""
    return {
        "schema": "pkm.findings/1",
        "findings": checked.findings,
        "draft": checked.digest.path,
        "words_to_file": checked.to_file,
    }


def checked_sentence(checked: "Checked") -> str:
    """What a check without errors says."""
    warnings = checked.count("warning")
    said = f"{counted(warnings, 'warning')}, no errors" if warnings else "nothing is wrong"
    return f"{checked.digest.path}: {said}. Next: pkm share export --to {checked.digest.audience}"


# An edition.


def exported_table(run: Run, done: "Exported", copied: Sequence[str]) -> Table:
    """A row a file."""
    rows = [(form, path) for form, path in done.files.items()]
    rows += [("copy", path) for path in copied]
    if not run.table:
        return Table(columns=(Column(name="path", keep=True),), rows=tuple((path,) for _, path in rows))
    return Table(columns=(Column(name="format", keep=True), Column(name="file", keep=True)), rows=tuple(rows))


def exported_talk(done: "Exported") -> Iterator[str]:
    """What is out, and that it cannot be called back."""
    digest = done.digest
    named = f"Edition {digest.edition} for {digest.audience}"
    if not done.is_new:
        said = "written in a further format" if done.written else "there already, the same to the byte"
        yield f"{named}: {said}; no new share."
        return
    yield f"{named}: {counted(done.blocks, 'block')}. Logged: pkm share log --to {digest.audience}"
    if done.widened:
        yield f"{counted(len(done.widened), 'block')} by --widen; the share log says so."
    if digest.audience != "self":
        yield "What you hand out now cannot be called back."


def exported_document(done: "Exported", copied: Sequence[str]) -> dict[str, Any]:
    """`pkm.edition/1`."""
    return {
        "schema": "pkm.edition/1",
        "edition": _digest_fields(done.digest),
        "title": done.edition.title,
        "blocks": done.blocks,
        "new": done.is_new,
        "files": [
            {"format": form, "path": path, "written": form in done.written}
            for form, path in done.files.items()
        ],
        "copies": copied,
        "widened": [row.note or row.item for row in done.widened],
        **_filed_fields(done.filed),
    }


# The log.


def log_table(run: Run, zone: ZoneInfo, found: Sequence["Logged"]) -> Table:
    """A row a share."""
    if not run.table:
        names = ("at", "state", "audience", "edition", "id", "url", "title")
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (
                one.share.at,
                one.share.state,
                one.share.audience,
                one.share.edition,
                one.share.item or one.share.note,
                one.share.url,
                one.title,
            )
            for one in found
        )
        return Table(columns=tuple(Column(name=name, keep=True) for name in names), rows=rows)
    columns = (
        Column(name="when", keep=True),
        Column(name="to", keep=True),
        Column(name="no.", right=True),
        Column(name="what", keep=True),
        Column(name="title"),
    )
    rows = tuple(
        (
            f"{one.share.at.astimezone(zone):%Y-%m-%d %H:%M}",
            one.share.audience,
            one.share.edition,
            f"widened: {one.share.reason}" if one.share.state == "widened" else str(one.share.state),
            one.title or one.share.url or one.share.note,
        )
        for one in found
    )
    return Table(columns=columns, rows=rows)


def log_document(found: Sequence["Logged"]) -> dict[str, Any]:
    """`pkm.shares/1`."""
    fields = (
        *("event", "at", "state", "audience", "level", "item", "url", "note", "content_sha"),
        *("edition", "digest", "channel", "reason", "device"),
    )
    return {
        "schema": "pkm.shares/1",
        "shares": [
            {**{name: getattr(one.share, name) for name in fields}, "title": one.title} for one in found
        ],
    }
