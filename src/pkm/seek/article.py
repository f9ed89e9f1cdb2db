"""Find the article on a page: where the sentences are, without what stands around them.

    drop what never is text | weigh blocks by their sentences | take the heaviest, or what says that it is
    the article around it | add its like beside it | cut lists of links and the like out of it

Sentences have length and commas; menus have links. The weighing is that of Arc90's Readability (2009),
on which the reader views of browsers rest.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Final

from pkm.rules.htmlbounds import BLOCKS
from pkm.rules.htmltree import ROOT, Element, grow
from pkm.seek.pagenames import POINTERS, is_body, is_unseen, stands_around, worth

_NEVER: Final = frozenset({
    "applet", "area", "audio", "base", "button", "canvas", "datalist", "dialog", "embed", "frame", "frameset",
    "head", "iframe", "input", "link", "map", "meta", "meter", "object", "optgroup", "option", "param",
    "progress", "select", "source", "svg", "track", "video",
})  # fmt: skip
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LEAVES: Final = (BLOCKS | {"td"}) - _HEADINGS
_CLEANED: Final = frozenset({"details", "div", "dl", "header", "ol", "section", "table", "ul"})
_KEPT_WHOLE: Final = frozenset({"code", "figure", "pre"})
_HEAD_START: Final = {
    "article": 8, "div": 5, "main": 5, "blockquote": 3, "pre": 3, "section": 3, "td": 3, "th": -5,
    **dict.fromkeys(("address", "dd", "dl", "dt", "form", "li", "ol", "ul"), -3),
}  # fmt: skip
_SENTENCE_END: Final = re.compile(r"[.!?\u3002\uff01\uff1f](?:\s|$)")
_COMMAS: Final = re.compile("[,\u060c\u3001\ufe10\ufe50\uff0c\uff1b]")
_SHORTEST: Final = 25  # characters of a block that counts as sentences
_ENOUGH: Final = 140  # characters of an article with which we are content
_MUCH_ELSE: Final = 4  # what is so many times as long holds more than the article
_LEVELS: Final = 5  # so many elements around a block share its worth

Weights = Mapping[int, "_Weight"]


@dataclass(slots=True)
class _Weight:
    """What is known of an element once the tree was weighed; lengths in characters.

    Attributes:
        linked: Characters inside links.
        headed: Inside headings.
        listed: Inside lists.
        leaf: No block stands in it.
    """

    chars: int = 0
    linked: int = 0
    headed: int = 0
    listed: int = 0
    commas: int = 0
    paragraphs: int = 0
    images: int = 0
    items: int = 0
    score: float = 0.0
    leaf: bool = True

    @property
    def linkage(self) -> float:
        """How much of it is links, 0 to 1."""
        return self.linked / self.chars if self.chars else 0.0

    def take_text(self, raw: str) -> None:
        text = " ".join(raw.split())
        if text:
            self.chars += len(text) + 1
            self.commas += len(_COMMAS.findall(text))

    def take(self, child: Element, its: "_Weight") -> None:
        self.chars += its.chars
        self.commas += its.commas
        name = child.name
        on_page = name == "a" and child.attributes.get("href", "").startswith("#")
        self.linked += its.chars if name == "a" and not on_page else its.linked
        self.headed += its.chars if name in _HEADINGS else its.headed
        self.listed += its.chars if name in ("ul", "ol") else its.listed
        self.paragraphs += its.paragraphs + (name == "p")
        self.images += its.images + (name == "img")
        self.items += its.items + (name == "li")
        self.leaf = self.leaf and its.leaf and name not in BLOCKS


def article_of(markup: str) -> str:
    """The markup of the article; of a page without one, of all that could be text. Not safe to render."""
    best, most = "", -1
    for strict in (True, False):
        root = grow(markup)
        _strip(root, strict=strict)
        parts = _found(root)
        length = sum(len(" ".join(part.text().split())) for part in parts)
        if length > most:
            best, most = "".join(part.markup() for part in parts), length
        if length >= _ENOUGH:
            break
    return best


def _strip(root: Element, *, strict: bool) -> None:
    for one in root.below():
        if one.name in _NEVER or is_unseen(one):
            one.gone = True
    if strict:
        weights = _weighed(root)
        for one in root.below():
            mine = weights[id(one)]
            one.gone = one.gone or stands_around(one, has_sentences=_has_sentences(mine))


def _has_sentences(mine: _Weight) -> bool:
    return mine.commas >= 10 and mine.linkage < 0.2


def _found(root: Element) -> Sequence[Element]:
    weights = _weighed(root)
    candidates = _candidates(root, weights)
    if not candidates:
        return [next((one for one in root.below() if one.name == "body"), root)]
    top = _container(_topmost(candidates, weights), weights)
    top = _only_article(root, weights, than=top) or top
    parts = _with_its_like(top, weights)
    for part in parts:
        _clean(part, weights)
    return parts


def _weighed(root: Element) -> dict[int, _Weight]:
    """Each element by its identity; sums are made from the leaves up."""
    order = [root, *root.below()]
    weights = {id(one): _Weight() for one in order}
    for one in reversed(order):
        mine = weights[id(one)]
        for child in one.children:
            if isinstance(child, str):
                mine.take_text(child)
            elif not child.gone:
                mine.take(child, weights[id(child)])
    return weights


def _candidates(root: Element, weights: Weights) -> list[Element]:
    """What sentences stand in: each shares in their worth, the nearest most."""
    found: dict[int, Element] = {}
    for one in root.below():
        mine = weights[id(one)]
        if not mine.leaf or one.name not in _LEAVES or mine.chars < _SHORTEST:
            continue
        value = 1 + mine.commas + min(mine.chars // 100, 3)
        for level, above in zip(range(_LEVELS), one.ancestors(), strict=False):
            found[id(above)] = above
            weights[id(above)].score += value / (1, 2, 6, 9, 12)[level]
    for one in found.values():
        mine = weights[id(one)]
        # A name alone makes no text: it counts as far as there are words.
        start = (_HEAD_START.get(one.name, 0) + worth(one)) * min(1.0, mine.chars / 140)
        mine.score = (mine.score + start) * (1 - mine.linkage)
    return list(found.values())


def _topmost(candidates: Sequence[Element], weights: Weights) -> Element:
    """The heaviest; one above it, if the next ones stand there too."""

    def score(one: Element) -> float:
        return weights[id(one)].score

    ranked = sorted(candidates, key=score, reverse=True)[:5]
    top = ranked[0]
    near = [one for one in ranked[1:] if score(one) >= 0.75 * score(top)]
    if len(near) >= 3:
        shared = (above for above in top.ancestors() if sum(_is_inside(one, above) for one in near) >= 3)
        top = next(shared, top)
    last, least = score(top), score(top) / 3
    for above in top.ancestors():
        if above.name == "body" or 0 < score(above) < least:
            break
        if score(above) > last:
            return above
        last = score(above) or last
    return top


def _is_inside(one: Element, above: Element) -> bool:
    return any(up is above for up in one.ancestors())


def _container(top: Element, weights: Weights) -> Element:
    """What says that it is the article around it, unless there is much else in it."""
    mine = weights[id(top)]
    bodies, articles = [], []
    for above in (top, *top.ancestors()):
        its = weights[id(above)]
        linked = its.linkage > max(0.3, 1.5 * mine.linkage)
        if above.name == "body" or linked or its.chars > _MUCH_ELSE * mine.chars:
            break
        if is_body(above):
            bodies.append(above)
        elif above.name == "article":
            articles.append(above)
    return next(iter([*reversed(bodies), *articles]), None) or _alone(top)


def _only_article(root: Element, weights: Weights, *, than: Element) -> Element | None:
    """The one `article` of a page, if what seemed heavier stands outside it and is much shorter."""
    articles = [one for one in root.below() if one.name == "article"]
    if len(articles) != 1 or any(up is articles[0] for up in (than, *than.ancestors())):
        return None
    return articles[0] if weights[id(articles[0])].chars > 2 * weights[id(than)].chars else None


def _alone(one: Element) -> Element:
    """What it is the only thing in: its like may stand beside that."""
    above = one.parent
    while above is not None and above.name not in ("body", ROOT) and sum(1 for _ in above.elements()) == 1:
        one, above = above, above.parent
    return one


def _with_its_like(top: Element, weights: Weights) -> list[Element]:
    """It and what beside it is of the same kind: a text may be cut by pictures into several parts."""
    if top.parent is None:
        return [top]
    mine = weights[id(top)]
    least = max(10.0, mine.score * 0.2)
    same = top.attributes.get("class")

    def belongs(one: Element) -> bool:
        its = weights[id(one)]
        bonus = mine.score * 0.2 if same and one.attributes.get("class") == same else 0.0
        if one is top or (its.score > 0 and its.score + bonus >= least):
            return True
        if one.name != "p" or not its.chars:
            return False
        if its.chars > 80:
            return its.linkage < 0.25
        return not its.linked and bool(_SENTENCE_END.search(one.text()))

    return [one for one in top.parent.elements() if belongs(one)]


def _clean(part: Element, weights: Weights) -> None:
    """Cut out what holds no sentences; what is cut never is most of the part."""
    whole = weights[id(part)].chars
    ahead = [part]
    while ahead:
        for one in ahead.pop().elements():
            if one.name in _KEPT_WHOLE:
                continue
            mine = weights[id(one)]
            if mine.chars <= 0.5 * whole and (
                one.name in ("aside", "fieldset", "footer", "form")
                or (one.name in _CLEANED and _is_clutter(one, mine))
                or _points_elsewhere(one, mine)
            ):
                one.gone = True
            else:
                ahead.append(one)


def _is_clutter(one: Element, mine: _Weight) -> bool:
    named = worth(one)
    if mine.commas >= 10:
        return named < 0 and not _has_sentences(mine)
    if named < 0:
        return True
    if one.name in ("ul", "ol") or mine.listed > 0.9 * mine.chars:
        return mine.linkage > 0.5 and mine.items > 0
    if mine.items - 100 > mine.paragraphs:
        return True
    pictured = mine.images in (1, 2)
    if mine.chars < _SHORTEST and mine.headed < 0.9 * mine.chars and not pictured and mine.linked:
        return True
    return mine.linkage > (0.5 if named >= 25 else 0.2)


def _points_elsewhere(one: Element, mine: _Weight) -> bool:
    """`Read more: …` and the like, in a line of its own."""
    if not mine.leaf or one.name not in BLOCKS or not 0 < mine.chars <= 200:
        return False
    words = unescape(" ".join(one.text().split())).strip(" -\u2013\u2014:>\xbb[(*|")
    return bool(POINTERS.match(words)) and (mine.linked > 0 or mine.chars < 60)
