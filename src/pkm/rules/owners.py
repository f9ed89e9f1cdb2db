"""Which addresses belong to one site, and which only lead on to another."""

import re
from typing import Final

from pkm.rules.urlparts import parsed
from pkm.rules.urls import host_of, match_url

_SHARED_ENDINGS: Final = frozenset({
    "blogspot.com", "bearblog.dev", "cargo.site", "fly.dev", "ghost.io", "github.io", "gitlab.io", "hashnode.dev",
    "herokuapp.com", "livejournal.com", "medium.com", "micro.blog", "neocities.org", "netlify.app", "nfshost.com",
    "notion.site", "pages.dev", "posthaven.com", "prose.sh", "readthedocs.io", "sourceforge.io", "squarespace.com",
    "substack.com", "surge.sh", "tumblr.com", "typepad.com", "vercel.app", "weebly.com", "wixsite.com",
    "wordpress.com", "write.as", "writeas.com",
})  # fmt: skip
"""Hosts below these are different people's."""

# `co.uk`, `com.au`, `or.jp`: below a country's ending these are no site, but a kind of site.
_KIND_OF_SITE: Final = re.compile(
    r"(?:ac|co|com|edu|gob|gov|gouv|gv|id|info|mil|ne|net|nom|or|org|sch)\.[a-z]{2}"
)
_ONLY_LEAD_ON: Final = frozenset({
    "aka.ms", "amzn.to", "bit.ly", "buff.ly", "cutt.ly", "dlvr.it", "fb.me", "feedproxy.google.com",
    "feeds.feedburner.com", "ift.tt", "is.gd", "j.mp", "lnkd.in", "nyti.ms", "ow.ly", "rebrand.ly", "redd.it",
    "rss.com", "s.id", "shorturl.at", "t.co", "t.ly", "tinyurl.com", "tiny.cc", "trib.al", "v.gd", "wp.me", "zurl.co",
})  # fmt: skip
_COUNTS_CLICKS: Final = re.compile(
    r"^(?:click|clicks|email|link|links|mail|trk|track|tracking)\.|\.list-manage\.com$"
)


def site_of(url: str) -> str:
    """The part of a host that one owner has, as far as it can be told without a list of all endings.

    Empty if it is no web address.
    """
    labels = host_of(url).split(".")
    if len(labels) < 3 or all(label.isdigit() for label in labels):
        return ".".join(labels)
    ending = ".".join(labels[-2:])
    size = 3 if ending in _SHARED_ENDINGS or _KIND_OF_SITE.fullmatch(ending) else 2
    return ".".join(labels[-size:])


def own_address(url: str, canonical: str | None) -> str | None:
    """The address that a page calls its own, if it may stand for it; None if not.

    Many a theme names the home page, or somebody else's site, on every page: only an address of the same
    site that leads to more than its home is believed.

    Args:
        url: Where the page was found.
        canonical: What it says; absolute, from outside.
    """
    page = parsed(canonical) if canonical else None
    if canonical is None or page is None or site_of(canonical) != site_of(url):
        return None
    if match_url(canonical) == match_url(url):
        return None
    return canonical if page.path.strip("/") or page.query else None


def only_leads_on(url: str) -> bool:
    """Whether a host does nothing but send its visitors elsewhere: then the target is the address to keep."""
    host = host_of(url)
    return host in _ONLY_LEAD_ON or bool(_COUNTS_CLICKS.search(host))
