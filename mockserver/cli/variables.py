"""Finds environment variables with misspelled names."""

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Final

_PREFIX: Final = "MOCKSERVER_"
# What Kubernetes adds for a Service with the name `mockserver`.
_SERVICE_LINK: Final = re.compile(r"SERVICE_(?:HOST|PORT(?:_.*)?)|PORT_\d+_.*")
_LIKENESS: Final = 0.75


def misspelled_variables(environment: Mapping[str, str], known: Collection[str]) -> list[str]:
    """A note for each variable whose name is like that of a known one."""
    names = [name.removeprefix(_PREFIX) for name in known]
    notes: list[str] = []
    for name in sorted(environment.keys() - set(known)):
        own = name.removeprefix(_PREFIX)
        if own == name or _SERVICE_LINK.fullmatch(own):
            continue
        meant = get_close_matches(own, names, n=1, cutoff=_LIKENESS)
        notes += [f"the variable {name} is ignored: did you mean {_PREFIX}{each}?" for each in meant]
    return notes
