"""The walk of `pkm sense`: an item, a question, a sentence. Each is filed at once, so Ctrl-C loses nothing."""

import textwrap
from dataclasses import replace
from typing import Final

from pkm.cli.ask import ask_line
from pkm.cli.context import Run
from pkm.cli.filed import tell_filed
from pkm.cli.itemcard import card, show_card
from pkm.cli.output import say, warn
from pkm.cli.picking import last_list
from pkm.cli.terminal import width
from pkm.cli.writing import file_or_put_aside
from pkm.errors import AnswerNeeded
from pkm.model.item import Item, State
from pkm.rules.amounts import counted
from pkm.rules.promptfile import Asks, Part, Prompt, asked_first
from pkm.sense import drafts
from pkm.sense.annotate import Sensed, Sentence
from pkm.sense.asking import next_question
from pkm.sense.claims import findings
from pkm.sense.shapes import shape, title_of
from pkm.sense.walk import skip
from pkm.shelf.shelf import Shelf

_WIDEST: Final = 90


def ask_about(run: Run, shelf: Shelf, item: Item, sentence: Sentence, prompt: Prompt) -> None:
    """Show an item, put the question that comes next, and file what is answered; Enter alone skips it.

    Raises:
        AnswerNeeded: Nobody is there to answer; the item and the question were shown.
    """
    last_list(run, shelf).remember_shown(item.id)
    show_card(run, shelf, card(shelf, item), next_question(shelf, item, prompt))
    if not run.asks or run.json:
        raise AnswerNeeded(
            "a sentence is needed",
            why="--no-input was given" if run.no_input else "there is no terminal to ask on",
            hint=f'pkm sense {item.id}{of_prompt(prompt)} -m "…", or pkm sense {item.id} --skip',
        )
    answered = _answers(run, shelf, item, sentence, prompt)
    if answered is not None:
        tell(run, shelf, file_or_put_aside(shelf, item, answered, name=draft_name(item, prompt)))
    elif item.state == State.KEPT:
        put_off(run, shelf, item)
    else:
        say(run, "Nothing was filed.")


def of_prompt(prompt: Prompt) -> str:
    """The option that names a prompt, for a line to type; empty for the usual one."""
    return "" if prompt.name == "plain" else f" --as {prompt.name}"


def put_off(run: Run, shelf: Shelf, item: Item) -> None:
    """Let an item wait at the end, and say so."""
    skip(shelf, item)
    say(run, f"Skipped, it waits at the end: {item.title or item.id}")


def tell(run: Run, shelf: Shelf, sensed: Sensed) -> None:
    """Say where the words stand, and what a claim still lacks."""
    tell_filed(run, shelf, sensed)
    lacking = findings(shelf, [sensed.note])
    if lacking:
        named = "; ".join(dict.fromkeys(f"{one.message} (line {one.line})" for one in lacking))
        say(run, f"Not whole yet: {named}. To go on: pkm notes edit {sensed.note.id}")


def _answers(run: Run, shelf: Shelf, item: Item, sentence: Sentence, prompt: Prompt) -> Sentence | None:
    if prompt.asks != Asks.EACH:
        answer = ask_line(run, ">", flag="-m")
        return replace(sentence, text=answer) if answer else None
    said: dict[str, list[str]] = {}
    try:
        for number, part in enumerate(prompt.parts):
            _ask_part(run, part, said, shown=number == 0)
    except (KeyboardInterrupt, AnswerNeeded):
        _save(run, shelf, item, prompt, said)
        raise
    if not any(said.values()):
        return None
    return replace(sentence, text=shape(shelf, prompt, said, item), title=title_of(said))


def _ask_part(run: Run, part: Part, said: dict[str, list[str]], *, shown: bool) -> None:
    if not shown:
        columns = min(width(run.environ), _WIDEST)
        warn("\n" + textwrap.fill(f"{part.heading}: {asked_first(part)}", columns))
    answers = said.setdefault(part.heading, [])
    while answer := ask_line(run, "one more, or Enter >" if answers else ">", flag="-m"):
        answers.append(answer)
        if not part.several:
            return


def _save(run: Run, shelf: Shelf, item: Item, prompt: Prompt, said: dict[str, list[str]]) -> None:
    """Keep what was answered before the walk was left, as a draft to go on with."""
    number = sum(map(len, said.values()))
    if number:
        path = drafts.begin(shelf, draft_name(item, prompt), text=shape(shelf, prompt, said, item))
        warn(f"\n{counted(number, 'answer')} kept in {shelf.home.relative(path)}")
        say(run, f"To go on: pkm sense {item.id}{of_prompt(prompt)} --edit")


def draft_name(item: Item, prompt: Prompt) -> str:
    """Stem of the draft in which an item's answers are begun."""
    return f"sense-{item.id}-{prompt.name}" if prompt.asks == Asks.EACH else f"sense-{item.id}"
