"""The stand-in under TypeScript: it compiles, and it is assignable to Stripe's own types."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.command import ROOT
from tests.support.needs import modules, tool

PARTS = ROOT / "mockserver" / "assets"
TYPES = Path(__file__).parent / "types"


# Not assignable: a single error shows that the compiler checks the assertions.
WRONG = "\nexport const wrong: StripeElements = new CardElement(group, {});\n"


# Each major version of @stripe/stripe-js, and where its package is.
OLDEST_AND_NEWEST = {name: (name, "@stripe/stripe-js") for name in ("older", "newest")}
BETWEEN = {f"stripe-js-{major}": ("between", f"stripe-js-{major}") for major in range(5, 10)}


def compiler_errors(folder: Path, packages: Mapping[str, tuple[str, str]]) -> list[str]:
    """The errors of the compiler for all scripts and the assertions, with one wrong assertion for each package."""
    text = (TYPES / "assertions.ts").read_text("utf-8") + WRONG
    assertions = {name: folder / f"{name}.ts" for name in packages}
    for name, file in assertions.items():
        file.write_text(text.replace("@stripe/stripe-js", name), "utf-8")
    paths = {name: [str(modules(app) / package)] for name, (app, package) in packages.items()}
    options = {
        "allowJs": True,
        "checkJs": True,
        "lib": ["es2023", "dom", "dom.iterable"],
        "module": "esnext",
        "moduleDetection": "legacy",
        "moduleResolution": "bundler",
        "noEmit": True,
        # The scripts name the types that they return.
        "paths": {**paths, "@stripe/stripe-js": next(iter(paths.values()))},
        "skipLibCheck": True,
        "strict": True,
        # When a part is loaded, an existing object becomes an instance of the part's class. Its constructor does not
        # run, so `_build` sets the members.
        "strictPropertyInitialization": False,
        "target": "es2022",
        "types": [],
    }
    files = [*PARTS.glob("stripe/*.js"), *PARTS.glob("wingback/*.js"), TYPES / "mock.d.ts", *assertions.values()]
    config = folder / "tsconfig.json"
    config.write_text(json.dumps({"compilerOptions": options, "files": [str(each) for each in files]}), "utf-8")
    done = subprocess.run([tool("tsc"), "-p", config], capture_output=True, text=True, check=False)
    # Further lines of an error are indented.
    return [line for line in done.stdout.splitlines() if line and not line.startswith(" ")]


@pytest.mark.parametrize(
    "packages",
    [
        *(pytest.param({name: package}, id=name) for name, package in OLDEST_AND_NEWEST.items()),
        # One run of the compiler for all of them.
        pytest.param(BETWEEN, id="between"),
    ],
)
def test_stripes_types_accept_the_stand_in(tmp_path: Path, packages: Mapping[str, tuple[str, str]]) -> None:
    """Constructor, Stripe object, group and elements are assignable to the types of @stripe/stripe-js."""
    errors = compiler_errors(tmp_path, packages)

    assert len(packages) == len(errors), errors
    for name in packages:
        (error,) = [each for each in errors if f"{name}.ts" in each]
        assert "'CardElement' is missing the following properties from type 'StripeElements'" in error
