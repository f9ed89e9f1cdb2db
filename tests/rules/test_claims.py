from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.model.note import FileStamp, Note, NoteFile
from pkm.rules.claims import check_claim, citations, said_of, sections

AT = datetime(2026, 11, 22, tzinfo=UTC)
ITEM = "i-0ddm9ppm1gdw"
QUOTE = "h-0ddm9ppm1gdx"
WHOLE = f"""
## Claim

Doubts are what people search for.

## Evidence

- {ITEM} says so
- > a passage

^{QUOTE}

- [[decision-logs]] and https://example.org/a.

## Reasoning

Whoever asks again doubts.

## Confidence

medium: few teams
"""


def claim(body, **fields):
    file = NoteFile(title="T", kind="claim", body=body, **fields)
    stamp = FileStamp(size=1, mtime_ns=1, inode=1, sha="")
    return Note(
        id="n-0ddm9ppm1gdw",
        path="notes/t.md",
        file=file,
        stamp=stamp,
        created_at=AT,
        modified_at=AT,
        indexed_at=AT,
    )


def found(body, *, known=lambda _: True, first_line=1):
    return [(one.check, one.line) for one in check_claim(claim(body), known, first_line=first_line)]


def test_a_whole_claim_has_no_findings():
    assert found(WHOLE) == []


def test_a_claim_without_evidence_is_found_at_its_heading():
    body = "## Claim\n\nIt is so.\n\n## Evidence\n\n<!-- What? -->\n\n## Reasoning\n\nBecause.\n"

    assert found(body, first_line=10) == [("evidence-missing", 14)]


def test_free_words_of_kind_claim_lack_evidence_and_reasoning():
    assert found("It is so.\n", first_line=6) == [("evidence-missing", 6), ("reasoning-missing", 6)]


def test_each_line_of_evidence_has_to_cite_something():
    body = f"## Evidence\n\n- {ITEM} yes\n- everybody says so\n  and has for long\n\nTruly.\n\n## Reasoning\n\nIt is.\n"

    assert found(body) == [("evidence-uncited", 4), ("evidence-uncited", 7)]


def test_what_leads_nowhere_is_an_error_with_its_line():
    body = f"## Evidence\n\n- {ITEM} and\n  [[nowhere]]\n\n## Reasoning\n\nIt is.\n"
    [one] = check_claim(claim(body), lambda cited: cited == ITEM)

    assert (one.level, one.check, one.line) == ("error", "evidence-unresolved", 4)
    assert "'nowhere'" in one.message


def test_a_confidence_is_low_medium_or_high():
    body = WHOLE.replace("medium: few teams", "rather sure")

    assert [check for check, _ in found(body)] == ["confidence-unknown"]


def test_what_was_dropped_or_is_no_claim_is_left_alone():
    assert check_claim(claim("x", status="dropped"), lambda _: True) == ()


def test_citations_are_ids_links_and_addresses():
    text = f"{ITEM}, [[a-note|A note]], [[x#^{QUOTE}]], ![[y#Part]] (https://example.org/a), x-{ITEM}x"

    assert [one for _, one in citations(text)] == [ITEM, "a-note", QUOTE, "y", "https://example.org/a"]


def test_what_stands_in_a_comment_is_not_said():
    assert not sections("## Evidence\n<!--\n- i-0ddm9ppm1gdw\n-->\n")["evidence"].said


def test_sentences_are_paragraphs_and_list_items_of_the_users_own():
    assert said_of(["# T\n\n> quoted words here\n\nOne.\n\n- two\n- three\n", "<!-- four? -->\n"]) == 3
    assert said_of([]) == 0


LINES = st.lists(
    st.sampled_from(
        ["## Claim", "## Evidence", "## Reasoning", "- [[x]]", ITEM, "", "> q", "words", "<!--", "-->", "```"]
    ),
    max_size=20,
)


@settings(max_examples=100, deadline=None)
@given(st.one_of(LINES.map("\n".join), st.text(max_size=200)))
def test_whatever_a_note_holds_each_finding_has_a_line_of_it(body):
    for one in check_claim(claim(body), lambda _: False, first_line=5):
        assert 5 <= one.line <= 5 + body.count("\n") + 1
