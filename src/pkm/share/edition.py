"""An edition's bytes in every format, and what of it the share log tells."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from pkm.errors import UsageError
from pkm.model.audience import Audience
from pkm.model.digest import Digest, Share, ShareState
from pkm.model.draft import Block, DraftFile
from pkm.rules import frontmatter
from pkm.rules.draft import block_sha
from pkm.share.body import EditionFacts, edition_body, edition_parts, edition_title
from pkm.share.links import Visible
from pkm.share.render_html import render_html
from pkm.share.render_md import render_markdown
from pkm.share.verdicts import Verdicts
from pkm.shelf.shelf import Shelf

RENDERERS: Mapping[str, Callable[[DraftFile, EditionFacts], bytes]] = MappingProxyType(
    {"md": render_markdown, "html": render_html}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A draft as an edition of a number.

    Attributes:
        markdown: Its bytes as markdown: by these it is told from another.
    """

    draft: DraftFile
    facts: EditionFacts
    markdown: bytes

    @property
    def title(self) -> str:
        """Plain text on one line."""
        return edition_title(self.draft, self.facts)

    @property
    def words(self) -> str:
        """What readers get, for the index."""
        return edition_body(self.draft, self.facts)

    def render(self, form: str) -> bytes:
        """Its bytes in a format."""
        return self.markdown if form == "md" else RENDERERS[form](self.draft, self.facts)


def edition_of(
    draft: DraftFile, digest: Digest, audience: Audience, number: int, visible: Visible
) -> Edition:
    """A draft as the edition of that number.

    Raises:
        VisibilityRefused: A private mark or a comment is opened and not closed.
    """
    said = frontmatter.read(draft.head.encode("utf-8", "replace")).values.get("lang", "")
    language = said if isinstance(said, str) else ""
    facts = EditionFacts(
        number=number,
        period=draft.period or digest.period,
        language=language.strip(),
        forward=audience.forward,
        visible=visible,
    )
    return Edition(draft=draft, facts=facts, markdown=render_markdown(draft, facts))


def edition_folder(shelf: Shelf, audience: str, number: int) -> Path:
    """Where an edition's files lie."""
    return shelf.home.digests / f"{audience}-{number:03}"


def formats_of(words: str) -> tuple[str, ...]:
    """The formats that `md,html` names, each once, in order.

    Raises:
        UsageError: One of them is none.
    """
    named = tuple(dict.fromkeys(word.strip().lower() for word in words.split(",") if word.strip()))
    unknown = [word for word in named if word not in RENDERERS]
    if unknown or not named:
        raise UsageError(
            f"there is no format '{unknown[0] if unknown else words}'",
            hint=f"use one of: {', '.join(RENDERERS)}, or several with commas between",
        )
    return named


def shares_of(
    edition: Edition, digest: Digest, audience: Audience, verdicts: Verdicts, *, channel: str
) -> tuple[Share, ...]:
    """One line for each item of each block, as planned; a block on no item has one line too."""
    blocks = [
        (piece, text)
        for piece, text in edition_parts(edition.draft, edition.facts)
        if isinstance(piece, Block) and text
    ]
    base = Share(
        event="",
        at=digest.created_at,
        device="",
        state=ShareState.PLANNED,
        audience=audience.name,
        level=audience.level.word,
        edition=edition.facts.number,
        digest=digest.id,
        channel=channel,
    )
    return tuple(
        replace(
            base,
            item=item.item if item else None,
            url=item.url if item else None,
            note=verdicts.notes[block.key].id if block.key in verdicts.notes else None,
            content_sha=block_sha(text),
        )
        for block, text in blocks
        for item in verdicts.entries[block.key].items or (None,)
    )
