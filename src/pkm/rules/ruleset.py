"""The user's own rules for what arrives, from `rules.yaml`: what they say, and what they decide of an item.

    - name: no webinars
      when: webinar OR "sponsored post"
      do: hide
    - when: author:"Ada Lark"
      sources: [letters]
      do: [tag notes, keep]

Every rule that matches adds its tags, in the order of the file, and a later rule sees them. Of hiding,
keeping and letting go the first rule that matches decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from pkm.model.item import State
from pkm.rules.clean import Sink, clean
from pkm.rules.limits import RULES, RULES_BYTES, TAG_CHARS
from pkm.rules.matching import Matcher, Subject
from pkm.rules.moments import with_moments
from pkm.rules.query import EVERYTHING, And, Filter, Node, Or, explain, filters, read_query
from pkm.rules.querywords import GRAPH, LINKED
from pkm.rules.yamlfile import Listed, Mapped, NotReadable, Scalar, Value, read_yaml

NAME_CHARS: Final = 100
_KEYS: Final = ("name", "when", "do", "sources")
# A pattern may take for ever on some text, and links are of notes: neither has a place in a pull at night.
_FIND_ALONE: Final = GRAPH | {"regex"}


class Act(StrEnum):
    """What a rule may do with an item, besides tagging it."""

    HIDE = "hide"
    KEEP = "keep"
    LET_GO = "let-go"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule.

    Attributes:
        name: As the user calls it, else its query; one line, unlike any other rule's.
        query: `when` as written; empty for all items of its sources.
        when: What it asks of an item, its sources with it.
        tags: What it adds.
        act: What it does besides; None for tags alone.
        sources: As written: ids, or parts of titles or addresses.
        line: Where it begins in the file, from 1.
    """

    name: str
    query: str = ""
    when: Node
    tags: tuple[str, ...] = ()
    act: Act | None = None
    sources: tuple[str, ...] = ()
    line: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with the file.

    Attributes:
        line: Where, from 1.
        what: For a person, without a full stop.
        hint: How to write it instead; may be empty.
    """

    line: int
    what: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFile:
    """A file as it was read.

    Attributes:
        rules: In the order of the file.
        problems: If there is one, no rule may be applied: without the broken one the others may mean
            something else.
    """

    rules: tuple[Rule, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def in_force(self) -> tuple[Rule, ...]:
        """The rules to apply: all of them, or none."""
        return () if self.problems else self.rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the rules decide of one item.

    Attributes:
        tags: To add, in the order of the rules.
        act: What to do; None for nothing.
        by: Name of the rule that decided the act.
        matched: Names of all rules that matched.
    """

    tags: tuple[str, ...] = ()
    act: Act | None = None
    by: str | None = None
    matched: tuple[str, ...] = ()


NOTHING: Final = Verdict()


def at_moment(rules: Sequence[Rule], *, now: datetime, zone: ZoneInfo) -> tuple[Rule, ...]:
    """The rules with `since:3d` and the like as moments."""
    return tuple(replace(rule, when=with_moments(rule.when, now=now, zone=zone)) for rule in rules)


def judge(rules: Sequence[Rule], subject: Subject) -> Verdict:
    """What the rules decide of an item; rules come from `at_moment`."""
    tags: list[str] = []
    decided: Rule | None = None
    matched: list[str] = []
    matcher = Matcher(subject)
    for rule in rules:
        if not matcher.answers(rule.when):
            continue
        matched.append(rule.name)
        fresh = [tag for tag in rule.tags if tag.casefold() not in _folds(subject)]
        if fresh:
            tags += fresh
            subject = replace(subject, item=replace(subject.item, tags=(*subject.item.tags, *fresh)))
            matcher = Matcher(subject)
        if decided is None and rule.act is not None:
            decided = rule
    return Verdict(
        tags=tuple(tags),
        act=decided.act if decided else None,
        by=decided.name if decided else None,
        matched=tuple(matched),
    )


def state_after(verdict: Verdict, state: State) -> State:
    """Where the verdict brings an item: rules move only what nobody has decided about."""
    moves = {Act.KEEP: State.KEPT, Act.LET_GO: State.LET_GO}
    return moves.get(verdict.act, state) if verdict.act and state == State.NEW else state


def _folds(subject: Subject) -> set[str]:
    return {tag.casefold() for tag in subject.item.tags}


# Reading.


def read_rules(text: str, saved: Mapping[str, str] | None = None) -> RuleFile:
    """The rules of a file's text; what is wrong becomes problems, never an exception.

    Args:
        text: Of the file.
        saved: The saved searches, as `rules.query.read_query` takes them.
    """
    try:
        found = read_yaml(text, most_bytes=RULES_BYTES)
    except NotReadable as error:
        return RuleFile(problems=(Problem(line=error.line, what=error.reason),))
    if found is None or (isinstance(found, Scalar) and not found.text.strip()):
        return RuleFile()
    if not isinstance(found, Listed):
        problem = Problem(
            line=found.line, what="rules are a list", hint="begin each with a dash: - when: words"
        )
        return RuleFile(problems=(problem,))
    return _rules(found, saved or {})


def _rules(found: Listed, saved: Mapping[str, str]) -> RuleFile:
    rules: list[Rule] = []
    problems: list[Problem] = []
    if len(found.values) > RULES:
        problems.append(Problem(line=found.values[RULES].line, what=f"more than {RULES} rules"))
    for value in found.values[:RULES]:
        try:
            rule = _rule(value, saved)
        except _Unfit as unfit:
            problems.append(unfit.problem)
            continue
        if any(rule.name == other.name for other in rules):
            problems.append(
                Problem(
                    line=rule.line, what=f"a second rule named '{rule.name}'", hint="give it another name"
                )
            )
        rules.append(rule)
    return RuleFile(rules=tuple(rules), problems=tuple(problems))


class _Unfit(Exception):
    def __init__(self, line: int, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.problem = Problem(line=line, what=what, hint=hint)


def _rule(value: Value, saved: Mapping[str, str]) -> Rule:
    if not isinstance(value, Mapped):
        raise _Unfit(value.line, "a rule is a map", "write: - when: words")
    said = _said(value)
    query = _text(said, "when")
    sources = _texts(said, "sources")
    if not query and not sources:
        raise _Unfit(value.line, "the rule says nothing of what it is for", "add `when: words`")
    line = said["when"].line if query else value.line
    when = _asked(query, sources, line, saved)
    tags, act = _deeds(said, value.line)
    return Rule(
        name=_name(said, query or " ".join(sources)),
        query=query,
        when=when,
        tags=tags,
        act=act,
        sources=sources,
        line=value.line,
    )


def _said(value: Mapped) -> dict[str, Value]:
    said: dict[str, Value] = {}
    for key, part in value.pairs:
        name = key.text.strip().casefold()
        if name not in _KEYS:
            raise _Unfit(key.line, f"a rule knows no '{key.text}'", f"it knows: {', '.join(_KEYS)}")
        if name in said:
            raise _Unfit(key.line, f"'{name}' stands twice in one rule")
        said[name] = part
    return said


def _text(said: dict[str, Value], name: str) -> str:
    value = said.get(name)
    if value is None:
        return ""
    if not isinstance(value, Scalar):
        raise _Unfit(value.line, f"'{name}' must be a text", f"put it into quotes: {name}: '…'")
    return " ".join(value.text.split())


def _texts(said: dict[str, Value], name: str) -> tuple[str, ...]:
    """A text or a list of texts."""
    value = said.get(name)
    parts = value.values if isinstance(value, Listed) else (value,) if value is not None else ()
    found = [_text({name: part}, name) for part in parts]
    return tuple(dict.fromkeys(one for one in found if one))


def _name(said: dict[str, Value], otherwise: str) -> str:
    name = clean(_text(said, "name") or otherwise, Sink.LINE)
    return name if len(name) <= NAME_CHARS else f"{name[: NAME_CHARS - 1]}…"


def _asked(query: str, sources: Sequence[str], line: int, saved: Mapping[str, str]) -> Node:
    read = read_query(query, saved)
    if query and read.tree == EVERYTHING:
        raise _Unfit(line, f"there is no word in `when: {query}`", "quote it: when: '#design'")
    if read.unknown:
        name = read.unknown[0]
        raise _Unfit(line, f"there is no saved search '{name}'", f"""for the word: when: '"@{name}"'""")
    for one in filters(read.tree):
        if one.key in _FIND_ALONE or (one.key == "is" and one.value in LINKED):
            raise _Unfit(line, f"a rule cannot ask for {explain(one)}", "only `pkm find` can; leave it out")
    if not sources:
        return read.tree
    named = Or(tuple(Filter("source", word) for word in sources))
    return And((named, read.tree))


def _deeds(said: dict[str, Value], line: int) -> tuple[tuple[str, ...], Act | None]:
    tags: list[str] = []
    acts: list[Act] = []
    deeds = _texts(said, "do")
    if not deeds:
        raise _Unfit(
            line, "the rule does nothing", "add `do: hide`, `do: keep`, `do: let-go` or `do: tag NAME`"
        )
    for deed in deeds:
        word, _, rest = deed.partition(" ")
        if word.casefold() == "tag" and rest:
            tags.append(_tag(rest, said["do"].line))
        else:
            acts.append(_act(deed, said["do"].line))
    if len(acts) > 1:
        raise _Unfit(said["do"].line, f"a rule cannot {acts[0]} and {acts[1]}", "make two rules of it")
    return tuple(dict.fromkeys(tags)), acts[0] if acts else None


def _act(deed: str, line: int) -> Act:
    try:
        return Act(deed.casefold().replace(" ", "-"))
    except ValueError:
        if deed.casefold() == "tag":
            raise _Unfit(
                line, "a rule cannot 'tag' alone", "name it, and without #: do: tag reading"
            ) from None
        raise _Unfit(line, f"a rule cannot '{deed}'", "it can: hide, keep, let-go, tag NAME") from None


def _tag(words: str, line: int) -> str:
    tag = clean(words.removeprefix("#"), Sink.LINE).strip()
    if not tag or " " in tag or len(tag) > TAG_CHARS:
        raise _Unfit(line, f"'{words}' is no tag", "a tag is one word: tag reading-list")
    return tag
