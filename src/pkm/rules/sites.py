"""Site rules: which feeds a well-known site has for an address, told by the address alone, or by a word of its page.

The rules are data (`assets/sites.yaml`, and `sites.yaml` of the home), this is the engine that reads and
applies them. In a pattern `{name}` is one part of the host or path, `{name*}` one or more parts, and
`/...` at the end whatever follows. In a feed's address they stand for what was found; `{name[2:]}` is the
same without its first two characters, `{origin}` the scheme and host, `{url}` the address without its query.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from pkm.rules.urlparts import Web, parsed
from pkm.rules.urls import join

PROBES_MOST: Final = 6
PAGE_CHARS: Final = 2_000_000

PLACE: Final = re.compile(r"\{([a-z][a-z_]*)(?:\[([0-9]{1,2}):\])?\}")
GIVEN: Final = frozenset({"origin", "url"})
_HOST_VALUE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLink:
    """A feed that a rule gives.

    Attributes:
        url: Absolute, http or https.
        title: What it holds, for the user to choose by.
    """

    url: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """What a rule promises, for tests.

    Attributes:
        of: An address.
        page: A piece of the page there; None for a rule that needs none.
        gives: The address of the first feed.
    """

    of: str
    page: str | None
    gives: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRule:
    """One rule.

    Attributes:
        name: The site, and which of its pages.
        hosts: Whole hosts without `www.`; empty for a rule of any host.
        path: Whole paths without a slash at the end.
        query: Parameters that must be there.
        where: What the value of a place must look like, whole.
        page: What must stand in the page; its named groups are values too. None: the address is enough.
        feeds: Title and address, with places.
        line: Of the file.
    """

    name: str
    hosts: tuple[re.Pattern[str], ...]
    path: re.Pattern[str]
    query: tuple[tuple[str, re.Pattern[str]], ...]
    where: Mapping[str, re.Pattern[str]]
    page: re.Pattern[str] | None
    feeds: tuple[tuple[str, str], ...]
    examples: tuple[Example, ...]
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRules:
    """A file of rules.

    Attributes:
        rules: The first that fits an address counts.
        probes: Paths where a feed often lies, relative to the page's folder, or to the host with a slash before.
    """

    rules: tuple[SiteRule, ...] = ()
    probes: tuple[str, ...] = ()

    def before(self, first: "SiteRules") -> "SiteRules":
        """These with another file's rules in front, and its probes if it has any."""
        return SiteRules(rules=(*first.rules, *self.rules), probes=first.probes or self.probes)


def by_address(rules: Iterable[SiteRule], url: str) -> tuple[SiteLink, ...]:
    """The feeds of an address that needs no look at its page; empty if no rule fits."""
    web = parsed(url)
    fitting = (rule for rule in rules if rule.page is None)
    return next((links for rule in fitting if web and (links := _links(rule, web, None))), ())


def by_page(
    rules: Iterable[SiteRule], url: str, page: str, *, any_host: bool = False
) -> tuple[SiteLink, ...]:
    """The feeds that an address and a word of its page tell.

    Args:
        rules: To choose from.
        url: Of the page, after redirects.
        page: Its text.
        any_host: Ask the rules for programs that run on any host, else those of certain hosts.
    """
    web, page = parsed(url), page[:PAGE_CHARS]
    fitting = (rule for rule in rules if rule.page is not None and bool(rule.hosts) is not any_host)
    return next((links for rule in fitting if web and (links := _links(rule, web, page))), ())


def probes_of(paths: Iterable[str], url: str) -> tuple[str, ...]:
    """Where to look for a feed that a page does not name: at most six addresses of its host."""
    folder = url if url.partition("?")[0].endswith("/") else f"{url.partition('?')[0]}/"
    found = (join(folder, path) for path in paths)
    return tuple(dict.fromkeys(one for one in found if one))[:PROBES_MOST]


def _links(rule: SiteRule, web: Web, page: str | None) -> tuple[SiteLink, ...]:
    values = _values(rule, web, page)
    if values is None:
        return ()
    filled = ((title, _filled(address, values)) for title, address in rule.feeds)
    return tuple(SiteLink(url=url, title=title) for title, url in filled if url)


def _values(rule: SiteRule, web: Web, page: str | None) -> dict[str, str] | None:
    """What the places of a rule stand for; None if it does not fit."""
    values = _of_host(rule, web.host.removeprefix("www."))
    path = rule.path.fullmatch(web.path.rstrip("/"))
    if values is None or path is None:
        return None
    values |= path.groupdict()
    given = dict(part.partition("=")[::2] for part in reversed((web.query or "").split("&")))
    for key, wanted in rule.query:
        found = wanted.fullmatch(given.get(key, ""))
        if found is None:
            return None
        values |= found.groupdict()
    if rule.page is not None:
        said = rule.page.search(page or "")
        if said is None:
            return None
        values |= {name: _unquoted(value) for name, value in said.groupdict().items() if value}
    if not all(pattern.fullmatch(values.get(name, "")) for name, pattern in rule.where.items()):
        return None
    port = f":{web.port}" if web.port else ""
    origin = f"{web.scheme}://{web.host}{port}"
    return values | {"origin": origin, "url": origin + web.path.rstrip("/")}


def _of_host(rule: SiteRule, host: str) -> dict[str, str] | None:
    if not rule.hosts:
        return {}
    fitting = (found for pattern in rule.hosts if (found := pattern.fullmatch(host)))
    return next((found.groupdict() for found in fitting), None)


def _unquoted(value: str) -> str:
    """A value out of a script, its escapes read as JSON does."""
    try:
        return str(json.loads(f'"{value}"')) if "\\" in value else value
    except ValueError:
        return value


def _filled(address: str, values: Mapping[str, str]) -> str | None:
    host_ends = address.find("/", address.find("://") + 3)

    def value(found: re.Match[str]) -> str:
        text = values.get(found[1], "")[int(found[2] or 0) :]
        in_host = "://" in address[: found.start()] and (host_ends < 0 or found.start() < host_ends)
        # What stands in a host must not be able to end it.
        return text if not in_host or _HOST_VALUE.fullmatch(text) else " "

    return join(None, PLACE.sub(value, address))
