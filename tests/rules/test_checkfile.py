import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import UsageError
from pkm.rules.checkfile import (
    MOVES,
    VERDICTS,
    Answers,
    check_body,
    must_be_verdict,
    read_answers,
    verdict_of,
)
from pkm.rules.notefile import new_note, read_note, set_keys
from pkm.rules.words import own_text
from support.shelves import NOW

FACTS = (("Who", ("by Ada Lark", "at news.example")), ("When", ("published 2026-11-20",)))


def note(answers):
    data = new_note(
        id="n-000000000001",
        title="Check: A",
        date=NOW,
        kind="check",
        body=check_body(FACTS, answers, on="2026-11-22"),
    )
    return read_note(set_keys(data, {"verdict": answers.verdict}) if answers.verdict else data, stem="x")


def test_the_facts_are_no_words_of_the_persons_and_the_answers_are():
    file = note(
        Answers(
            moves={"stop": "I want it to be true.", "trace": "A press release."},
            verdict="mixed",
            reason="Old numbers.",
        )
    )

    assert "by Ada Lark" in file.body
    assert own_text(file.body).split("\n\n") == ["I want it to be true.", "A press release.", "Old numbers."]
    assert (verdict_of(file).word, verdict_of(file).reason) == ("mixed", "Old numbers.")


def test_what_was_skipped_has_no_heading():
    assert "## Find" not in note(Answers(moves={"stop": "x"})).body


def test_a_verdict_that_the_person_edits_in_the_file_is_the_verdict():
    data = (
        b"---\nkind: check\nverdict: Rather Doubtful\n---\n\n## Verdict\n\nI was\nwrong.\n\n## Later\n\nx\n"
    )

    assert verdict_of(read_note(data, stem="x")).word == "rather doubtful"
    assert verdict_of(read_note(data, stem="x")).reason == "I was wrong."
    assert verdict_of(read_note(data.replace(b"check", b"claim", 1), stem="x")) is None


def test_answers_are_read_from_lines_with_names():
    said = read_answers(
        "Stop: I like it.\n  And more.\r\nfind: three others\nverdict: mi\nreason: Old numbers.\n"
    )

    assert said.moves == {"stop": "I like it.\n  And more.", "find": "three others"}
    assert (said.verdict, said.reason) == ("mixed", "Old numbers.")
    assert read_answers("").empty


@pytest.mark.parametrize("text", ["no name here", "verdict: 7", "\n\nx: y"])
def test_answers_that_answer_nothing_are_refused(text):
    with pytest.raises(UsageError):
        read_answers(text)


def test_a_verdict_may_be_begun():
    assert [must_be_verdict(word) for word in ("t", "Mixed", " doubt ", "unk", None)] == [*VERDICTS, None]
    with pytest.raises(UsageError):
        must_be_verdict("")


WORDS = st.text(alphabet="ab c:#\n-\u65e5", max_size=30).map(str.strip).filter(lambda one: ":" not in one)


@given(st.dictionaries(st.sampled_from(MOVES), WORDS.filter(bool)), st.sampled_from([None, *VERDICTS]), WORDS)
@settings(max_examples=80, deadline=None)
def test_answers_come_back_as_they_were_written(moves, verdict, reason):
    lines = [f"{move}: {words}" for move, words in moves.items()]
    lines += [f"verdict: {verdict}"] if verdict else []
    said = read_answers("\n".join([*lines, f"reason: {reason}"]))

    assert (said.moves, said.verdict, said.reason) == (moves, verdict, reason)
