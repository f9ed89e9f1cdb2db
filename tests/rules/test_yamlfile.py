import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.rules.yamlfile import Listed, Mapped, NotReadable, Scalar, read_yaml


def read(text):
    return read_yaml(text, most_bytes=2_000)


def test_every_scalar_is_the_text_that_was_written():
    found = read("[no, 12:30, 0123, ~, 'yes', 2026-11-22]")
    assert [value.text for value in found.values] == ["no", "12:30", "0123", "~", "yes", "2026-11-22"]


def test_values_know_their_line():
    found = read("# mine\n- a: b\n  c:\n  - d\n")
    assert isinstance(found, Listed)
    [(a, b), (c, d)] = found.values[0].pairs
    assert (a.line, b.line, c.line, d.values[0].line) == (2, 2, 3, 4)


def test_comments_alone_are_nothing():
    assert read("# nothing\n\n") is None
    assert read("") is None


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("- a\n- *b\n", 2, "alias"),
        ("a: &b c\n", 1, "anchor"),
        ("- !!python/object:os.system x\n", 1, "tag"),
        ("a: 1\n---\nb: 2\n", 2, "second document"),
        ("- a: [\n", 2, "did not find"),
        ("- a: b\n\tc: d\n", 2, "tab"),
        ("[a]: b", 1, "key"),
        ("x" * 2_001, 1, "longer"),
        ("[" * 50, 1, "deep"),
    ],
)
def test_what_we_do_not_take_is_named_with_its_line(text, line, words):
    with pytest.raises(NotReadable, match=words) as caught:
        read(text)
    assert caught.value.line == line


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80) | st.text(st.sampled_from("-:[]{}&*!|>'\"%@`#, \n\tab~?"), max_size=60))
def test_any_text_is_read_or_refused(text):
    try:
        found = read(text)
    except NotReadable:
        return
    assert found is None or isinstance(found, Scalar | Listed | Mapped)
