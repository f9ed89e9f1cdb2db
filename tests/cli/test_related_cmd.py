import json

import pytest

from pkm.shelf import home as homes
from support.shelves import Clock, opened, stored_item


@pytest.fixture
def two(home):
    with opened(homes.at(home), now=Clock()) as shelf:
        yield [
            stored_item(
                shelf, title=title, url=f"https://example.org/{title}", html="<p>etcd and its quorum</p>"
            )
            for title in ("One", "Two")
        ]


def test_what_belongs_with_an_item_is_listed_with_the_reason(pkm, two):
    code, out, _ = pkm("related", two[0].id)

    assert code == 0
    assert out.startswith(f"{two[1].id}\titem\tTwo\thttps://example.org/Two\tboth say ")
    told = json.loads(pkm("related", two[0].id[-6:], "--json").out)
    assert told["schema"] == "pkm.related/1"
    assert set(told["related"][0]) == {"kind", "id", "title", "url", "because", "rank"}


def test_rows_of_the_last_list_are_good_for_it_and_its_rows_for_others(pkm, two):
    pkm("find", "title:One", terminal=True, columns=80)
    assert "Two" in pkm("related", "1", terminal=True, columns=60).out
    assert pkm("related", "1", terminal=True, columns=60).out.count("One") == 1


def test_nothing_in_common_is_said(pkm, home):
    with opened(homes.at(home), now=Clock()) as shelf:
        item = stored_item(shelf, title="One")

    code, out, err = pkm("related", item.id)
    assert (code, out) == (0, "")
    assert "no rare word" in err
    assert pkm("related", "zzzz").code == 1
