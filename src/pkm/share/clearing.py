"""Whether a draft may leave: the gate with today's notes, the check's errors, an edition that is out."""

from collections.abc import Sequence

from pkm.errors import Findings, Refused, VisibilityRefused
from pkm.model.audience import Audience
from pkm.model.digest import Digest
from pkm.model.draft import DraftFile
from pkm.rules.draft import read_draft
from pkm.share import facts
from pkm.share.check import check_draft
from pkm.share.checking import check_facts
from pkm.share.edition import edition_folder, edition_of
from pkm.share.gate import Reason, Withheld
from pkm.share.verdicts import Verdicts, judge_blocks, private_words
from pkm.shelf.shelf import Shelf
from pkm.vault import write


def through_the_gate(
    shelf: Shelf, audience: Audience, draft: DraftFile, *, widen: bool, redact: bool
) -> tuple[Verdicts, tuple[Withheld, ...]]:
    """What may be seen of each block, and what of it leaves by `widen` alone.

    Raises:
        VisibilityRefused: Something may not leave; names it and what to type.
    """
    strict = judge_blocks(shelf, draft, facts.terms(shelf, audience, redact=redact))
    if strict.unknown:
        block = strict.unknown[0]
        raise VisibilityRefused(
            f"{block.key} is not known here",
            why=f"so nobody can tell who may see it (line {block.line} of the draft)",
            hint="pkm share edit: delete the block, or correct the id in its first line",
        )
    for block, note in private_words(draft, strict):
        raise VisibilityRefused(
            f"the block on line {block.line} holds words that {note.path} ({note.id}) marks as private",
            why="the note was changed after the block was edited",
            hint="pkm share edit: delete those words, or the block",
        )
    held = tuple(strict.withheld.values())
    if not widen:
        _refuse_held(held, audience)
        return strict, ()
    wide = judge_blocks(shelf, draft, facts.terms(shelf, audience, widen=True, redact=redact))
    _refuse_held(tuple(wide.withheld.values()), audience)
    return wide, held


def _refuse_held(held: Sequence[Withheld], audience: Audience) -> None:
    if not held:
        return
    first = held[0]
    more = f", and {len(held) - 1} more" if len(held) > 1 else ""
    hint = first.hint
    if first.reason in {Reason.LEVEL, Reason.ONLY}:
        hint += f"; or take its block out: pkm share edit; or, this once: pkm share export --to {audience.name} --widen"
    raise VisibilityRefused(
        f"{first.note or first.item} '{first.title}' may not go to {audience.name}{more}",
        why=first.why,
        hint=hint,
    )


def refuse_errors(shelf: Shelf, digest: Digest, draft: DraftFile, *, widen: bool, redact: bool) -> None:
    """Stop what the check finds wrong.

    Raises:
        VisibilityRefused: The draft links to a note that the audience may not see.
        Findings: There are other errors.
    """
    audience = shelf.options.named(digest.audience)
    terms = facts.terms(shelf, audience, widen=widen, redact=redact)
    found = check_draft(draft, check_facts(shelf, digest, audience, draft, terms))
    forgiven = {"link-hidden"} if redact else set()
    errors = [one for one in found if one.level == "error" and one.check not in forgiven]
    if not errors:
        return
    hidden = [one for one in errors if one.check == "link-hidden"]
    if hidden:
        raise VisibilityRefused(
            f"{digest.path}:{hidden[0].line}: {hidden[0].message}",
            why=f"what {audience.name} may not see must not be named there",
            hint="pkm share edit: take the link out; or pkm share export --redact",
        )
    count = "an error" if len(errors) == 1 else f"{len(errors)} errors"
    raise Findings(
        f"{digest.path} has {count}",
        why=f"line {errors[0].line}: {errors[0].message}",
        hint="pkm share check shows what to mend, pkm share edit opens it",
    )


def refuse_changed(shelf: Shelf, digest: Digest, audience: Audience) -> None:
    """A further format of an edition is of the same words, or it is another edition.

    Raises:
        Refused: The draft was changed after its edition went out.
    """
    draft = read_draft(write.read_file(shelf.home.root / digest.path))
    visible = facts.visible_to(shelf, audience)
    markdown = edition_of(draft, digest, audience, digest.edition or 0, visible).markdown
    if _known_sha(shelf, digest) in {None, write.sha(markdown)}:
        return
    raise Refused(
        f"{digest.path} was changed after edition {digest.edition} went out",
        why="an edition that is out stays as it is",
        hint=f"for a new edition: pkm share export {digest.path} --again",
    )


def _known_sha(shelf: Shelf, digest: Digest) -> str | None:
    if digest.sha:
        return digest.sha
    path = edition_folder(shelf, digest.audience, digest.edition or 0) / "edition.md"
    return write.sha(path.read_bytes()) if path.is_file() else None
