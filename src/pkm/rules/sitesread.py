"""Read a file of site rules; whatever is wrong with one is told with its line."""

import re
from collections.abc import Callable
from typing import Final, NoReturn

from pkm.errors import UsageError
from pkm.rules.limits import SITES_BYTES
from pkm.rules.sites import GIVEN, PLACE, Example, SiteRule, SiteRules
from pkm.rules.yamlfile import Listed, Mapped, NotReadable, Scalar, Value, read_yaml

Complain = Callable[[int, str], NoReturn]

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
    complain = _complaint(name)
    try:
        root = read_yaml(text, most_bytes=SITES_BYTES)
    except NotReadable as error:
        complain(error.line, error.reason)
    if root is None:
        return SiteRules()
    if not isinstance(root, Mapped):
        complain(root.line, "the file begins with `sites:`, and the rules stand below it")
    pairs = _map(root, complain)
    if strange := set(pairs) - {"sites", "well-known"}:
        complain(root.line, f"'{min(strange)}' is not known here; only sites and well-known are")
    rules = tuple(_rule(node, complain) for node in _list(pairs.get("sites"), complain))
    probes = tuple(_text(node, complain) for node in _list(pairs.get("well-known"), complain))
    return SiteRules(rules=rules, probes=probes)


def _complaint(name: str) -> Complain:
    """What raises a `UsageError` about a line of the file."""

    def complain(line: int, problem: str) -> NoReturn:
        raise UsageError(f"{name}, line {line}: {problem}", hint=f"mend line {line} of {name}")

    return complain


def _rule(node: Value, complain: Complain) -> SiteRule:
    if not isinstance(node, Mapped):
        complain(node.line, "a rule is a map: name, hosts, path, feeds")
    pairs = _map(node, complain)
    if strange := set(pairs) - _KEYS:
        wrong = min(strange)
        complain(pairs[wrong].line, f"'{wrong}' is no part of a rule: {', '.join(sorted(_KEYS))}")
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


def _feed(node: Value, complain: Complain) -> tuple[str, str]:
    pairs = _map(node, complain)
    if set(pairs) != {"title", "url"}:
        complain(node.line, "a feed has a title and a url")
    return _text(pairs["title"], complain), _text(pairs["url"], complain)


def _example(node: Value, complain: Complain) -> Example:
    pairs = _map(node, complain)
    if not {"of", "gives"} <= set(pairs) <= {"of", "gives", "page"}:
        complain(node.line, "an example has `of`, `gives`, and `page` if the rule needs one")
    page = _text(pairs["page"], complain) if "page" in pairs else None
    return Example(of=_text(pairs["of"], complain), page=page, gives=_text(pairs["gives"], complain))


def _path(node: Value, complain: Complain) -> re.Pattern[str]:
    text = _text(node, complain)
    if not text.startswith("/"):
        complain(node.line, "a path begins with a slash")
    open_end = text.endswith("/...")
    pattern = _pattern(
        text.removesuffix("/...").rstrip("/"), "[^/]+", "[^/]+(?:/[^/]+)*", node.line, complain
    )
    return re.compile(pattern.pattern + "(?:/.*)?") if open_end else pattern


def _query(node: Value | None, complain: Complain) -> tuple[tuple[str, re.Pattern[str]], ...]:
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


def _regex(node: Value, complain: Complain) -> re.Pattern[str]:
    try:
        return re.compile(_text(node, complain))
    except re.error as error:
        complain(node.line, f"this is no regular expression: {error}")


def _needed(node: Value, key: str, complain: Complain) -> Value:
    found = _map(node, complain).get(key)
    if found is None:
        complain(node.line, f"the rule has no {key}")
    return found


def _text(node: Value, complain: Complain) -> str:
    if not isinstance(node, Scalar) or not node.text:
        complain(node.line, "a word is missing here")
    return node.text


def _list(node: Value | None, complain: Complain) -> tuple[Value, ...]:
    if node is None or (isinstance(node, Scalar) and not node.text):
        return ()
    if not isinstance(node, Listed):
        complain(node.line, "a list is wanted here")
    return node.values


def _map(node: Value | None, complain: Complain) -> dict[str, Value]:
    if node is None:
        return {}
    if not isinstance(node, Mapped):
        complain(node.line, "a map is wanted here")
    found: dict[str, Value] = {}
    for key, value in node.pairs:
        if key.text in found:
            complain(key.line, f"'{key.text}' stands twice here")
        found[key.text] = value
    return found
