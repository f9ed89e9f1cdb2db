"""Whether an address is of a site: its host, or a host below it."""


def at_site(url: str | None, site: str) -> bool:
    """Whether the host of an address is that one, or one below it; `www.` says nothing.

    Args:
        url: Any address; None is of no site.
        site: A host as people type it, with or without `https://`, `www.` or a slash behind.
    """
    if not url:
        return False
    host, wanted = _host(url), _host(site)
    return bool(wanted) and (host == wanted or host.endswith("." + wanted))


def _host(url: str) -> str:
    _, slashes, rest = url.partition("//")
    host = (rest if slashes else url).partition("/")[0].partition("?")[0].rpartition("@")[2]
    return host.partition(":")[0].lower().removeprefix("www.").strip(".")
