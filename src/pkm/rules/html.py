"""Markup from outside: made safe, made plain.

What passes is an allow-list of our own over nh3: no script, style, form, frame, SVG or MathML, no `style`,
`id` or event attributes, only http, https and mailto links. Text is sanitised when it is stored and again
wherever it is rendered, so that a better sanitiser heals old items.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from html import unescape
from typing import Final

import nh3

from pkm.rules.clean import Sink, clean
from pkm.rules.htmlbounds import BLOCKS, DROPPED_WITH_CONTENT, TAGS, bounded
from pkm.rules.urls import join

_ATTRIBUTES: Final = {
    "*": {"lang", "dir"},
    "a": {"href", "title"},
    "abbr": {"title"},
    "code": {"class"},
    # Width, height, style and hidden only mark a picture that nobody should see; they never come out.
    "img": {"src", "alt", "title", "width", "height", "style", "hidden"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_REL: Final = "noopener noreferrer nofollow"
_PLAIN_LINK: Final = re.compile(
    r"https?://[a-zA-Z0-9][a-zA-Z0-9.-]*(?::[0-9]{1,5})?(?:[/?#][a-zA-Z0-9\-._~!$&'()*+,;=:@/?#\[\]%]*)?"
)
_MAIL: Final = re.compile(r"mailto:[^\s\x00-\x20\x7f<>\"]{1,2000}", re.IGNORECASE)
_USER: Final = re.compile(r"(?<=://)[^/?#]*@")
_LANGUAGE: Final = re.compile(r"(?:^|\s)(language-[a-zA-Z0-9_+#.-]{1,40})(?=\s|$)")
_UNSEEN_SIZE: Final = re.compile(r"\s*[01](?:\.\d*)?\s*(?:px)?\s*", re.IGNORECASE)
_UNSEEN_STYLE: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?<![\w-])(?:width|height|opacity)\s*:\s*[01]?(?:\.0*)?(?:px)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
_SMALL_NUMBER: Final = re.compile(r"[0-9]{1,4}")
_SPAN: Final = re.compile(r"[0-9]{1,2}")
_IMAGE: Final = re.compile(r'<img((?: [a-z]+="[^"]*")*)>')
_UNSEEN: Final = re.compile(r' (?:width|height|style|hidden)="')


def sanitise(html: str, *, base_url: str | None = None) -> str:
    """Safe markup, well formed, at most `HTML_BYTES` of the input and `HTML_DEPTH` deep.

    Args:
        html: Any text.
        base_url: Address that relative links are joined with; without it they are dropped.

    Returns:
        Elements of the allow-list with http, https and mailto links, all of them absolute and marked
        `noopener noreferrer nofollow`; pictures with `src` and `alt` alone, those of one pixel and hidden
        ones gone.
    """
    if "<" not in html and "&" not in html:
        return clean(html, Sink.HTML).replace(">", "&gt;").replace("\xa0", "&nbsp;")
    safe = _cleaner(base_url).clean(clean(bounded(html), Sink.HTML))
    if "<img" in safe:
        safe = _IMAGE.sub(_seen, safe)
    # Entities come out of the sanitiser as characters, control characters among them.
    return clean(safe, Sink.HTML)


@lru_cache(maxsize=128)
def _cleaner(base_url: str | None) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(TAGS),
        clean_content_tags=set(DROPPED_WITH_CONTENT),
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute_filter(base_url),
        url_schemes={"http", "https", "mailto"},
        url_relative="pass_through",  # the filter has made them absolute, or dropped them
        link_rel=_REL,
        strip_comments=True,
    )


def _attribute_filter(base_url: str | None) -> Callable[[str, str, str], str | None]:
    def kept(_tag: str, attribute: str, value: str) -> str | None:
        if attribute == "href":
            return _link(value, base_url, mail=True)
        if attribute == "src":
            return _link(value, base_url, mail=False)
        rule = _RULES.get(attribute)
        return rule(value) if rule else value

    return kept


def _link(value: str, base_url: str | None, *, mail: bool) -> str | None:
    if _PLAIN_LINK.fullmatch(value):
        return value
    if mail and _MAIL.fullmatch(value.strip()):
        return value.strip()
    # A user name before the host only makes it look like another host.
    target = join(base_url, value)
    return _USER.sub("", target) if target else None


def _language(value: str) -> str | None:
    found = _LANGUAGE.search(value)
    return found[1] if found else None


def _number(value: str) -> str | None:
    return value if _SMALL_NUMBER.fullmatch(value) else None


def _span(value: str) -> str | None:
    # A table widened a thousand times by each of its cells is a bomb for whoever lays it out.
    return value if _SPAN.fullmatch(value) else None


def _unseen_size(value: str) -> str | None:
    return "1" if _UNSEEN_SIZE.fullmatch(value) else None


def _unseen_style(value: str) -> str | None:
    return "display:none" if _UNSEEN_STYLE.search(value) else None


_RULES: Final[dict[str, Callable[[str], str | None]]] = {
    "class": _language,
    "colspan": _span,
    "rowspan": _span,
    "start": _number,
    "width": _unseen_size,
    "height": _unseen_size,
    "style": _unseen_style,
    "dir": lambda value: value.lower() if value.lower() in ("ltr", "rtl", "auto") else None,
}


def _seen(image: re.Match[str]) -> str:
    attributes = image[1]
    if ' src="' not in attributes or _UNSEEN.search(attributes):
        return ""
    return image[0] if ' alt="' in attributes else f'<img{attributes} alt="">'


# --- plain text

_LINES: Final = frozenset({"li", "dt", "dd", "div", "figcaption", "summary", "tr", "caption"})
_SEPARATORS: Final = {
    **dict.fromkeys(BLOCKS - _LINES, "\x1d"),
    **{f"/{name}": "\x1d" for name in BLOCKS - _LINES},
    **dict.fromkeys(_LINES, "\x1e"),
    **{f"/{name}": "\x1e" for name in _LINES},
    "td": " ",
    "th": " ",
    "br": "\n",
}
"""What an element's tag stands for; U+001D a paragraph's edge, U+001E a line's (no text has them)."""

_TAG: Final = re.compile(r"<(/?[a-z1-6]+)[^>]*>")
_ALT: Final = re.compile(r'<img [^>]*?alt="([^"]+)"[^>]*>')
_PRE: Final = re.compile(r"(<pre(?: [^>]*)?>.*?</pre>)", re.DOTALL)
_EDGES: Final = re.compile(r"[\x1d\x1e][ \n\x1d\x1e]*")
_MANY_BREAKS: Final = re.compile(r"\n{3,}")


def plain_text(html: str) -> str:
    """The words of markup that `sanitise` gave: paragraphs with an empty line between, rows as lines.

    Pictures are told by their `alt`. The result is clean for a terminal body.
    """
    html = html.replace("\x1d", "").replace("\x1e", "")
    if "<img" in html:
        html = _ALT.sub(r" \1 ", html)
    if "<pre" not in html:
        text = _flow(html)
    else:
        text = "".join(
            _preformatted(part) if part.startswith("<pre") else _flow(part) for part in _PRE.split(html)
        )
    text = _MANY_BREAKS.sub("\n\n", text)
    return clean(unescape(text) if "&" in text else text, Sink.BODY).strip()


def _flow(html: str) -> str:
    text = " ".join(html.split())
    parts = _TAG.split(text)
    if len(parts) == 1:
        return text
    parts[1::2] = [_SEPARATORS.get(name, "") for name in parts[1::2]]
    text = _EDGES.sub(_edge, "".join(parts))
    return text.replace(" \n", "\n").replace("\n ", "\n")


def _edge(found: re.Match[str]) -> str:
    return "\n\n" if "\x1d" in found[0] else "\n"


def _preformatted(html: str) -> str:
    return "\n\n" + _TAG.sub("", html.replace("<br>", "\n")).strip("\n") + "\n\n"


_HIDDEN: Final = re.compile(r"<(script|style)\b[^>]*>(?:[^<]|<(?!/\1))*(?:</\1[^>]*>|$)", re.IGNORECASE)
_MARKUP: Final = re.compile(
    # Known names only: `Vec<T>`, `<3` and `a < b` are words. One-letter names count in lower case.
    r"</?(?:[abipqsu]|(?i:"
    + "|".join(
        sorted((TAGS | {"font", "span", "big", "tt", "nobr", "strike", "script", "style"}) - set("abipqsu"))
    )
    + r"))(?:\s[^<>]*|\s*/)?>"
)
_BREAKING: Final = re.compile(r"(?i)</?(?:br|p|div|li|tr|td|h[1-6])\b")


def one_line(markup: str) -> str:
    """A title or name that may hold stray markup and entities, as plain text on one clean line."""
    if "<" in markup:
        markup = _MARKUP.sub(_gap, _HIDDEN.sub("", markup))
    if "&" in markup:
        markup = unescape(markup)
    return " ".join(clean(markup, Sink.LINE).split())


def _gap(tag: re.Match[str]) -> str:
    return " " if _BREAKING.match(tag[0]) else ""
