"""Many failures at once: told by reason, each source named once, what to type said once a reason."""

from collections.abc import Sequence
from typing import Final

from pkm.cli.context import Run
from pkm.cli.itemview import named_hint
from pkm.cli.output import say, warn
from pkm.cli.pulling import Outcome
from pkm.errors import FeedError, PkmError
from pkm.rules.amounts import counted
from pkm.rules.clean import Sink, clean
from pkm.rules.tails import short_ids
from pkm.rules.urls import display_url
from pkm.seek.settle import Pulled

_URL: Final = "ADDRESS"
_ID: Final = "ID"


def tell_groups(run: Run, outcome: Outcome) -> None:
    """Say which sources failed and which were not asked, the commonest reason first."""
    troubled = [one for one in outcome.pulled if one.error is not None]
    shorts = dict(
        zip(
            [one.source.id for one in troubled],
            short_ids([one.source.id for one in troubled]),
            strict=True,
        )
    )
    for status in ("failed", "skipped"):
        groups: dict[tuple[str, str, str], list[Pulled]] = {}
        for one in troubled:
            if one.status == status and one.error is not None:
                groups.setdefault(_reason(one, one.error), []).append(one)
        for said, members in sorted(groups.items(), key=lambda pair: -len(pair[1])):
            (warn if status == "failed" else lambda text: say(run, text))(
                _told(status, said, members, shorts)
            )


def _reason(one: Pulled, error: PkmError) -> tuple[str, str, str]:
    """What happened, why and what to type, without this source's own names."""
    url = display_url(one.source.url)
    happened = error.reason if isinstance(error, FeedError) else error.what.removeprefix(f"{url}: ")
    hint = named_hint(error.hint, one.source).replace(one.source.id, _ID)
    return happened.replace(url, _URL), error.why.replace(url, _URL), hint.replace(url, _URL)


def _told(status: str, said: Sequence[str], members: Sequence[Pulled], shorts: dict[str, str]) -> str:
    happened, why, hint = said
    lines = [f"{status}, {counted(len(members), 'source')}: {happened}", why, hint]
    told = [clean(line, Sink.LINE) for line in lines if line]
    for one in sorted(members, key=lambda one: ((one.source.title or "").casefold(), one.source.url)):
        title = clean(one.source.title or "", Sink.LINE)
        told += [f"  {shorts[one.source.id]}  {title}".rstrip(), f"        {display_url(one.source.url)}"]
    return "\n  ".join(told)
