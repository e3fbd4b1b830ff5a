"""The stand-in under TypeScript: it compiles, and it is assignable to Stripe's own types."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.command import ROOT
from tests.support.needs import modules, tool

PARTS = ROOT / "mockserver" / "assets"
TYPES = Path(__file__).parent / "types"


# Not assignable: a single error shows that the compiler checks the assertions.
WRONG = "\nexport const wrong: StripeElements = new CardElement(group, {});\n"


def compiler_errors(folder: Path, major: str) -> list[str]:
    """The errors of the compiler for all scripts and the assertions, with one wrong assertion among them."""
    assertions = folder / "assertions.ts"
    assertions.write_text((TYPES / "assertions.ts").read_text("utf-8") + WRONG, "utf-8")
    options = {
        "allowJs": True,
        "checkJs": True,
        "lib": ["es2023", "dom", "dom.iterable"],
        "module": "esnext",
        "moduleDetection": "legacy",
        "moduleResolution": "bundler",
        "noEmit": True,
        "paths": {"@stripe/stripe-js": [str(modules(major) / "@stripe" / "stripe-js")]},
        "skipLibCheck": True,
        "strict": True,
        # Elements of parts get their members in `_build`, because no constructor runs when they are upgraded.
        "strictPropertyInitialization": False,
        "target": "es2022",
        "types": [],
    }
    files = [*PARTS.glob("stripe/*.js"), *PARTS.glob("wingback/*.js"), TYPES / "mock.d.ts", assertions]
    config = folder / "tsconfig.json"
    config.write_text(json.dumps({"compilerOptions": options, "files": [str(each) for each in files]}), "utf-8")
    done = subprocess.run([tool("tsc"), "-p", config], capture_output=True, text=True, check=False)
    # Further lines of an error are indented.
    return [line for line in done.stdout.splitlines() if line and not line.startswith(" ")]


@pytest.mark.parametrize("major", ["older", "newest"])
def test_stripes_types_accept_the_stand_in(tmp_path: Path, major: str) -> None:
    """Constructor, Stripe object, group and elements are assignable to the types of @stripe/stripe-js."""
    errors = compiler_errors(tmp_path, major)

    assert 1 == len(errors), errors
    assert "assertions.ts" in errors[0]
    assert "'CardElement' is missing the following properties from type 'StripeElements'" in errors[0]
