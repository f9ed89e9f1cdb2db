"""An edition as markdown."""

from pkm.model.draft import DraftFile
from pkm.rules.markdown import escape_inline
from pkm.share.body import EditionFacts, edition_body, edition_title


def render_markdown(draft: DraftFile, edition: EditionFacts) -> bytes:
    """What readers get: UTF-8, LF, no anchors, comments, front matter or relative links.

    Equal input gives equal bytes.

    Raises:
        VisibilityRefused: A private mark or a comment is opened and not closed.
    """
    text = f"# {escape_inline(edition_title(draft, edition))}\n\n{edition_body(draft, edition)}"
    return (text.rstrip("\n") + "\n").encode("utf-8")
