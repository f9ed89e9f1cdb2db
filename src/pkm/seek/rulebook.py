"""The user's rules and the items that are here already: what would match, and apply them after the fact."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from pkm.model.decision import By
from pkm.model.item import Item, ListedItem, State
from pkm.rules.amounts import counted
from pkm.rules.matching import Subject
from pkm.rules.ruleset import Act, Rule, Verdict, judge, state_after
from pkm.shelf import ruled
from pkm.shelf.decide import Move, decide
from pkm.shelf.shelf import Shelf
from pkm.store.hiding import View
from pkm.store.items import ItemFilter

_AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a rule would match.

    Attributes:
        matched: Newest first.
        decides: Of how many of them this rule, and no earlier one, would decide what happens.
    """

    rule: Rule
    matched: tuple[ListedItem, ...] = ()
    decides: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of holding rules against items.

    Attributes:
        looked_at: How many items.
        rules: In the order of the file.
    """

    looked_at: int
    rules: tuple[Tried, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What rules did with items that were here: how many of them were put out of view, and so on.

    Attributes:
        looked_at: How many items the rules were held against.
        shown: No rule hides them any more.
    """

    looked_at: int
    hidden: int = 0
    shown: int = 0
    tagged: int = 0
    kept: int = 0
    let_go: int = 0

    @property
    def changed(self) -> int:
        """How many things were done."""
        return self.hidden + self.shown + self.tagged + self.kept + self.let_go


def subjects(shelf: Shelf, since: datetime) -> Iterator[tuple[ListedItem, Subject]]:
    """The items that stand at or after a moment, hidden ones too, newest first.

    Args:
        shelf: Where.
        since: Aware.
    """
    store = shelf.store
    sources = store.sources.by_id()
    listed = store.items.listing(ItemFilter(since=since, hidden=True), sources)
    for start in range(0, len(listed), _AT_ONCE):
        part = listed[start : start + _AT_ONCE]
        arrivals = store.arrivals.of_items([one.item.id for one in part])
        flags = store.search.flags([one.item.id for one in part])
        for one in part:
            text = store.texts.get(one.item.text_sha)
            yield (
                one,
                Subject(
                    item=one.item,
                    text=text.text if text else "",
                    sources=tuple(
                        sources[arrival.source]
                        for arrival in arrivals.get(one.item.id, ())
                        if arrival.source in sources
                    ),
                    noted=bool(one.notes),
                    quoted=bool(store.quotes.of_item(one.item.id)),
                    worded=one.has_own_words,
                    flags=flags[one.item.id],
                ),
            )


def trial(shelf: Shelf, rules: Sequence[Rule], *, since: datetime) -> Trial:
    """Hold rules against what came in since a moment; nothing is changed.

    Args:
        shelf: Where.
        rules: From `rules.ruleset.at_moment`.
        since: Aware.
    """
    matched: dict[str, list[ListedItem]] = {rule.name: [] for rule in rules}
    decides = dict.fromkeys(matched, 0)
    looked_at = 0
    for listed, subject in subjects(shelf, since):
        looked_at += 1
        verdict = judge(rules, subject)
        for name in verdict.matched:
            matched[name].append(listed)
        if verdict.by is not None:
            decides[verdict.by] += 1
    return Trial(
        looked_at=looked_at,
        rules=tuple(
            Tried(rule=rule, matched=tuple(matched[rule.name]), decides=decides[rule.name]) for rule in rules
        ),
    )


def apply(shelf: Shelf, rules: Sequence[Rule], *, since: datetime) -> Applied:
    """Treat what came in since a moment as if it came in now; `undo` takes all of it back.

    What the user decided, put off or showed again stays as it is. What a rule had hidden and none hides now
    comes back into view.
    """
    with shelf.writing():
        judged = [(one.item, judge(rules, subject)) for one, subject in subjects(shelf, since)]
        views = _views(shelf, judged)
        moves = [(item, verdict) for item, verdict in judged if _moves(item, verdict)]
        if not (views or moves or any(verdict.tags for _, verdict in judged)):
            return Applied(looked_at=len(judged))
        command = shelf.store.undo_log.begin(
            "rules apply", f"applied {counted(len(rules), 'rule')}", shelf.now()
        )
        tagged = ruled.add_tags(
            shelf, [(item, verdict.tags) for item, verdict in judged if verdict.tags], command=command
        )
        ruled.set_views(shelf, views, command=command)
        for item, verdict in moves:
            move = Move(after=state_after(verdict, item.state), by=By.RULE, reason=verdict.by)
            decide(shelf, [item], move, command=command)
    return Applied(
        looked_at=len(judged),
        hidden=sum(view.hidden_by is not None for view in views.values()),
        shown=sum(view.hidden_by is None for view in views.values()),
        tagged=tagged,
        kept=sum(verdict.act == Act.KEEP for _, verdict in moves),
        let_go=sum(verdict.act == Act.LET_GO for _, verdict in moves),
    )


def _moves(item: Item, verdict: Verdict) -> bool:
    # Put off is a decision too; and what stays hidden is not kept behind the user's back.
    return item.later_at is None and state_after(verdict, item.state) != item.state


def _views(shelf: Shelf, judged: Sequence[tuple[Item, Verdict]]) -> dict[str, View]:
    now = shelf.store.hiding.views([item.id for item, _ in judged])
    wanted: dict[str, View] = {}
    for item, verdict in judged:
        hidden_by = verdict.by if verdict.act == Act.HIDE else None
        if now[item.id].shown_at is not None or now[item.id].hidden_by == hidden_by:
            continue
        if hidden_by is None or item.state != State.KEPT:
            wanted[item.id] = View(hidden_by=hidden_by)
    return wanted


def show_again(shelf: Shelf, items: Sequence[Item]) -> int:
    """Bring hidden items back into view, for good: no rule hides them again. How many were hidden."""
    with shelf.writing():
        views = shelf.store.hiding.views([item.id for item in items])
        hidden = [item for item, view in views.items() if view.hidden_by is not None]
        if not hidden:
            return 0
        summary = f"showed {counted(len(hidden), 'hidden item')} again"
        command = shelf.store.undo_log.begin("rules unhide", summary, shelf.now())
        return ruled.set_views(shelf, dict.fromkeys(hidden, View(shown_at=shelf.now())), command=command)
