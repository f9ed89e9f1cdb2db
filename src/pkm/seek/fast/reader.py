"""The fast path: well-formed feeds by the XML parser of the standard library, in this very process.

    bytes | text | events | values | nouns

It makes of a feed what feedparser makes of it, so that a feed may take one path today and the other tomorrow
and keep its keys. Whatever is not plain (ill-formed, with a DOCTYPE, of another root, in base 64, too
deep, too large) is left to feedparser and its helper process. Its time is linear in the
size of the document, which is bounded: nothing here can be made to run for long.
"""

from dataclasses import replace
from typing import Any, Final
from xml.parsers import expat
from xml.sax.saxutils import escape

from pkm.model.item import ParsedFeed
from pkm.rules import limits
from pkm.rules.charset import decode_xml, without_declaration
from pkm.seek.fast.elements import BOTH, ENDS, RESERVED
from pkm.seek.fast.mend import nested_base
from pkm.seek.fast.names import SEPARATOR, Names, Unfit
from pkm.seek.fast.state import XHTML, Attributes, End, Start, State, keep
from pkm.seek.translate import to_feed

_ROOTS: Final = frozenset({"rss", "rdf:rdf", "feed"})
_VERSIONS: Final = {"http://purl.org/rss/1.0/": "rss10", "http://www.w3.org/2005/atom": "atom10"}
_OLD_RDF: Final = "http://my.netscape.com/rdf/simple/0.9/"
_IN_TEXT_INPUT: Final = frozenset({"title", "link", "description", "name"})
_IN_IMAGE: Final = frozenset({"title", "link", "description", "url", "href", "width", "height"})
_LOWER: Final = frozenset({"rel", "type"})
_BUFFER: Final = 65_536

_Rule = tuple[str, Start | None, End | None]


def read_fast(body: bytes, *, url: str, content_type: str | None) -> ParsedFeed | None:
    """The feed, or None if it is none for the fast path.

    Args:
        body: The document.
        url: The address that gave it, after redirects.
        content_type: The header, a hint for the charset.
    """
    if len(body) > limits.FAST_BYTES:
        return None
    decoded = decode_xml(body, content_type=content_type)
    text = without_declaration(decoded.text).lstrip("\ufeff \t\r\n")
    try:
        state = _Reader().read(text)
    except (Unfit, expat.ExpatError, UnicodeError):
        return None
    raw = {"feed": state.feed, "entries": state.entries, "version": state.version}
    return replace(to_feed(raw, url=url), notes=(decoded.note,) if decoded.note else ())


class _Reader:
    """Events in, state out."""

    def __init__(self) -> None:
        self._state = State()
        self._names = Names()
        self._rules: dict[str, _Rule] = {}
        self._elements = 0
        self._scopes: list[tuple[int, str, str | None]] = []
        self._parser = parser = expat.ParserCreate(namespace_separator=SEPARATOR)
        parser.namespace_prefixes = True
        parser.ordered_attributes = True
        parser.buffer_text = True
        parser.buffer_size = _BUFFER
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartNamespaceDeclHandler = self._namespace
        parser.StartDoctypeDeclHandler = _refuse

    def read(self, text: str) -> State:
        """The state at the end of the document.

        Raises:
            Unfit, expat.ExpatError, UnicodeError: It is none for us.
        """
        self._parser.Parse(text, True)  # noqa: FBT003 - its way to say that this is all
        return self._state

    def _namespace(self, prefix: str | None, uri: str | None) -> None:
        if not uri:
            return
        self._names.declare(prefix, uri)
        if not self._state.version:
            old = prefix is None and uri.lower() == _OLD_RDF
            self._state.version = "rss090" if old else _VERSIONS.get(uri.lower(), "")

    def _start(self, raw: str, pairs: list[str]) -> None:
        state = self._state
        state.depth += 1
        self._elements += 1
        name, start, _ = self._rules.get(raw) or self._rule(raw)
        if state.depth == 1 and name not in _ROOTS:
            raise Unfit
        if state.depth > limits.FAST_DEPTH or self._elements > limits.FAST_ELEMENTS:
            raise Unfit
        if len(pairs) > 2 * limits.FAST_ATTRIBUTES:
            raise Unfit
        attributes = self._attributes(pairs) if pairs else {}
        if pairs:
            self._enter(name, attributes)
        if state.in_content:
            self._inline_start(name, attributes)
            return
        if state.in_image or state.in_text_input:
            self._leave_image(name)
        if start is not None:
            start(state, attributes)
        elif name in RESERVED or ("_" in name and name.replace("_", ":", 1) in BOTH):
            raise Unfit
        elif attributes:
            keep(state.context(), name, attributes)
        else:
            state.push(name)

    def _end(self, raw: str) -> None:
        state = self._state
        name, _, end = self._rules.get(raw) or self._rule(raw)
        if end is not None:
            end(state)
        elif not state.in_content:
            state.pop(name)
        if state.in_content and state.kind == XHTML:
            state.stack[-1][2].append(f"</{_local(name)}>")
        if self._scopes and self._scopes[-1][0] == state.depth:
            _, state.base, state.language = self._scopes.pop()
        state.depth -= 1

    def _text(self, text: str) -> None:
        state = self._state
        if state.stack:
            state.stack[-1][2].append(escape(text) if state.kind == XHTML else text)

    def _rule(self, raw: str) -> _Rule:
        name = self._names.element(raw)
        start, end = BOTH.get(name, (None, ENDS.get(name)))
        rule = self._rules[raw] = (name, start, end)
        return rule

    def _attributes(self, pairs: list[str]) -> Attributes:
        found: Attributes = {}
        as_written: Attributes = {}
        for name, value in zip(pairs[::2], pairs[1::2], strict=True):
            key, also = self._names.attribute(name)
            found[key] = as_written[also or key] = value.lower() if key in _LOWER else value
        found.update(as_written)  # `type` is what stands there as `type`, before `other:type`
        return found

    def _enter(self, name: str, attributes: Attributes) -> None:
        """An element with a base or a language of its own."""
        state = self._state
        base = attributes.get("xml:base", attributes.get("base"))
        language = attributes.get("xml:lang", attributes.get("lang"))
        if not base and language is None:
            return
        self._scopes.append((state.depth, state.base, state.language))
        if language and len(language) > limits.TAG_CHARS:
            raise Unfit
        if base:
            state.base = nested_base(state.base, base)
        if language is not None:
            state.language = language.replace("_", "-") or None
        if state.language and name in {"feed", "rss"}:
            state.feed["language"] = state.language

    def _leave_image(self, name: str) -> None:
        """What has no place in a picture or a text box ends it."""
        state = self._state
        if ":" in name:
            return
        if name not in _IN_TEXT_INPUT:
            state.in_text_input = False
        if name not in _IN_IMAGE:
            state.in_image = False

    def _inline_start(self, name: str, attributes: Attributes) -> None:
        """Markup inside of a text construct, written out again."""
        state = self._state
        local = _local(name)
        # feedparser acts on the end of an element that it knows, wherever it stands.
        if state.kind != XHTML or name in BOTH or name in ENDS or local in {"svg", "math"}:
            raise Unfit
        if any(":" in key and not key.startswith("xml:") for key in attributes):
            raise Unfit
        written = "".join(f' {key}="{_quoted(value)}"' for key, value in attributes.items())
        state.stack[-1][2].append(f"<{local}{written}>")


def _local(name: str) -> str:
    return name.partition(":")[2] or name


def _quoted(value: str) -> str:
    return escape(value, {'"': "&quot;"})


def _refuse(*_arguments: Any) -> None:
    raise Unfit
