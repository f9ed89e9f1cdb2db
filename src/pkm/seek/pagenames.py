"""What the names that a page gives its parts (`class`, `id`, `role`, `itemprop`) tell of them.

Word lists, made from the themes and publishers of real pages. A word counts where it stands as a word:
`share-bar` shares, `shareholder-letter` does not.
"""

import re
from typing import Final

from pkm.rules.htmltree import Element

_PARTS: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|[^A-Za-z0-9]+")


def _words(*words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(' '.join(words).split())})(?![a-z0-9])")


_AROUND: Final = _words(
    "ads? advert[a-z]* agegate banner breadcrumbs? byline commentlist comments? cookies?",
    "dialog disqus dropdown footer gdpr hatom header infobar jp-relatedposts legends? login masthead menu meta metadata modal",
    "nav navbar navigation newsletters? noprint outbrain pager paginat[a-z]* paywall popups? promos? promoted promotion[a-z]*",
    "ratings? recommend[a-z]* related[a-z]* remark replies respond rss screen-reader-text share[sr]? sharing sharedaddy shariff",
    "shoutbox sidebar[a-z]* signup skip skyscraper social[a-z]* sponsor[a-z]* sr-only subscri[a-z]* supplemental taboola",
    "tags? tagcloud teasers? toc toolbar tools trackbacks? trending upsell visually-hidden visuallyhidden widgets? wishlist",
    "author-box author-bio about-author authorbox post-author post-navigation mw-editsection editsection navbox catlinks",
)
_SURELY_AROUND: Final = _words(
    "author-box author-bio about-author breadcrumbs? comment-?list comments comments-area cookies? disqus newsletters?",
    "post-navigation recommend[a-z]* related[a-z]* share-?buttons? sharing sharedaddy shariff social[a-z]* taboola teasers?",
)
_OF_OTHERS: Final = _words(
    "author-box author-bio about-author comment-?list comments comments-area disqus footer gdpr cookies? replies respond",
    "sidebar related[a-z]* recommend[a-z]* teasers? trackbacks? widgets?",
)
_TEXT_LIKE: Final = re.compile(r"article|body|column|content|main|post|entry|story|text|blog|page")
_GOOD: Final = re.compile(r"article|body|content|entry|main|post|prose|text|blog|story")
_BAD: Final = _words(
    "ads? advert[a-z]* banner combx comments? contact footer footnotes? gdpr hid infobox masthead media meta modal nav navbox",
    "newsletters? outbrain promo[a-z]* ratings? related[a-z]* scroll shar(?:e|es|ing) shopping shoutbox sidebar[a-z]*",
    "skyscraper social[a-z]* sponsor[a-z]* subscri[a-z]* tags? teasers? tool toolbar tools widgets? recommend[a-z]*",
)
_BODY: Final = re.compile(
    r"(?<![a-z])(?:(?:article|blog|entry|post|story|single|td-post)-?(?:body|content|text|main|copy|full)"
    r"|postcontent|storybody|entrytext|body-?copy|body-?text)(?![a-z])"
)
POINTERS: Final = re.compile(
    r"(?:read (?:more|also|next)|see also|more (?:from|on|about|stories)|related(?: stories| posts| articles)?\b|you (?:may|might) (?:also )?like"
    r"|recommended(?: for you)?\b|advertisement\b|sponsored\b|share this\b|sign up (?:for|to)|subscribe (?:to|now|for)"
    r"|click here to|follow us|(?:previous|next) (?:post|article)\b|leave a (?:reply|comment)"
    r"|auch (?:interessant|auf|spannend|lesen)|das (?:könnte|thema könnte)|mehr (?:zum thema|dazu|lesen)|lesen sie (?:auch|hier|mehr|dazu)"
    r"|lesetipp|weitere (?:artikel|themen|beiträge)|(?:ähnliche|verwandte) (?:artikel|beiträge|themen)|siehe auch|anzeige\b|teilen\b|drucken\b"
    r"|à lire (?:aussi|également)|lire (?:aussi|la suite|plus)|voir aussi|sur le même (?:sujet|thème)|publicité\b"
    r"|lea (?:también|más)|leer más|te puede interesar|publicidad\b|leggi anche|potrebbe interessarti|lees (?:ook|meer)|leia (?:também|mais))",
    re.IGNORECASE,
)
"""How lines begin that point elsewhere, in the languages that were met most."""

_ROLES: Final = frozenset({
    "alert", "alertdialog", "banner", "complementary", "contentinfo", "dialog", "menu", "menubar", "navigation",
    "search", "tooltip",
})  # fmt: skip
_NEVER_AROUND: Final = frozenset(
    {"a", "article", "body", "code", "h1", "h2", "h3", "h4", "h5", "h6", "html", "main", "pre", "table"}
)
_UNSEEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def _named(said: str) -> str:
    """`postShareBar post_32` as `post-share-bar-post-32`."""
    return _PARTS.sub("-", said).lower()


def names_of(one: Element) -> str:
    """Its classes and its id as words with dashes between; empty if it has none."""
    said = one.attributes
    return _named(f"{said.get('class', '')} {said.get('id', '')}").strip("-")


def stands_around(one: Element, *, has_sentences: bool) -> bool:
    """Whether it is by its name no part of the text: a menu, comments, a row of buttons.

    Args:
        one: Which.
        has_sentences: A chapter on sharing may be called `sharing`; only what others wrote is no text then.
    """
    if one.name in _NEVER_AROUND:
        return False
    if one.name in ("aside", "footer", "menu", "nav") or one.attributes.get("role") in _ROLES:
        return True
    names = names_of(one)
    if not names or not _AROUND.search(names):
        return False
    if has_sentences and not _OF_OTHERS.search(names):
        return False
    return bool(_SURELY_AROUND.search(names)) or not _TEXT_LIKE.search(names)


def is_unseen(one: Element) -> bool:
    """Whether the page hides it."""
    said = one.attributes
    if "hidden" in said or said.get("aria-hidden") == "true":
        return True
    return "style" in said and bool(_UNSEEN.search(said["style"]))


def worth(one: Element) -> int:
    """What its names add to the weight of its sentences: 25 or more for, -25 or less against."""
    found = 0
    for said in (one.attributes.get("class", ""), one.attributes.get("id", "")):
        if said:
            names = _named(said)
            found += 25 * bool(_GOOD.search(names)) - 25 * bool(_BAD.search(names))
    return found


def is_body(one: Element) -> bool:
    """Whether it says that it holds the text of an article."""
    if "articlebody" in one.attributes.get("itemprop", "").lower():
        return True
    return bool(_BODY.search(names_of(one)))
