"""What titles, texts and dates do to the state of the fast path, when they begin and when they end."""

from pkm.seek.fast.state import HTML_TYPES, XHTML, Attributes, End, Start, State


def title(state: State, attributes: Attributes) -> None:
    state.push_content("title", attributes, "text/plain", expects=state.expects_text)


def end_title(state: State) -> None:
    if state.pop_content("title"):
        state.title_depth = state.depth


def end_media_title(state: State) -> None:
    """The title of a picture stands in for that of the item, and gives way to it."""
    before = state.title_depth
    end_title(state)
    state.title_depth = before


def _is_second_text(state: State) -> bool:
    return "summary" in state.context() and not state.has_content


def description(state: State, attributes: Attributes) -> None:
    if _is_second_text(state):
        state.summary_key = "content"
        content(state, attributes)
    else:
        state.push_content("description", attributes, "text/html", expects=state.expects_text)


def abstract(state: State, attributes: Attributes) -> None:
    state.push_content("description", attributes, "text/plain", expects=state.expects_text)


def end_description(state: State) -> None:
    if state.summary_key == "content":
        end_content(state)
    else:
        state.pop_content("description")
    state.summary_key = None


def summary(state: State, attributes: Attributes) -> None:
    if _is_second_text(state):
        state.summary_key = "content"
        content(state, attributes)
    else:
        state.summary_key = "summary"
        state.push_content("summary", attributes, "text/plain")


def end_summary(state: State) -> None:
    if state.summary_key == "content":
        end_content(state)
    else:
        state.pop_content(state.summary_key or "summary")
    state.summary_key = None


def content(state: State, attributes: Attributes) -> None:
    state.has_content = True
    state.push_content("content", attributes, "text/plain")
    state.push("content")  # feedparser does so twice; where elements stand astray, it shows


def encoded(state: State, attributes: Attributes) -> None:
    state.has_content = True
    state.push_content("content", attributes, "text/html")


def body(state: State, attributes: Attributes) -> None:
    state.push_content("content", attributes, XHTML)


def end_content(state: State) -> None:
    readable = state.kind == "text/plain" or state.kind in HTML_TYPES
    text = state.pop_content("content")
    if readable:
        state.context().setdefault("summary", text)


def aside(name: str) -> tuple[Start, End]:
    """A text construct that pkm keeps nothing of."""

    def start(state: State, attributes: Attributes) -> None:
        state.push_content(name, attributes, "text/plain")

    def end(state: State) -> None:
        state.pop_content(name)

    return start, end


def leaf(name: str) -> tuple[Start, End]:
    """A plain text."""

    def start(state: State, _attributes: Attributes) -> None:
        state.push(name)

    def end(state: State) -> None:
        state.pop(name)

    return start, end
