"""What a question looks for: its words as queries. Pure.

Words that the user gave are queries of `rules.query`, and any one of them is enough. Else the question's
own words are taken: those of four letters and more that are no function words of English, short ones in
capitals (AI, ADR), and of a script without spaces runs of Han, Katakana or Hangul. Of these an item must hold
two, or the only one. A plural's s is dropped and the beginning is enough, so "decisions" finds "decision".
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from pkm.rules.fold import single
from pkm.rules.query import And, Filter, Node, Or, Term, parse_query, replaced
from pkm.rules.querywords import GRAPH, TIMED

MOST_SIGNS: Final = 6
"""So many words of a question are looked for."""

MOST_GIVEN: Final = 12
MOST_QUESTIONS: Final = 50
"""So many open questions steer seeking; whoever has more is served the newest."""

_WORD: Final = re.compile(r"[^\W_]+(?:[-'\u2019][^\W_]+)*")
_RUN: Final = re.compile(
    "[\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]+|[\u30a1-\u30fa\u30fc]+|[\uac00-\ud7a3]+"
)
_SHORTEST: Final = 4
_FUNCTION_WORDS: Final = frozenset(
    [
        "about",
        "above",
        "across",
        "after",
        "again",
        "against",
        "also",
        "although",
        "always",
        "among",
        "another",
        "because",
        "been",
        "before",
        "being",
        "below",
        "best",
        "better",
        "between",
        "both",
        "cannot",
        "could",
        "does",
        "doing",
        "done",
        "down",
        "during",
        "each",
        "either",
        "else",
        "even",
        "ever",
        "every",
        "from",
        "further",
        "gets",
        "getting",
        "gives",
        "going",
        "good",
        "have",
        "having",
        "here",
        "hers",
        "herself",
        "himself",
        "into",
        "itself",
        "just",
        "keep",
        "keeps",
        "know",
        "less",
        "like",
        "made",
        "make",
        "makes",
        "making",
        "many",
        "might",
        "more",
        "most",
        "much",
        "must",
        "need",
        "needs",
        "neither",
        "never",
        "nothing",
        "often",
        "once",
        "only",
        "onto",
        "other",
        "others",
        "otherwise",
        "ours",
        "ourselves",
        "over",
        "people",
        "perhaps",
        "quite",
        "rather",
        "really",
        "right",
        "same",
        "shall",
        "should",
        "since",
        "some",
        "someone",
        "something",
        "sometimes",
        "such",
        "sure",
        "take",
        "takes",
        "than",
        "that",
        "their",
        "theirs",
        "them",
        "themselves",
        "then",
        "there",
        "these",
        "they",
        "thing",
        "things",
        "think",
        "this",
        "those",
        "though",
        "through",
        "thus",
        "together",
        "under",
        "until",
        "upon",
        "used",
        "using",
        "very",
        "want",
        "wants",
        "well",
        "were",
        "what",
        "whatever",
        "when",
        "where",
        "whether",
        "which",
        "while",
        "whom",
        "whose",
        "will",
        "with",
        "within",
        "without",
        "work",
        "works",
        "would",
        "your",
        "yours",
        "yourself",
    ]
)


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that an item may hold.

    Attributes:
        words: As they are shown to the user.
    """

    words: str
    node: Node


@dataclass(frozen=True, slots=True)
class Steer:
    """What a question looks for.

    Attributes:
        signs: Empty if there is nothing to look for; then nothing matches.
        least: How many of them an item must hold.
    """

    signs: tuple[Sign, ...]
    least: int


NOTHING: Final = Steer((), 0)
"""What looks for nothing."""


def steer(title: str, words: Collection[str] = ()) -> Steer:
    """What a question looks for.

    Args:
        title: The question.
        words: Queries that the user gave; empty for the words of the title.
    """
    given = [Sign(one, node) for one in words if (node := _timeless(parse_query(one))) != And(())]
    if given:
        return Steer(tuple(dict.fromkeys(given))[:MOST_GIVEN], 1)
    signs = tuple(dict.fromkeys(filter(None, map(_sign, _pieces(title)))))[:MOST_SIGNS]
    return Steer(signs, min(2, len(signs)))


def split_words(text: str) -> tuple[str, ...]:
    """The queries that a line with commas names."""
    return tuple(dict.fromkeys(part for one in text.split(",") if (part := " ".join(one.split()))))


def _timeless(node: Node) -> Node:
    """A question has no clock, looks at no links and may not take long: what needs that is read as words."""
    return replaced(node, _as_words)


def _as_words(leaf: Term | Filter) -> Node:
    if isinstance(leaf, Filter) and leaf.key in TIMED | GRAPH | {"regex"}:
        return Term(f"{leaf.key} {leaf.value}")
    return leaf


def _pieces(title: str) -> list[str]:
    """The words of a title; of a script without spaces the runs that carry meaning more often than not."""
    found: list[str] = []
    for word in _WORD.findall(title):
        if single().search(word):
            found += [run for run in _RUN.findall(word) if len(run) > 1]
            found += _WORD.findall(single().sub(" ", word))
        else:
            found.append(word)
    return found


def _sign(word: str) -> Sign | None:
    if single().match(word):
        return Sign(word, Term(word))
    if len(word) < _SHORTEST:
        return Sign(word, Term(word)) if len(word) > 1 and word.isupper() else None
    plain = word.casefold()
    if plain in _FUNCTION_WORDS or re.split("['\u2019]", plain)[0] in _FUNCTION_WORDS:
        return None
    stem = plain[:-1] if plain.endswith("s") and not plain.endswith(("ss", "us", "is")) else plain
    if len(stem) < _SHORTEST:  # the beginnings of three letters are those of too many words
        return Sign(stem, Or((Term(stem), Term(plain))))
    return Sign(stem, Term(stem, prefix=True))
