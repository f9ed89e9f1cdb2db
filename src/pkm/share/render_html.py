"""An edition as one HTML page that loads nothing and runs nothing."""

import re
from base64 import b64encode
from hashlib import sha256
from html import escape, unescape

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from pkm.model.draft import DraftFile
from pkm.rules import markdown
from pkm.rules.draftfiling import SOURCE_MARK
from pkm.share.body import EditionFacts, edition_body, edition_title
from pkm.share.templates import packaged

_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,8}")
_HEADING = re.compile(r"<(?P<end>/?)h(?P<level>[1-6])(?=[\s>])")
# The sanitiser writes attributes with double quotes and escapes those within.
_IMAGE_OR_LINK = re.compile(
    r'<a(?:\s[^<>"]*(?:"[^"]*"[^<>"]*)*)?>|</a>|<img(?P<image>(?:\s+[a-z]+="[^"]*")*)\s*/?>'
)
_SOURCE = re.compile(rf"<p>(?={SOURCE_MARK})")
_ATTRIBUTE = re.compile(r'\s([a-z]+)="([^"]*)"')


def render_html(draft: DraftFile, edition: EditionFacts) -> bytes:
    """One self-contained page: UTF-8, no script, nothing remote; pictures become links.

    Equal input gives equal bytes.

    Raises:
        VisibilityRefused: A private mark or a comment is opened and not closed.
    """
    style = packaged("edition.css")
    page = _template().render(
        language=edition.language if _LANGUAGE.fullmatch(edition.language) else "",
        title=edition_title(draft, edition),
        line=_line(draft, edition),
        policy=_policy(style),
        style=Markup(style),  # noqa: S704 - our own file
        body=Markup(body_html(draft, edition)),  # noqa: S704 - sanitised by rules.markdown.render
    )
    return (page.rstrip("\n") + "\n").encode("utf-8")


def body_html(draft: DraftFile, edition: EditionFacts) -> str:
    """The body alone, sanitised: what to paste where a page already is."""
    html = markdown.render(edition_body(draft, edition))
    return _SOURCE.sub('<p class="source">', _headings_in_order(_without_pictures(html)))


def _line(draft: DraftFile, edition: EditionFacts) -> str:
    """Number and period below a title of the user's own; the title made without one says both."""
    return f"No. {edition.number} · {edition.period}" if draft.title else ""


def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    return environment.from_string(packaged("edition.html.j2"))


def _policy(style: str) -> str:
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _headings_in_order(html: str) -> str:
    """No second h1, and no level skipped on the way down: how screen readers find their way."""
    before = 1
    level = 1

    def moved(found: re.Match[str]) -> str:
        nonlocal before, level
        if not found["end"]:
            level = max(2, min(int(found["level"]), before + 1))
            before = level
        return f"<{found['end']}h{level}"

    return _HEADING.sub(moved, html)


def _without_pictures(html: str) -> str:
    """A picture that is loaded tells its server who reads: it becomes a link, or its words inside one."""
    depth = 0

    def replaced(found: re.Match[str]) -> str:
        nonlocal depth
        if found["image"] is None:
            depth += -1 if found[0].startswith("</") else 1
            return found[0]
        attributes = dict(_ATTRIBUTE.findall(found["image"]))
        address = unescape(attributes.get("src", ""))
        words = escape(unescape(attributes.get("alt", "")).strip() or address)
        if depth > 0 or not address:
            return words
        return f'<a href="{escape(address)}" rel="noopener noreferrer nofollow">{words}</a>'

    return _IMAGE_OR_LINK.sub(replaced, html)
