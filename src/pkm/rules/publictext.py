"""A markdown text as others may read it: nothing that its author marked as private or put in a comment."""

from pkm.rules import words
from pkm.rules.markup import Part, Spans, without


def public_body(body: str) -> str:
    """The body (LF) without private parts and without comments of either form.

    Raises:
        VisibilityRefused: A mark is opened and not closed; never "the rest is public".
    """
    before = None
    # A cut may bring two halves of a mark together, so it is done until nothing is left to cut.
    while body != before:
        before = body
        body = words.cut_private(body)
        spans = Spans(body).all
        comments = ((span.start, span.end) for span in spans if span.part is Part.HTML_COMMENT)
        body = without(body, comments)
    return body
