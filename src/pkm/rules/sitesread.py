"""Read a file of site rules; whatever is wrong with one is told with its line."""

import re
from typing import Final

from pkm.rules.sites import GIVEN, PLACE, Example, SiteRule, SiteRules
from pkm.rules.yamllines import Complain, Node, complaint, read_nodes

_KEYS: Final = frozenset({"name", "hosts", "path", "query", "where", "page", "feeds", "examples"})
_PATTERN: Final = re.compile(r"\{([a-z][a-z_]*)(\*?)\}")


def read_sites(text: str, *, name: str) -> SiteRules:
    """The rules of a file.

    Args:
        text: The file, YAML.
        name: Its name, for errors.

    Raises:
        UsageError: A rule cannot be read; names file and line.
    """
    root = read_nodes(text, name=name)
    complain = complaint(name)
    if root is None:
        return SiteRules()
    if root.pairs is None:
        complain(root.line, "the file begins with `sites:`, and the rules stand below it")
    if strange := set(root.pairs) - {"sites", "well-known"}:
        complain(root.line, f"'{min(strange)}' is not known here; only sites and well-known are")
    rules = tuple(_rule(node, complain) for node in _list(root.pairs.get("sites"), complain))
    probes = tuple(_text(node, complain) for node in _list(root.pairs.get("well-known"), complain))
    return SiteRules(rules=rules, probes=probes)


def _rule(node: Node, complain: Complain) -> SiteRule:
    if node.pairs is None:
        complain(node.line, "a rule is a map: name, hosts, path, feeds")
    if strange := set(node.pairs) - _KEYS:
        wrong = min(strange)
        complain(node.pairs[wrong].line, f"'{wrong}' is no part of a rule: {', '.join(sorted(_KEYS))}")
    pairs = node.pairs
    hosts = [_text(one, complain) for one in _list(pairs.get("hosts"), complain)]
    page = _regex(pairs["page"], complain) if "page" in pairs else None
    if not hosts and page is None:
        complain(node.line, "a rule without hosts needs `page`: what must stand in the page")
    rule = SiteRule(
        name=_text(_needed(node, "name", complain), complain),
        hosts=tuple(_pattern(host, "[^/.]+", r"[^/]+", node.line, complain) for host in hosts),
        path=_path(pairs["path"], complain) if "path" in pairs else re.compile(r".*", re.DOTALL),
        query=_query(pairs.get("query"), complain),
        where={key: _regex(one, complain) for key, one in _map(pairs.get("where"), complain).items()},
        page=page,
        feeds=tuple(_feed(one, complain) for one in _list(_needed(node, "feeds", complain), complain)),
        examples=tuple(_example(one, complain) for one in _list(pairs.get("examples"), complain)),
        line=node.line,
    )
    _check_places(rule, complain)
    return rule


def _check_places(rule: SiteRule, complain: Complain) -> None:
    """Every place of a feed's address, and every name of `where`, must be found somewhere."""
    patterns = [*rule.hosts, rule.path, *(wanted for _, wanted in rule.query)]
    every = [set(pattern.groupindex) for pattern in (*patterns, *((rule.page,) if rule.page else ()))]
    # Of several hosts each must give a value, or the place would be empty on one of them.
    of_hosts = set.intersection(*(set(one.groupindex) for one in rule.hosts)) if rule.hosts else set()
    found = set().union(of_hosts, *every[len(rule.hosts) :], GIVEN)
    for _title, address in rule.feeds:
        used = {place[1] for place in PLACE.finditer(address)}
        if missing := used - found:
            complain(rule.line, f"nothing gives {{{min(missing)}}} of {address}")
        if set(PLACE.sub("", address)) & set("{}"):
            complain(rule.line, f"a place is a word in braces: {address}")
    if missing := set(rule.where) - found:
        complain(rule.line, f"`where` speaks of {min(missing)}, which no pattern has")
    if not rule.feeds:
        complain(rule.line, "the rule gives no feed")


def _feed(node: Node, complain: Complain) -> tuple[str, str]:
    pairs = _map(node, complain)
    if set(pairs) != {"title", "url"}:
        complain(node.line, "a feed has a title and a url")
    return _text(pairs["title"], complain), _text(pairs["url"], complain)


def _example(node: Node, complain: Complain) -> Example:
    pairs = _map(node, complain)
    if not {"of", "gives"} <= set(pairs) <= {"of", "gives", "page"}:
        complain(node.line, "an example has `of`, `gives`, and `page` if the rule needs one")
    page = _text(pairs["page"], complain) if "page" in pairs else None
    return Example(of=_text(pairs["of"], complain), page=page, gives=_text(pairs["gives"], complain))


def _path(node: Node, complain: Complain) -> re.Pattern[str]:
    text = _text(node, complain)
    if not text.startswith("/"):
        complain(node.line, "a path begins with a slash")
    open_end = text.endswith("/...")
    pattern = _pattern(
        text.removesuffix("/...").rstrip("/"), "[^/]+", "[^/]+(?:/[^/]+)*", node.line, complain
    )
    return re.compile(pattern.pattern + "(?:/.*)?") if open_end else pattern


def _query(node: Node | None, complain: Complain) -> tuple[tuple[str, re.Pattern[str]], ...]:
    wanted = _map(node, complain)
    return tuple(
        (key, _pattern(_text(one, complain), "[^&]+", "[^&]+", one.line, complain))
        for key, one in wanted.items()
    )


def _pattern(text: str, one: str, many: str, line: int, complain: Complain) -> re.Pattern[str]:
    """A host, path or value with places as a regular expression."""
    pieces, behind = [], 0
    for place in _PATTERN.finditer(text):
        pieces += [
            re.escape(text[behind : place.start()]),
            f"(?P<{place[1]}>{many if place[2] else one})",
        ]
        behind = place.end()
    rest = text[behind:]
    if "{" in rest or "}" in rest:
        complain(line, f"a place is a word in braces: {text}")
    try:
        return re.compile("".join([*pieces, re.escape(rest)]))
    except re.error:
        complain(line, f"a place stands twice: {text}")


def _regex(node: Node, complain: Complain) -> re.Pattern[str]:
    try:
        return re.compile(_text(node, complain))
    except re.error as error:
        complain(node.line, f"this is no regular expression: {error}")


def _needed(node: Node, key: str, complain: Complain) -> Node:
    found = (node.pairs or {}).get(key)
    if found is None:
        complain(node.line, f"the rule has no {key}")
    return found


def _text(node: Node, complain: Complain) -> str:
    if not node.text:
        complain(node.line, "a word is missing here")
    return node.text


def _list(node: Node | None, complain: Complain) -> list[Node]:
    if node is None or node.text == "":
        return []
    if node.items is None:
        complain(node.line, "a list is wanted here")
    return node.items


def _map(node: Node | None, complain: Complain) -> dict[str, Node]:
    if node is None:
        return {}
    if node.pairs is None:
        complain(node.line, "a map is wanted here")
    return node.pairs
