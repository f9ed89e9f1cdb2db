"""Addresses: what is one, the clickable form, the form to compare, the form to show.

An address from outside is parsed strictly and put together again by us (`rules.urlparts`), so that what is
compared, shown, checked and dialled is one and the same. No function here raises on any text.
"""

import re
from dataclasses import replace
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from pkm.rules.clean import Sink, clean
from pkm.rules.limits import URL_CHARS
from pkm.rules.tracking import tracking
from pkm.rules.urlparts import DEFAULT_PORTS, Web, parsed, trimmed
from pkm.rules.urlsecrets import HIDDEN, LOOSE_TOKEN, LOOSE_USER, is_secret_part, masked

_AMAZON: Final = re.compile(r"(?:[a-z]+\.)?amazon\.[a-z]{2,3}(?:\.[a-z]{2})?")
_AMAZON_THING: Final = re.compile(r"(?:/[^/]+){0,3}/(?:dp|gp/product)/([A-Z0-9]{10})(?:/[^/]*)?")
_SCHEME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]*:")


def is_web(url: str) -> bool:
    """Whether it is an absolute http or https address with a host."""
    return parsed(url) is not None


def canonical(url: str, *, feed_url: str | None = None) -> str | None:
    """The address to store and to click: as published, without what only tracks.

    What only tracks is listed in `assets/tracking.txt`. User info, the default port, dot segments, an empty `?` and the fragment go (a fragment that begins
    with `!` or `/` is part of the address of some sites and stays). A Google redirect that has its target
    in itself becomes the target.

    Args:
        url: As found.
        feed_url: The feed that it came from; `ref` and `source` parameters that name its host go too.

    Returns:
        None if it is no web address, or longer than `limits.URL_CHARS`.
    """
    web = parsed(url)
    if web is None:
        return None
    text = _tidied(_unwrapped(web), {_bare(web.host), host_of(feed_url or "")}).text()
    return text if len(text) <= URL_CHARS else None


@lru_cache(maxsize=1024)
def match_url(url: str) -> str:
    """The key by which two spellings of one address are known as the same; never to be opened.

    Over `canonical` it makes http https and drops `www.`, slashes at the end, `index.html`, `/amp`, `amp=1`
    and the order of the query. What is no web address is its own key.
    """
    text = canonical(url)
    web = parsed(text) if text is not None else None
    if web is None:
        return url.strip()
    parts = [part for part in (web.query or "").split("&") if part and part.lower() not in ("amp", "amp=1")]
    bare = replace(
        web,
        scheme="https",
        host=_bare(web.host),
        port="" if web.port in DEFAULT_PORTS.values() else web.port,
        path=_plain_path(web.path),
        query="&".join(sorted(parts)) or None,
    )
    return bare.text()


def is_home_page(url: str) -> bool:
    """Whether an address is bare: no path, no query. It names a site, and none of its pieces."""
    web = parsed(match_url(url))
    return web is not None and web.path in ("", "/") and web.query is None and web.fragment is None


def path_of(url: str) -> str | None:
    """What is left of an address when its site moves to another host: path and query, as compared."""
    web = parsed(match_url(url))
    return None if web is None else replace(web, host="", port="").text().removeprefix("https://")


def join(base: str | None, url: str) -> str | None:
    """The absolute web address that a link means on the page `base`; RFC 3986, section 5.2.

    User info, query and fragment stay as published. None if the result is no web address.
    """
    link = trimmed(url)
    if _SCHEME.match(link):
        web = parsed(link)
    elif link.startswith("//"):
        page = parsed(base) if base else None
        web = parsed(f"{page.scheme if page else 'https'}:{link}")
    else:
        page = parsed(base) if base else None
        web = parsed(_merged(page, link)) if page else None
    return web.text() if web else None


def host_of(url: str) -> str:
    """The host in lower case, ASCII, without `www.` and port; empty if it is no web address."""
    web = parsed(url)
    return _bare(web.host) if web else ""


def has_secret(url: str) -> bool:
    """Whether an address lets in whoever has it: user info, a token parameter or a token in its path."""
    web = parsed(url)
    if web is None:
        return bool(LOOSE_USER.search(url) or LOOSE_TOKEN.search(url))
    web = _unwrapped(web)
    return masked(web) != web


def display_url(url: str) -> str:
    """An address as it may be shown and logged: one clean line, secrets as `…`."""
    web = parsed(url)
    if web is None:
        url = url[:URL_CHARS]
        return clean(LOOSE_TOKEN.sub(rf"\1{HIDDEN}", LOOSE_USER.sub(rf"\1{HIDDEN}@", url)), Sink.LINE)
    return masked(web).text().replace("%E2%80%A6", HIDDEN)


def without_secrets(url: str) -> str:
    """An address for a list that others get: user info and token parameters gone, path tokens as `…`."""
    web = parsed(url)
    if web is None:
        return display_url(url)
    web = _unwrapped(web)
    kept = "&".join(part for part in (web.query or "").split("&") if not is_secret_part(part))
    return replace(masked(web), user=None, query=kept or None).text()


def shareable(url: str) -> str | None:
    """The canonical address; None if it is no web address or holds a secret."""
    return None if has_secret(url) else canonical(url)


def _merged(page: Web, link: str) -> str:
    """A relative link put onto its page; RFC 3986, section 5.2.3."""
    if link.startswith("/"):
        return replace(page, path="", query=None, fragment=None).text() + link
    if link.startswith("?"):
        return replace(page, query=None, fragment=None).text() + link
    if link.startswith("#") or not link:
        return replace(page, fragment=None).text() + link
    folder = page.path[: page.path.rindex("/") + 1]
    return replace(page, path=folder, query=None, fragment=None).text() + link


def _bare(host: str) -> str:
    while host.startswith("www.") and "." in host[4:]:
        host = host[4:]
    return host


def _tidied(web: Web, own_hosts: set[str]) -> Web:
    kept = web.fragment is not None and web.fragment.startswith(("!", "/"))
    return replace(
        web,
        user=None,
        path=_shelf_path(web),
        query=_untracked(web.query, _bare(web.host), own_hosts) if web.query else None,
        fragment=web.fragment if kept else None,
    )


def _shelf_path(web: Web) -> str:
    """The path of an Amazon page without the title and the trail of the search that led to it."""
    if not _AMAZON.fullmatch(_bare(web.host)):
        return web.path
    thing = _AMAZON_THING.fullmatch(web.path)
    return f"/dp/{thing[1]}" if thing else web.path


def _untracked(query: str, host: str, own_hosts: set[str]) -> str | None:
    known = tracking()

    def stays(part: str) -> bool:
        name, _, value = part.partition("=")
        if name.lower() in ("ref", "source") and value and _bare(value.lower()) in own_hosts:
            return False
        return not known.tracks(name, host)

    return "&".join(part for part in query.split("&") if stays(part)) or None


def _unwrapped(web: Web) -> Web:
    """The target of a Google redirect; each step is shorter than the one before, so it ends."""
    while (target := _target(web)) is not None:
        web = target
    return web


def _target(web: Web) -> Web | None:
    if web.path != "/url" or not _bare(web.host).startswith("google.") or not web.query:
        return None
    named = dict(part.partition("=")[::2] for part in reversed(web.query.split("&")))
    return parsed(unquote(named.get("q") or named.get("url") or ""))


_ENDS: Final = ("/", "/index.html", "/amp")


def _plain_path(path: str) -> str:
    while path.endswith(_ENDS) and path != "/amp":
        path = path.removesuffix("/").removesuffix("/index.html")
        path = path if path == "/amp" else path.removesuffix("/amp")
    return path
