from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import Refused
from pkm.model.secret import Secret
from pkm.rules.secretsfile import read_secrets, write_secrets

SINCE = datetime(2026, 11, 22, 12, tzinfo=UTC)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
SECRETS = st.builds(
    Secret,
    name=st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,20}[A-Za-z0-9])?", fullmatch=True),
    value=st.none() | TEXTS,
    command=st.lists(TEXTS, max_size=3).map(tuple),
    origins=st.lists(TEXTS, max_size=2).map(tuple),
    since=st.just(SINCE),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(SECRETS, max_size=4, unique_by=lambda one: one.name))
def test_secrets_that_are_written_are_read_back(secrets):
    assert read_secrets(write_secrets(secrets)) == {one.name: one for one in secrets}


@pytest.mark.parametrize("text", ["[a]\nvalue = hunter2", "value = 'hunter2", "[" * 5_000])
def test_a_damaged_file_is_told_without_a_word_of_it(text):
    with pytest.raises(Refused) as refused:
        read_secrets(text)
    assert "hunter2" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_what_a_hand_wrote_badly_is_passed_over():
    read = read_secrets(
        'top = 1\n[".."]\nvalue = "x"\n[a]\nvalue = 1\norigins = "x"\nsince = "then"\ncommand = [1]\n'
    )
    assert set(read) == {"a"}
    assert (read["a"].value, read["a"].origins, read["a"].command) == (None, (), ())


def test_a_secret_goes_to_its_own_servers_and_from_http_up_to_https_alone():
    secret = Secret(name="a", value="x", origins=("https://a.example", "http://b.example:8080"), since=SINCE)
    assert secret.may_go_to("https://a.example")
    assert not secret.may_go_to("http://a.example")
    assert not secret.may_go_to("https://a.example:444")
    assert secret.may_go_to("https://b.example:8080")
    assert "x" not in repr(secret).replace("example", "")
