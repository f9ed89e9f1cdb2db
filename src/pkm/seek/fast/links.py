"""What ids, links and enclosures do to the state of the fast path, when they begin and when they end."""

from typing import Final

from pkm.seek.fast.state import HTML_TYPES, Attributes, State

_AS_HTML: Final = frozenset({*HTML_TYPES, "html", "xhtml"})


def guid(state: State, attributes: Attributes) -> None:
    state.guid_is_link = attributes.get("ispermalink", "true") == "true"
    state.push("id")


def end_guid(state: State) -> None:
    text = state.pop("id")
    if state.guid_is_link:
        state.context().setdefault("link", text)


def _with_href(attributes: Attributes) -> Attributes:
    href = attributes.get("url", attributes.get("uri", attributes.get("href")))
    if href:
        attributes.pop("url", None)
        attributes.pop("uri", None)
        attributes["href"] = href
    return attributes


def link(state: State, attributes: Attributes) -> None:
    rel = attributes.setdefault("rel", "alternate")
    attributes.setdefault("type", "application/atom+xml" if rel == "self" else "text/html")
    context = state.context()
    _with_href(attributes)
    if "href" in attributes:
        attributes["href"] = state.joined(attributes["href"])
    links = context.setdefault("links", [])
    if not (state.in_entry and state.in_image):
        links.append(attributes)
    if "href" not in attributes:
        state.push("link", expects=state.expects_text)
    elif rel == "alternate" and attributes["type"] in _AS_HTML:
        context["link"] = attributes["href"]


def end_link(state: State) -> None:
    state.pop("link")


def enclosure(state: State, attributes: Attributes) -> None:
    attributes = _with_href(attributes)
    attributes["rel"] = "enclosure"
    state.context().setdefault("links", []).append(attributes)


def media_content(state: State, attributes: Attributes) -> None:
    state.context().setdefault("media_content", []).append(attributes)


def transcript(state: State, attributes: Attributes) -> None:
    state.context().setdefault("transcripts", []).append(attributes)
