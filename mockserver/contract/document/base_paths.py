"""The base paths that an operation is served under: the paths of its servers."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import Any, Final
from urllib.parse import urlsplit

MAX_BASE_PATHS: Final = 100
"""At most so many base paths are served. An `enum` of a server variable can have any number of values."""

_VARIABLE: Final = re.compile(r"\{([^{}]*)\}")
# The part of a URL before its path. It can contain variables, too.
_BEFORE_PATH: Final = re.compile(r"(?:[^/?#]*:)?//[^/?#]*")
_SLASHES: Final = re.compile(r"/{2,}")


def base_paths(servers: Any) -> tuple[str, ...]:
    """The paths of the servers. Their hosts do not matter: the mock answers on the host that it listens on.

    A server whose variables have an `enum` has one path for each combination of their values. A path with doubled
    slashes or with a slash at its end is served as it is written, too.
    """
    found: dict[str, None] = {}
    for server in servers if isinstance(servers, list) else []:
        url = server.get("url") if isinstance(server, dict) else None
        if isinstance(url, str):
            url = url.strip()
            if url.startswith("/") and not url.startswith("//"):
                # The value of a variable can start with a slash, and `//` would start a host.
                url = f"//host{url}"
            for address in islice(_addresses(url, server.get("variables")), MAX_BASE_PATHS):
                found.update(dict.fromkeys(_spellings(address)))
    return tuple(islice(found, MAX_BASE_PATHS)) or ("",)


def _addresses(url: str, variables: Any) -> Iterator[str]:
    """The URL with all combinations of values. Combinations that differ from the defaults in one value come first."""
    before = _BEFORE_PATH.match(url)
    in_path = set(_VARIABLE.findall(url, before.end() if before else 0))
    values: dict[str, Sequence[str]] = {}
    for name, variable in variables.items() if isinstance(variables, dict) else ():
        found = _values(variable)
        # A variable of the host makes no difference, unless its value contains a part of the path.
        values[name] = found if name in in_path or any("/" in each for each in found) else found[:1]
    first = {name: each[0] for name, each in values.items()}
    yield _filled(url, first)
    for name, each in values.items():
        for value in each[1:]:
            yield _filled(url, first | {name: value})
    for combination in product(*values.values()):
        if sum(value != first[name] for name, value in zip(values, combination, strict=True)) > 1:
            yield _filled(url, dict(zip(values, combination, strict=True)))


def _values(variable: Any) -> list[str]:
    """The default of a variable and the values of its enum; an empty text if it has none."""
    if not isinstance(variable, dict):
        return [""]
    enum = variable.get("enum")
    given = [variable.get("default"), *(enum if isinstance(enum, list) else ())]
    return list(dict.fromkeys(str(each) for each in given if isinstance(each, str | int | float))) or [""]


def _filled(url: str, values: dict[str, str]) -> str:
    return _VARIABLE.sub(lambda variable: values.get(variable[1], variable[0]), url)


def _spellings(address: str) -> Iterator[str]:
    """The path of an address with single slashes, and as it is written."""
    try:
        written = "/" + _without_dots(urlsplit(address).path.removeprefix("/"))
    except ValueError:
        return
    path = _SLASHES.sub("/", written).rstrip("/")
    yield path
    if path:
        # A client may append the path of the operation, which starts with a slash, to the URL as it is written.
        yield written
        yield written.removesuffix("/")


def _without_dots(path: str) -> str:
    """The path without the segments `.` and `..` (RFC 3986, 5.2.4): the document counts as being at the root."""
    segments: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del segments[-1:]
        elif segment != ".":
            segments.append(segment)
    return "/".join(segments)
