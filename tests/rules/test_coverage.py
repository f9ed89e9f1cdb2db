from pkm.rules.coverage import distinct_words, rarest, same_site, sharing


def test_words_are_told_once_folded_and_those_of_the_title_come_first():
    assert distinct_words("Zürich's Leitzins", "Der Leitzins 2026 der EZB in Zürich") == (
        "zurich",
        "leitzins",
    )


def test_rare_is_what_others_have_too_but_few():
    counts = {"only": 1, "leitzins": 3, "bank": 40, "many": 900, "sparquote": 2}

    assert rarest(counts, things=1_000) == ("sparquote", "leitzins")
    assert rarest(counts, things=10_000) == ("sparquote", "leitzins", "bank")


def test_three_shared_words_are_enough_or_two_with_one_of_the_title():
    found = {"alpha": {"i1", "i2"}, "beta": {"i1", "i2", "i3"}, "gamma": {"i1"}, "delta": {"i3"}}

    told = sharing(found, ("alpha", "beta", "gamma", "delta"), "On Alpha")
    assert [(one.item, one.words) for one in told] == [
        ("i1", ("alpha", "beta", "gamma")),
        ("i2", ("alpha", "beta")),
    ]


def test_one_site_is_a_host_and_what_stands_below_it():
    assert same_site("https://www.news.example/a", "https://news.example/b")
    assert same_site("https://blog.news.example/a", "https://news.example/b")
    assert not same_site("https://oldnews.example/a", "https://news.example/b")
    assert not same_site(None, None)
