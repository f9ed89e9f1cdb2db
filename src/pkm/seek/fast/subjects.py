"""What subjects, and the hours to stay away, do to the state of the fast path, when they begin and when they end."""

from typing import Final

from pkm.seek.fast.names import Unfit
from pkm.seek.fast.state import Attributes, End, State

_TAGS_LOOKED_AT: Final = 100


def _add_tag(state: State, term: str | None, scheme: str | None, label: str | None) -> None:
    tags = state.context().setdefault("tags", [])
    tag = {"term": term, "scheme": scheme, "label": label}
    if (term or scheme or label) and tag not in tags[-_TAGS_LOOKED_AT:]:
        tags.append(tag)


def category(state: State, attributes: Attributes) -> None:
    scheme = attributes.get("scheme", attributes.get("domain"))
    _add_tag(state, attributes.get("term"), scheme, attributes.get("label"))
    state.push("category")


def media_category(state: State, attributes: Attributes) -> None:
    attributes.setdefault("scheme", "http://search.yahoo.com/mrss/category_schema")
    category(state, attributes)


def itunes_category(state: State, attributes: Attributes) -> None:
    _add_tag(state, attributes.get("text"), "http://www.itunes.com/", None)
    state.push("category")


def end_category(state: State) -> None:
    text = state.pop("category")
    if not text:
        return
    tags = state.context().get("tags")
    if tags is None:
        raise Unfit
    if tags and not tags[-1]["term"]:
        tags[-1]["term"] = text
    else:
        _add_tag(state, text, None, None)


def end_words(name: str) -> End:
    def end(state: State) -> None:
        for word in (state.pop(name) or "").split(","):
            if word.strip():
                _add_tag(state, word.strip(), None, None)

    return end


def end_skip(name: str) -> End:
    def end(state: State) -> None:
        text = state.pop(name)
        if text and state.in_feed and not state.in_entry:
            state.feed.setdefault(f"skip_{name}s", []).append(text)

    return end
