"""Make an edition:  file words | gate | check | plan in the log | write | sent in the log.

The gate judges every block again with today's notes. What is planned stands in the share log, on disk,
before a byte of the edition is written; a crash between is told by `share log` as unknown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pkm.errors import Findings, Refused
from pkm.model.audience import Audience
from pkm.model.digest import Digest, DraftState, Share, ShareState
from pkm.model.draft import DraftFile
from pkm.rules import frontmatter
from pkm.rules.draft import read_draft
from pkm.share import clearing, facts, ledger
from pkm.share.edition import Edition, edition_folder, edition_of, shares_of
from pkm.share.filing import Filed, file_words
from pkm.share.gate import Withheld
from pkm.share.verdicts import Verdicts
from pkm.shelf import index, pen
from pkm.shelf.shelf import Shelf
from pkm.store.undo_log import Change
from pkm.vault import write


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOrder:
    """How an edition is to be made.

    Attributes:
        formats: `md`, `html`; the first names the channel in the log.
        widen: What level, `only` or a private source forbid may leave, this once.
        redact: Links to hidden notes keep their words and lose their target.
        again: A draft that is out already becomes a new edition.
    """

    formats: tuple[str, ...] = ("md",)
    widen: bool = False
    redact: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An edition that may leave and has not.

    Attributes:
        digest: The draft, or the edition that it is already.
        widened: What leaves by `widen` alone: to be asked for before `publish`.
        is_new: It gets a number and lines in the share log; else it is a further format.
        filed: Typed words that were filed on the way.
    """

    digest: Digest
    audience: Audience
    draft: DraftFile
    verdicts: Verdicts
    widened: tuple[Withheld, ...] = ()
    is_new: bool = True
    filed: Filed = field(default_factory=Filed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """An edition that is out.

    Attributes:
        files: By format, paths relative to the home.
        written: Formats that were written now; the others were there, the same.
        blocks: How many there are.
    """

    digest: Digest
    edition: Edition
    files: Mapping[str, str]
    written: tuple[str, ...]
    is_new: bool
    blocks: int
    widened: tuple[Withheld, ...] = ()
    filed: Filed = field(default_factory=Filed)


def prepare(shelf: Shelf, digest: Digest, order: ExportOrder) -> Prepared:
    """File typed words, then ask the gate and the check whether the draft may leave.

    The store is in step with the files.

    Raises:
        VisibilityRefused: Something in it may not go to that audience.
        Refused: It is out already and was changed since, and `again` was not given.
        Findings: The check found errors, or there is no item in it.
    """
    audience = shelf.options.named(digest.audience)
    is_new = digest.state is DraftState.DRAFT or order.again
    filed = Filed()
    if is_new:
        filed = file_words(shelf, digest, name="share export")
    else:
        clearing.refuse_changed(shelf, digest, audience)
    draft = read_draft(write.read_file(shelf.home.root / digest.path))
    if not draft.blocks and not draft.problems:
        raise Findings(f"{digest.path} has no item in it", hint=f"pkm share draft --to {digest.audience}")
    verdicts, widened = clearing.through_the_gate(
        shelf, audience, draft, widen=order.widen, redact=order.redact
    )
    clearing.refuse_errors(shelf, digest, draft, widen=order.widen, redact=order.redact)
    return Prepared(
        digest=digest,
        audience=audience,
        draft=draft,
        verdicts=verdicts,
        widened=widened,
        is_new=is_new,
        filed=filed,
    )


def publish(shelf: Shelf, prepared: Prepared, formats: Sequence[str]) -> Exported:
    """Write an edition's files, with the share log before and after.

    Raises:
        Refused: A file of the edition was changed by hand; another pkm exported the draft meanwhile.
        DiskFull: As it says; what was planned then stands in the log as unknown.
    """
    if not prepared.is_new:
        return _further_format(shelf, prepared, formats)
    with shelf.writing():
        _refuse_exported_meanwhile(shelf, prepared.digest)
        number = _number(shelf, prepared)
        edition = _edition(shelf, prepared, number)
        channel = f"file:{formats[0]}"
        planned = shares_of(edition, prepared.digest, prepared.audience, prepared.verdicts, channel=channel)
        ledger.record(shelf, [*_widened(prepared, planned), *planned])
    # Should this fail, files and `sent` lines are taken back; what was planned stays, and is told as unknown.
    with shelf.writing():
        files, written = _write(shelf, prepared.digest, edition, formats)
        ledger.record(shelf, [replace(one, state=ShareState.SENT) for one in planned], stays=False)
        digest = _settle(shelf, prepared, edition)
    return _exported(prepared, digest, edition, files, written)


def _refuse_exported_meanwhile(shelf: Shelf, digest: Digest) -> None:
    """Another pkm may have made an edition of the draft since it was prepared."""
    now = shelf.store.digests.get(digest.id)
    if now is not None and (now.state, now.edition) != (digest.state, digest.edition):
        raise Refused(
            f"{digest.path} went out as edition {now.edition} meanwhile",
            why="another pkm exported it; nothing more was handed out",
            hint=f"for a new edition: pkm share export {digest.path} --again",
        )


def _edition(shelf: Shelf, prepared: Prepared, number: int) -> Edition:
    visible = facts.visible_to(shelf, prepared.audience)
    return edition_of(prepared.draft, prepared.digest, prepared.audience, number, visible)


def _number(shelf: Shelf, prepared: Prepared) -> int:
    """The next number of the audience; that of a try that was never confirmed, if nothing differs."""
    audience = prepared.audience.name
    logged = shelf.store.shares.listing(audience=audience)
    sent = [one.edition for one in logged if one.state is ShareState.SENT and one.edition]
    number = max(shelf.store.digests.next_edition(audience), max(sent, default=0) + 1)
    while not _is_free(shelf, prepared, number, logged):
        number += 1
    return number


def _is_free(shelf: Shelf, prepared: Prepared, number: int, logged: Sequence[Share]) -> bool:
    folder = edition_folder(shelf, prepared.audience.name, number)
    files = sorted(folder.glob("edition.*")) if folder.is_dir() else []
    others = {one.digest for one in logged if one.edition == number} - {prepared.digest.id}
    edition = _edition(shelf, prepared, number) if files else None
    return not others and all(
        edition is not None and path.read_bytes() == edition.render(path.suffix[1:])
        for path in files
        if path.suffix in {".md", ".html"}
    )


def _write(
    shelf: Shelf, digest: Digest, edition: Edition, formats: Sequence[str]
) -> tuple[dict[str, str], tuple[str, ...]]:
    folder = edition_folder(shelf, digest.audience, edition.facts.number)
    files: dict[str, str] = {}
    written: list[str] = []
    for form in formats:
        path = folder / f"edition.{form}"
        name = shelf.home.relative(path)
        files[form] = name
        if path.is_file():
            _refuse_hand_edited(shelf, digest, path, name, edition.render(form))
            continue
        stamp = pen.make(shelf, path, edition.render(form), command=None)
        shelf.store.files.set_stamp(name, stamp)
        written.append(form)
    return files, tuple(written)


def _refuse_hand_edited(shelf: Shelf, digest: Digest, path: Path, name: str, rendered: bytes) -> None:
    there = write.sha(path.read_bytes())
    known = shelf.store.files.stamp(name)
    if there == write.sha(rendered) or (known is not None and there == known.sha):
        return
    raise Refused(
        f"{name} was edited after it was exported",
        why="an edition stays as it went out",
        hint=f"keep your changes under another name and delete the file, then: pkm share export {digest.path}",
    )


def _widened(prepared: Prepared, planned: Sequence[Share]) -> list[Share]:
    reasons = {(held.note, held.item): held.reason for held in prepared.widened}
    notes = {note: reason for (note, _), reason in reasons.items() if note}
    items = {item: reason for (note, item), reason in reasons.items() if not note}
    return [
        replace(one, state=ShareState.WIDENED, reason=str(reason))
        for one in planned
        if (reason := notes.get(one.note or "") or items.get(one.item or ""))
    ]


def _settle(shelf: Shelf, prepared: Prepared, edition: Edition) -> Digest:
    """The draft says its number, the store that it is out, and the edition can be found."""
    now = shelf.now()
    digest = replace(
        prepared.digest,
        state=DraftState.EXPORTED,
        edition=edition.facts.number,
        exported_at=now,
        sha=write.sha(edition.markdown),
    )
    summary = f"exported {digest.audience} {edition.facts.number}"
    command = shelf.store.undo_log.begin("share export", summary, now)
    number = str(edition.facts.number)
    path = shelf.home.root / digest.path
    pen.change(shelf, path, lambda data: frontmatter.edit(data, {"edition": number}), command=command)
    shelf.store.undo_log.add(command, [Change(what="edition", ref=digest.id)])
    shelf.store.digests.save(digest)
    shelf.store.search.put([index.of_edition(digest.id, edition.title, edition.words)])
    return digest


def _further_format(shelf: Shelf, prepared: Prepared, formats: Sequence[str]) -> Exported:
    edition = _edition(shelf, prepared, prepared.digest.edition or 0)
    with shelf.writing():
        files, written = _write(shelf, prepared.digest, edition, formats)
    return _exported(prepared, prepared.digest, edition, files, written)


def _exported(
    prepared: Prepared,
    digest: Digest,
    edition: Edition,
    files: Mapping[str, str],
    written: tuple[str, ...],
) -> Exported:
    return Exported(
        digest=digest,
        edition=edition,
        files=files,
        written=written,
        is_new=prepared.is_new,
        blocks=len(prepared.draft.blocks),
        widened=prepared.widened,
        filed=prepared.filed,
    )
