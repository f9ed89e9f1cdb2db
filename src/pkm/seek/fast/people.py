"""What authors and owners do to the state of the fast path, when they begin and when they end."""

from pkm.seek.fast.state import Attributes, End, Start, State


def author(state: State, _attributes: Attributes) -> None:
    state.in_author = True
    state.push("author")
    state.context().setdefault("authors", []).append({})


def end_author(state: State) -> None:
    state.pop("author")
    state.in_author = False
    _name_last_author(state)


def _name_last_author(state: State) -> None:
    """Keep an author's text whole, for `values.person` to read (as `seek.tame` does)."""
    context = state.context()
    people, text = context.get("authors"), context.get("author")
    if people and not people[-1] and isinstance(text, str):
        people[-1]["name"] = text


def owner(state: State, _attributes: Attributes) -> None:
    state.in_publisher = True
    state.push("publisher", expects=False)


def end_owner(state: State) -> None:
    state.pop("publisher")
    state.in_publisher = False


def person_part(name: str) -> tuple[Start, End]:
    def start(state: State, _attributes: Attributes) -> None:
        state.push(name, expects=False)

    def end(state: State) -> None:
        text = state.pop(name)
        if state.in_publisher or state.in_author:
            _name_last_author(state)
            state.context().setdefault("authors", [{}])[-1][name] = text

    return start, end


def person_address(state: State, _attributes: Attributes) -> None:
    state.push("href")


def end_person_address(state: State) -> None:
    text = state.pop("href")
    if state.in_author:
        _name_last_author(state)
        state.context().setdefault("authors", [{}])[-1]["href"] = text
