"""The stand-in under TypeScript: sound in itself, and what Stripe's own types say the real one is."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.command import ROOT
from tests.support.needs import modules, tool

PARTS = ROOT / "mockserver" / "assets"
TYPES = Path(__file__).parent / "types"


def compiled(folder: Path, *, major: str, more: str = "") -> str:
    """What the compiler says of all parts, with the assertions and what is appended to them."""
    assertions = folder / "assertions.ts"
    assertions.write_text((TYPES / "assertions.ts").read_text("utf-8") + more, "utf-8")
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
        "target": "es2022",
        "types": [],
    }
    files = [*PARTS.glob("stripe/*.js"), *PARTS.glob("wingback/*.js"), TYPES / "mock.d.ts", assertions]
    config = folder / "tsconfig.json"
    config.write_text(json.dumps({"compilerOptions": options, "files": [str(each) for each in files]}), "utf-8")
    return subprocess.run([tool("tsc"), "-p", config], capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize("major", ["older", "newest"])
def test_stripes_types_accept_the_stand_in(tmp_path: Path, major: str) -> None:
    """Constructor, Stripe object, group and elements are assignable to the types of @stripe/stripe-js."""
    assert "" == compiled(tmp_path, major=major)


def test_the_compiler_would_have_said_so(tmp_path: Path) -> None:
    """The assertions are compiled, and what does not fit is told."""
    said = compiled(
        tmp_path, major="newest", more="\nexport const wrong: StripeElements = new CardElement(group, {});\n"
    )

    assert "error TS" in said
    assert "assertions.ts" in said
