"""What the user's rules do with what arrives: told apart here, carried out in the pull's own transaction."""

from collections.abc import Sequence
from dataclasses import replace

from pkm.model.decision import By
from pkm.model.item import Item, Text
from pkm.model.source import Source
from pkm.rules.matching import Subject
from pkm.rules.ruleset import NOTHING, Act, Rule, Verdict, judge, state_after
from pkm.shelf.decide import Move, decide
from pkm.shelf.shelf import Shelf


def ruled(
    rules: Sequence[Rule],
    item: Item,
    text: Text | None,
    source: Source,
    *,
    flags: frozenset[str] = frozenset(),
) -> tuple[Item, Verdict]:
    """An item as the rules let it in, with its tags and out of view if one hides it; and what else they say.

    Args:
        rules: Those in force; none lets everything in as it is.
        item: Not stored yet.
        text: Its body.
        source: Whose arrival it is.
        flags: What else is known of it: `enclosure`.
    """
    if not rules:
        return item, NOTHING
    verdict = judge(rules, Subject(item=item, text=text.text if text else "", sources=(source,), flags=flags))
    hidden_by = verdict.by if verdict.act == Act.HIDE else None
    return replace(item, tags=(*item.tags, *verdict.tags), hidden_by=hidden_by), verdict


def carry_out(shelf: Shelf, judged: Sequence[tuple[Item, Verdict]]) -> None:
    """Do what rules say of items that are stored; inside `shelf.writing`.

    What a rule keeps is kept by the user, who wrote the rule: it stands in the journal as any other keep.
    """
    rows = [(item.id, tag, tag.casefold()) for item, verdict in judged for tag in verdict.tags]
    shelf.store.items.add_tags(rows, by="rule")
    for verdict in dict.fromkeys(replace(one, tags=(), matched=()) for _, one in judged if one.act):
        moving = [
            item
            for item, one in judged
            if (one.act, one.by) == (verdict.act, verdict.by) and state_after(one, item.state) != item.state
        ]
        if moving:
            move = Move(after=state_after(verdict, moving[0].state), by=By.RULE, reason=verdict.by)
            decide(shelf, moving, move, command=None)
