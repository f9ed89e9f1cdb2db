"""Topics of help that are no commands; each is made from what it describes."""

from collections.abc import Iterator
from typing import Final

from pkm import errors
from pkm.cli.flags import flag_rows
from pkm.cli.pages import Page, Section
from pkm.config import keys, toml_value
from pkm.rules.querywords import ROWS

_MEANINGS: Final = {
    0: "done, or nothing to do",
    1: "a check found something; an id, row or name that nothing answers to",
    2: "the words of the line are off, or an answer was needed and none could be asked",
    3: "not a feed, or nothing could be fetched; with --strict: some source failed",
    4: "credentials are missing or were refused",
    5: "a guard said no: visibility, already shared, hand-edited file, unsafe link or address",
    6: "disk full, over quota, read-only or not allowed to write",
    10: "no home here: `pkm init` makes one",
    11: "busy: another pkm pulls or writes",
    12: "the store is damaged, or was made by a newer pkm",
    70: "a bug in pkm; the message names the log with the traceback",
    130: "stopped by Ctrl-C",
    141: "whoever read our output went away",
    143: "ended by SIGTERM",
}

_SCHEMAS: Final = (
    (
        "pkm.pull/1",
        'pull: {"sources": [{"id", "url", "status", "new", "revised", "rekeyed", "error"}], "totals", "hidden", "quotes"}',
    ),
    (
        "pkm.items/1",
        'seek: {"items": [{"id", "title", "url", "authors", "published", "source", "state", "because", "via", "notes", "kind", "also_in", "comments", "edits"}]}',
    ),
    (
        "pkm.found/1",
        'find: {"found": [{"kind", "id", "title", "url" or "path", "snippet", "rank", "marks": [[start, end]] in the snippet, "span": [start, end] and "hits": [[start, end]] in the text itself, "alike": [id]}], "read_as", "hints"}',
    ),
    (
        "pkm.related/1",
        'related: {"related": [{"kind", "id", "title", "url" or "path", "because": […], "rank"}]}',
    ),
    ("pkm.searches/1", 'searches: {"searches": [{"name", "query", "path"}]}'),
    ("pkm.search-removed/1", 'searches rm: {"search": {"name", "query", "path"}}'),
    (
        "pkm.notes/1",
        'notes list: {"notes": [{"id", "title", "path", "kind", "status", "visibility", "items", "tags", "own_words", "insight"}]}',
    ),
    (
        "pkm.note/1",
        'notes show: {"note": the fields of pkm.notes/1 and "created", "modified", "only", "via", "problem", "body", "quotes", "extra"}',
    ),
    (
        "pkm.questions/1",
        'questions: {"questions": [{"id", "title", "path", "status", "asked", "words", "waiting", "fresh", "looked", "matched": [{"id", "title", "words"}], "kept", "notes"}]}',
    ),
    (
        "pkm.question/1",
        'ask: {"question": the fields of pkm.notes/1, "words", "least", "waiting"}; answer: {"question", "cited"}',
    ),
    (
        "pkm.catchup/1",
        'catchup: {"away_since", "waiting", "items": as in pkm.items/1, "going", "let_go", "put_off", "gaps": [{"source", "title", "after", "before"}], "failing", "applied"}',
    ),
    (
        "pkm.links/1",
        'notes links: {"note": {"id", "title", "path"}, "out": [{"line", "target", "anchor", "label", "rel", "form", "words", "note" or null, "could_be"}], "in": [the same], "mentions": [{"line", "words", "note"}]}',
    ),
    (
        "pkm.moved/1",
        'notes mv: {"note", "from", "to", "title", "links": [{"path", "line", "before", "after"}], "applied"}',
    ),
    (
        "pkm.tags/1",
        'tags list: {"tags": [{"tag", "notes", "items", "sources", "quotes", "with_below"}], "similar": [[more used, less used]]}',
    ),
    ("pkm.tagged/1", 'tag, tags rename: {"changed": ids, "same"}'),
    ("pkm.link/1", 'link: {"note", "to", "relation", "new"}'),
    ("pkm.sense/1", 'sense: {"item" or null, "quotes", "notes", "passage", "prompt"}'),
    ("pkm.sensed/1", 'sense -m, note: {"note", "item", "made", "kept", "quote"}'),
    ("pkm.templates/1", 'templates list: {"templates": [{"name", "used_by", "place", "own"}]}'),
    ("pkm.template/1", 'templates show: {"name", "used_by", "place", "own", "text"}'),
    ("pkm.ejected/1", 'templates eject: {"place"}'),
    (
        "pkm.revisit/1",
        'revisit --list: {"day", "offered": [{"kind", "id", "title", "path" or "url", "why", "because", "met", "wait_days", "due"}]}',
    ),
    ("pkm.revisited/1", 'revisit --answer: {"id", "answer", "wait_days", "due"}'),
    ("pkm.drip/1", 'drip: {"day", "note": {"id", "title", "path", "kind", "created", "text"} or null}'),
    (
        "pkm.check/1",
        'check: {"item", "source", "history", "edits", "coverage", "origins", "named", "checks", "questions"}',
    ),
    (
        "pkm.quotes/1",
        'quotes: {"quotes": [{"id", "text", "item", "title", "url", "note", "path", "comment", "tags", "created", "prefix", "suffix", "start", "text_sha", "standing": null or {"outcome", "text", "start", "at", "earlier"}}]}',
    ),
    (
        "pkm.sources/1",
        'source list, follow: {"sources": [{"id", "url", "title", "space", "tie", "stance", "why", "health"}]}; follow adds "choices" and "left_out"',
    ),
    (
        "pkm.rules/1",
        'rules list: {"path", "rules": [{"number", "name", "when", "sources", "do", "read_as", "line", "hides", "decided"}]}',
    ),
    (
        "pkm.rules-test/1",
        'rules test: {"since", "looked_at", "rules": [{"name", "when", "do", "decides", "matched"}]}',
    ),
    (
        "pkm.rules-applied/1",
        'rules apply: {"looked_at", "hidden", "shown", "tagged", "kept", "let_go"}',
    ),
    ("pkm.unhidden/1", 'rules unhide: {"shown"}'),
    (
        "pkm.status/1",
        'status: {"home", "away_days", "seek": {"sources", "new", "new_sources", "troubled", "pulled_at", "questions": [{"id", "title", "matched"}]}, "sense": {"unsensed", "notes_this_week", "to_meet"}, "share": {"audience", "ready", "drafts", "shared_at"}, "next"}',
    ),
    ("pkm.home/1", 'init: {"home", "made"}'),
    (
        "pkm.commands/1",
        'undo --list: {"commands": [{"number", "name", "summary", "at", "undone_at", "state", "takes_back", "left"}]}',
    ),
    ("pkm.trash/1", 'trash: {"kept": [{"name", "at", "bytes", "path", "command"}], "bytes", "days"}'),
    ("pkm.restored/1", 'trash restore: {"path", "from"}'),
    ("pkm.emptied/1", 'trash empty: {"removed", "bytes"}'),
    (
        "pkm.pruned/1",
        'prune: {"items", "bytes", "freed", "reversible", "done", "sources": [{"id", "title", "items"}]}',
    ),
    (
        "pkm.adopted/1",
        'notes adopt: {"folder", "notes", "links", "broken_links", "problems": [{"path", "problem"}], "unreadable", "copies"}',
    ),
    ("pkm.undone/1", 'undo: {"command", "taken_back", "left"}'),
    ("pkm.doctor/1", 'doctor: {"checks": [{"check", "verdict", "message", "hint"}], "mended"}'),
    (
        "pkm.forgotten/1",
        'doctor --forget: {"id", "removed", "left", "remains", "address_kept", "elsewhere"}',
    ),
    ("pkm.rebuilt/1", 'doctor --rebuild: {"came_back": {"sources", …}, "aside", "torn"}'),
    (
        "pkm.standing/1",
        'share: {"audiences": [{"name", "level", "edition", "exported_at", "days", "drafts", "ready", "withheld"}], "next"}',
    ),
    (
        "pkm.draft/1",
        'share draft: {"draft", "audience", "period", "made", "taken", "kept_edits", "refreshed", "added", "left_out", "withheld", "unsensed", "surplus"}',
    ),
    ("pkm.filed/1", 'share edit: {"draft", "filed", "altered"}'),
    (
        "pkm.findings/1",
        'share check: {"findings": [{"level", "check", "path", "line", "message", "hint"}], "draft", "words_to_file"}; notes check: the same findings with "fixable", and "mended"',
    ),
    (
        "pkm.edition/1",
        'share export: {"edition", "title", "blocks", "new", "files": [{"format", "path", "written"}], "copies", "widened", "filed", "altered"}',
    ),
    (
        "pkm.shares/1",
        'share log: {"shares": [{"event", "at", "state", "audience", "level", "item", "url", "note", "content_sha", "edition", "digest", "channel", "reason", "device", "title"}]}',
    ),
    ("pkm.audiences/1", 'audience list: {"audiences": [{"name", "level", "forward"}]}'),
    ("pkm.audience/1", 'audience show, audience add: {"audience"}'),
    ("pkm.schedule/1", 'schedule: {"home", "timers": [{"with", "text"}]}, and "done" of install and remove'),
    (
        "pkm.health/1",
        'source health: {"sources": [{"id", "url", "title", "since", "message", "hint"}], "may_pass"}',
    ),
    (
        "pkm.redirects/1",
        'source redirects: {"redirects": [{"source", "url", "target", "state", "seen", "since", "taken", "obstacle"}], "taken"}',
    ),
    (
        "pkm.trial/1",
        'source try: {"url", "took_ms", "sent", "hops", "answered_by", "status", "received", "body_bytes", "feed", "links", "error"}',
    ),
    (
        "pkm.backfill/1",
        'source backfill: {"source", "pages": [{"url", "items", "new"}], "ended", "next", "error"}',
    ),
    (
        "pkm.audit/1",
        'source audit: {"since", "requests", "checks": [{"check", "rule", "verdict", "looked_at", "detail", "broken"}]}',
    ),
    (
        "pkm.secrets/1",
        'config secret list: {"secrets": [{"name", "kind", "origins", "sources", "since"}]}',
    ),
    ("pkm.settings/1", 'config show: {"settings": [{"key", "value", "default"}]}'),
)


def schemas() -> tuple[tuple[str, str], ...]:
    """Every JSON schema: its name, who prints it and its fields."""
    return _SCHEMAS


def error_classes(top: type[errors.PkmError] = errors.PkmError) -> Iterator[type[errors.PkmError]]:
    """Every error of the tree, parents first."""
    yield top
    for below in top.__subclasses__():
        if below.__module__ == errors.__name__:
            yield from error_classes(below)


def exit_codes() -> tuple[tuple[int, str], ...]:
    """Every exit code with its meaning, by number, and the kinds of error that end with it."""
    kinds: dict[int, list[str]] = {}
    for error in error_classes():
        kinds.setdefault(error.exit_code, []).append(error.kind)
    codes = sorted(_MEANINGS.keys() | kinds.keys())
    return tuple((code, _MEANINGS[code] + _in_brackets(kinds.get(code, []))) for code in codes)


def _in_brackets(kinds: list[str]) -> str:
    return f" [{', '.join(kinds)}]" if kinds else ""


def exit_codes_page() -> Page:
    """What each exit code means."""
    rows = tuple((str(code), text) for code, text in exit_codes())
    return Page(
        text="In brackets: the kinds of error that --json names.",
        sections=(Section(title="Exit codes", rows=rows),),
    )


def flags_page() -> Page:
    """The flags that every command takes."""
    return Page(
        text="Every command takes these, before or after its name.",
        sections=(Section(title="Flags of every command", rows=flag_rows()),),
    )


def json_page() -> Page:
    """What `--json` promises."""
    return Page(
        text='With --json a command prints one JSON document on stdout; its "schema" names its form. '
        "Fields may be added, never renamed. Moments are RFC 3339 with their zone.\n\n"
        "An error ends with one line on stderr:\n\n"
        '  {"error": {"exit": 10, "kind": "no-home", "message": "...", "hint": "..."}}',
        sections=(Section(title="Schemas", rows=schemas()),),
        closing="`pkm help exit-codes` lists the kinds of error, in brackets.",
    )


def query_page() -> Page:
    """What a query may hold."""
    return Page(
        text="For `pkm find`, `pkm seek`, rules.yaml, the words of a question and saved searches. Whatever you type is "
        "read somehow, and `pkm find … --explain` says how. Accents, case and full width make no difference.",
        sections=(Section(title="Forms", rows=tuple((row.form, row.meaning) for row in ROWS)),),
        closing="A rule and a question ask for no links between notes and for no /regular expression/.",
    )


def settings_page() -> Page:
    """Every setting."""
    rows = []
    for key in keys():
        choices = f" One of: {', '.join(key.choices)}." if key.choices else ""
        rows.append((key.path, f"{key.help}{choices} [default: {toml_value(key.default)}]"))
    return Page(
        text="Settings stand in pkm.toml in your home. A variable such as PKM_SEEK_LIMIT wins over the file, "
        "a flag wins over both.",
        sections=(Section(title="Settings", rows=tuple(rows)),),
    )
