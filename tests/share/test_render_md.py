import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import VisibilityRefused
from pkm.rules.draft import make_block, read_draft
from pkm.share.body import EditionFacts
from pkm.share.render_md import render_markdown

HEAD = "---\nid: d-secret\naudience: clients\nperiod: 2026-W47\n{more}---\n"
FACTS = EditionFacts(number=12, period="2026-W47", visible=lambda _target: None)


def block(number, text):
    made = make_block(items=(f"i-{number}",), note=f"n-{number}", text=text)
    return made.opening + made.text + made.closing


def rendered(body, *, more="", facts=FACTS):
    return render_markdown(read_draft((HEAD.format(more=more) + body).encode()), facts).decode()


def test_readers_get_the_text_and_nothing_of_the_machinery():
    body = (
        "<!-- intro: yours -->\nHello all.\n\n"
        + block(1, "## 4. [One](https://example.org/1)\n\nMy words.\n\n> a passage\n\n— Ana")
        + "\nAnd now:\n\n"
        + block(2, "## 9. [Two](https://example.org/2)\n\nMore words.")
        + "\nSee you.\n<!-- Without words:\n- x\n-->\n"
    )

    assert rendered(body, more="title: My week\n") == (
        "# My week\n\nHello all.\n\n## 1. [One](https://example.org/1)\n\nMy words.\n\n> a passage\n\n— Ana\n\n"
        "And now:\n\n## 2. [Two](https://example.org/2)\n\nMore words.\n\nSee you.\n"
    )


def test_without_a_title_number_and_period_stand_for_it_and_the_question_ends_it():
    assert rendered("Hi.\n", more='ask_readers: "What do *you* do?"\n') == (
        "# No. 12, 2026-W47\n\nHi.\n\nWhat do \\*you\\* do?\n"
    )


def test_private_marks_are_cut_inside_and_outside_blocks():
    out = rendered(
        "Hi %%secret1%% all.\n<!-- private -->secret2<!-- /private -->\n"
        + block(1, "## 1. T\n\nWords %%secret3%%.")
    )

    assert "secret" not in out


@pytest.mark.parametrize("mark", ["%% open", "<!-- open", "<!-- private --> open"])
@pytest.mark.parametrize("where", ["{}\n\n" + block(1, "x"), block(1, "x {}"), block(1, "x") + "\n{}\n"])
def test_an_unclosed_mark_is_refused_wherever_it_is(mark, where):
    with pytest.raises(VisibilityRefused, match="line"):
        rendered(where.format(mark))


def test_a_mark_in_one_part_cannot_be_closed_in_another():
    with pytest.raises(VisibilityRefused):
        rendered("%% a\n\n" + block(1, "x %% y"))


def test_two_halves_that_meet_when_a_comment_goes_are_a_mark():
    with pytest.raises(VisibilityRefused):
        rendered("Hi %<!-- x -->% secret\n")
    assert "secret" not in rendered("Hi %<!-- x -->% secret %<!-- y -->%\n")


def test_ways_into_the_vault_become_words_and_pictures_links():
    out = rendered(
        "See [[Note|mine]], [it](../a.md), ![alt](https://example.org/p.png), ![me](pics/me.jpg).\n"
    )

    assert out.endswith("See mine, it, [alt](https://example.org/p.png), me.\n")


def test_the_title_of_a_hidden_note_never_shows():
    facts = EditionFacts(number=1, period="p", visible=lambda _target: False)

    assert "Secret" not in rendered("See [[Secret plan]] and [[Secret plan|…]].\n", facts=facts)


def test_code_is_left_as_it_is():
    code = "```\n<!-- shown -->\n\n\n[[ -f x ]]\n```"

    assert rendered(f"Run:\n\n{code}\n").endswith(f"Run:\n\n{code}\n")


def test_windows_line_ends_become_plain_ones():
    draft = read_draft((HEAD.format(more="") + "Hi.\n\nBye.\n").replace("\n", "\r\n").encode())

    assert render_markdown(draft, FACTS) == b"# No. 12, 2026-W47\n\nHi.\n\nBye.\n"


@settings(max_examples=100, deadline=None)
@given(
    outside=st.text(max_size=60),
    inside=st.text(alphabet=st.sampled_from("ab%<!-> \n`[]()#"), max_size=60),
)
def test_any_text_renders_to_utf8_with_one_final_newline_or_is_refused(outside, inside):
    try:
        data = rendered(outside + "\n" + block(1, inside))
    except VisibilityRefused:
        return

    assert data.endswith("\n")
    assert not data.endswith("\n\n")
    assert "\r" not in data
    assert data == rendered(outside + "\n" + block(1, inside))
    assert "sha=" not in data or "sha=" in outside


def test_html_typed_or_quoted_is_text_and_addresses_in_angle_brackets_stay():
    out = rendered("> a <img src=x onerror=y> \\<b> \\\\<i> </p> <!doctype> 1 < 2 <https://example.org/a>\n")

    assert out.endswith(
        "> a \\<img src=x onerror=y> \\<b> \\\\\\<i> \\</p> \\<!doctype> 1 < 2 <https://example.org/a>\n"
    )


def test_addresses_lose_what_tracks_keep_their_place_and_show_no_secret():
    typed = "[https://example.org/a?utm_source=x](https://example.org/a?utm_source=x#part) https://me:pass@example.org/f"

    assert rendered(typed + "\n").endswith(
        "[https://example.org/a?utm_source=x](https://example.org/a#part) https://…@example.org/f\n"
    )


def test_what_readers_may_do_with_it_stands_at_the_end():
    draft = read_draft(b"---\nid: d-1\n---\n\nWords.\n")
    facts = EditionFacts(number=1, period="p", forward="Pass it on\n*freely*.", visible=lambda _target: None)

    assert render_markdown(draft, facts).decode().endswith("Words.\n\nPass it on \\*freely\\*.\n")
