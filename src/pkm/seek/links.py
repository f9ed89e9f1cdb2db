"""Relative links in markup made absolute, before the markup is stored away from its page.

Only the values change, byte for byte the rest stays: sanitising comes later (`rules.html`).
"""

import re
from html import escape

from pkm.rules.tags import openings, unescape
from pkm.rules.urls import join

# Whether there may be anything to do. Each begins with a word, for which Python searches ten times as fast as
# for one of several words in letters of any case.
_RELATIVE = tuple(
    re.compile(rf"""{name}\s{{0,9}}=\s{{0,9}}["']?\s{{0,9}}(?!https?:|mailto:|tel:|data:|["'\s>])""")
    for name in ("href", "src", "poster", "cite")
)
_ATTRIBUTE = re.compile(
    r"""(\s(?:href|src|poster|cite)\s*+=\s*+)("[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE
)


_LINKING = frozenset(
    {"a", "area", "audio", "blockquote", "del", "img", "ins", "q", "source", "track", "video"}
)


def absolute_links(markup: str, *, base: str, page: str | None = None) -> str:
    """The markup with every relative `href`, `src`, `poster` and `cite` of text, pictures and sound joined.

    Args:
        markup: HTML as a feed gave it.
        base: Absolute address that relative ones are joined with.
        page: Address of the item itself, to which `#part` belongs; `base` if it has none.
    """
    lower = markup.lower()
    if not any(pattern.search(lower) for pattern in _RELATIVE):
        return markup

    def joined(found: re.Match[str]) -> str:
        value = unescape(found.group(2).strip("\"'")).strip()
        if value[:8].lower().startswith(("http://", "https://")):
            return found.group(0)
        target = join(page or base, value) if value.startswith("#") else join(base, value)
        return found.group(1) + (f'"{escape(target)}"' if target else found.group(2))

    pieces, behind = [], 0
    for start, end in openings(markup, only=_LINKING):
        pieces.append(markup[behind:start])
        pieces.append(_ATTRIBUTE.sub(joined, markup[start:end]))
        behind = end
    return "".join(pieces) + markup[behind:]
