"""Check a draft:  file | gate | what the shelf knows | findings."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from pkm.model.audience import Audience
from pkm.model.digest import Digest, Finding, ShareState
from pkm.model.draft import DraftFile
from pkm.model.source import Stance
from pkm.rules.draft import read_draft
from pkm.rules.draftfiling import FilingKind, filings
from pkm.rules.words import count_words
from pkm.share import facts
from pkm.share.check import CheckFacts, check_draft
from pkm.share.compose import Terms
from pkm.share.filing import known_for_filing
from pkm.share.verdicts import Verdicts, judge_blocks, private_words
from pkm.shelf.shelf import Shelf
from pkm.vault import write

CONTRADICTS = "contradicts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check found.

    Attributes:
        to_file: How many typed words an export would file into notes.
    """

    digest: Digest
    findings: tuple[Finding, ...]
    to_file: int

    def count(self, level: str) -> int:
        """How many findings of a level."""
        return sum(finding.level == level for finding in self.findings)


def check(shelf: Shelf, digest: Digest) -> Checked:
    """Look for what is wrong with a draft; nothing is changed, and the store is in step with the files."""
    audience = shelf.options.named(digest.audience)
    draft = read_draft(write.read_file(shelf.home.root / digest.path))
    terms = facts.terms(shelf, audience)
    known = check_facts(shelf, digest, audience, draft, terms)
    typed = [one for one in filings(draft, known.known) if one.kind is not FilingKind.EDITION_ONLY]
    found = [*check_draft(draft, known), *_private(digest, draft, judge_blocks(shelf, draft, terms))]
    return Checked(
        digest=digest,
        findings=tuple(sorted(found, key=lambda row: (row.line is None, row.line or 0))),
        to_file=sum(count_words(one.text) for one in typed),
    )


def _private(digest: Digest, draft: DraftFile, verdicts: Verdicts) -> Iterator[Finding]:
    for block, note in private_words(draft, verdicts):
        yield Finding(
            level="error",
            check="private-words",
            path=digest.path,
            line=block.line,
            message=f"the block holds words that {note.path} marks as private",
            hint="delete those words, or the block",
        )


def check_facts(
    shelf: Shelf, digest: Digest, audience: Audience, draft: DraftFile, terms: Terms
) -> CheckFacts:
    """All that the check asks of the shelf."""
    verdicts = judge_blocks(shelf, draft, terms)
    return CheckFacts(
        path=digest.path,
        items=verdicts.items,
        withheld=verdicts.withheld,
        known=known_for_filing(shelf, audience, draft, draft.template or digest.template),
        texts=_texts(shelf, verdicts),
        stood=_stood(shelf, digest),
        first_day=digest.starts_at.astimezone(shelf.zone).date(),
        last_day=(digest.ends_at - timedelta(microseconds=1)).astimezone(shelf.zone).date(),
        visible=terms.visible,
        dissent=_dissent(shelf, digest, verdicts),
    )


def _texts(shelf: Shelf, verdicts: Verdicts) -> dict[str, str]:
    found = shelf.store.items.many(list(verdicts.items))
    texts = {item_id: shelf.store.texts.get(item.text_sha) for item_id, item in found.items()}
    return {item_id: text.text for item_id, text in texts.items() if text}


def _stood(shelf: Shelf, digest: Digest) -> dict[str, int]:
    stood: dict[str, int] = {}
    for share in shelf.store.shares.listing(audience=digest.audience):
        if share.state is not ShareState.SENT or share.edition is None or share.digest == digest.id:
            continue
        for key in filter(None, (share.note, share.item)):
            stood[key] = max(share.edition, stood.get(key, 0))
    return stood


def _dissent(shelf: Shelf, digest: Digest, verdicts: Verdicts) -> bool | None:
    """Whether anything disagrees; asked before the first edition of a month alone."""
    month = shelf.now().astimezone(shelf.zone).strftime("%Y-%m")
    out = shelf.store.digests.editions(digest.audience)
    if any(f"{one.exported_at.astimezone(shelf.zone):%Y-%m}" == month for one in out if one.exported_at):
        return None
    links = (link.rel for note in verdicts.notes.values() for link in note.file.links)
    if CONTRADICTS in links:
        return True
    items = shelf.store.items.many(list(verdicts.items)).values()
    sources = shelf.store.sources.by_id()
    return any(
        source.stance is Stance.USUALLY_DISAGREE
        for item in items
        if item.source and (source := sources.get(item.source))
    )
