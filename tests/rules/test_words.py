import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import VisibilityRefused
from pkm.rules.frontmatter import read
from pkm.rules.words import count_words, cut_private, has_own_words, own_text, own_words
from support.corpus import corpus

NOTE = """\
# The title of the note

> quoted words
> on two lines

^h-7k2m7k2m7k2m

- my comment on it

<!-- pkm:begin daily sha=1 -->
generated, not written
<!-- pkm:end daily -->

## What it says

```python
print("code %% no comment")
```

Plain words %% and a secret %% of mine.

    indented code

<!-- a remark -->

## Links

- contradicts: [[other|Other note]]

### Below links

still links

## After

last words
"""


def test_own_text_is_what_the_user_wrote_line_by_line():
    assert own_text(NOTE) == "- my comment on it\n\nPlain words  of mine.\n\nlast words"
    assert own_words(NOTE) == 10


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("three little words", 3),
        ("don't stop-gap", 2),
        ("word—word", 2),
        ("日本語です", 5),
        ("日本 and 語", 4),
        ("한국어 단어 셋", 3),
        ("हिन्दी में लिखा", 3),
        ("https://a.example/long/path?with=words", 0),
        ("[a label](https://a.example/) here", 3),
        ("[[stem|the label]] here", 3),
        ("![[picture.png]] ![alt text](x.png)", 0),
        ("- [[only-a-link|With A Long Title]]", 0),
        ("#tag #other/tag", 0),
        ("<b>bold</b> move", 2),
        ("`code words` and one", 2),
        ("--- *** ...", 0),
        ("- [ ] do it", 2),
        ("", 0),
    ],
)
def test_words_are_counted_as_a_reader_would(text, count):
    assert count_words(text) == count


@pytest.mark.parametrize(
    "text",
    [
        "> only a quotation of somebody",
        "# Only a heading that is long",
        "Heading of three words\n======",
        "%% only a comment that is long %%",
        "<!--\nonly a comment\nthat is long\n-->",
        "```\nonly code in here\n```",
        "~~~~\nonly ``` code in\n```\nhere\n~~~~",
        "    only code in here",
        "^h-0123456789ab",
        "two words",
        "## Links\n\n- supports: [[a|Three words long]]",
        "- > a quotation in a list",
        "> ```\n> code in a quotation\n",
        "%% never closed and long enough",
        "<!-- never closed and long enough",
    ],
)
def test_note_without_words_of_its_own_is_unsensed(text):
    assert not has_own_words(text)


@pytest.mark.parametrize(
    "text", ["three little words", "三文字", "> quoted\n\nmy three words", "> ```\n> code\n\nmy three words"]
)
def test_three_words_or_characters_are_enough(text):
    assert has_own_words(text)


def test_prompt_lines_are_nobodys_words():
    assert own_words("What does it mean to you?\n\nNothing.", prompts=["What does it mean to you?"]) == 1


def test_generated_part_that_is_never_closed_swallows_nothing():
    assert own_text("<!-- pkm:begin x -->\nmy own words") == "my own words"


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("a %% b %% c", "a  c"),
        ("a\n%%\nb\n\nc\n%%\nd", "a\n\nd"),
        ("a <!-- private --> b <!-- /private --> c", "a  c"),
        ("a <!--PRIVATE--> b\n\n```\nc\n```\n<!-- / private --> d", "a  d"),
        ("<!-- private -->a<!-- private -->b<!-- /private -->c<!-- /private -->d", "d"),
        ("`%%` is a mark", "`%%` is a mark"),
        ("```\n%% code\n```\nb", "```\n%% code\n```\nb"),
        ("100\\%% sure", None),
        ("<!-- a remark --> b", "<!-- a remark --> b"),
        ("a `b` %% c `d` %% e", "a `b`  e"),
        ("<!-- item i-1 -->\nx\n<!-- /item -->", "<!-- item i-1 -->\nx\n<!-- /item -->"),
    ],
)
def test_private_parts_are_cut(body, left):
    assert cut_private(body) == (body if left is None else left)


@pytest.mark.parametrize(
    "body",
    [
        "a %% b",
        "a %% b %% c %% d",
        "100%% sure\n\n%% secret %%\n\n5%%",
        "a <!-- private --> b",
        "a <!-- private b",
        "a <!-- /private --> b",
        "<!-- private --> a %% b <!-- /private --> c",
        "<!-- private -->\n```\n<!-- /private -->",
        "```\nopen\n\n%% secret %%",
        "- a ` b\n- %% secret ` c",
        "# a ` b\n%% secret ` c",
        "> ```\n> x\n\n%% secret\n",
        "<!-- private end --> b",
    ],
)
def test_mark_without_partner_lets_nothing_leave(body):
    with pytest.raises(VisibilityRefused) as refused:
        cut_private(body)
    assert refused.value.hint
    assert refused.value.what.startswith("line ")


PIECES = st.sampled_from(
    [
        "a",
        " ",
        "\n",
        "\n\n",
        "`",
        "``",
        "```\n",
        "~~~\n",
        "> ",
        "- ",
        "# ",
        "| ",
        "\\",
        "<!-- x -->",
        "-->",
        "%",
        "    ",
        "1. ",
    ]
)


@given(
    st.lists(PIECES, max_size=12), st.lists(PIECES, max_size=12), st.sampled_from(["%%", "<!-- private -->"])
)
@settings(max_examples=300, deadline=None)
def test_secret_that_is_no_code_never_leaves(before, after, mark):
    close = "%%" if mark == "%%" else "<!-- /private -->"
    head, tail = "".join(before), "".join(after)
    body = f"{head}\n\n{mark} SECRET {close}\n\n{tail}"
    try:
        left = cut_private(body)
    except VisibilityRefused:
        return
    # The mark opens a paragraph of its own, so only an open fence or comment can make text of it.
    assert "SECRET" not in left or any(fence in head for fence in ("```", "~~~", "<!--", "%%"))


@given(st.text(alphabet="ab \n`~%<>!-#^h[]|*=\t\\1.", max_size=200))
@settings(max_examples=300, deadline=None)
def test_own_text_of_any_text_holds_only_lines_of_it(body):
    text = own_text(body)

    assert own_words(body) >= 0
    assert len(text) <= len(body)
    assert own_words(text) <= own_words(body) + len(body)


@pytest.mark.parametrize(
    "piece", ["`", "` ``", "[[", "%%", "<!--", "> ", "[a](", "```\n", "- ` a\n", "<a", "\n", "# ", "\\`"]
)
def test_hostile_length_is_read_in_linear_time(piece):
    own_words(piece * 20_000)


@pytest.mark.corpus
def test_every_note_of_the_vaults_is_counted():
    counts = [
        own_words(read(path.read_bytes()).body) for path in sorted(corpus("vaults").rglob("*.md"))[::23]
    ]

    assert sum(count >= 3 for count in counts) > len(counts) / 2
