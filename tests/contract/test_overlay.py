"""Overlays: laid over a document in memory, as far as the Overlay Specification is needed here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from mockserver.contract.document import load_document
from mockserver.contract.overlay import lay_over
from mockserver.errors import SpecError
from mockserver.settings import Settings, bundled

PATH = Path("o.yaml")


def action(update: Any, **members: Any) -> dict[str, Any]:
    return {"overlay": "1.0.0", "actions": [{"target": "$", "update": update} | members]}


UPDATES: dict[str, tuple[Any, Any, Any]] = {
    "a member more": ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
    "deeper": ({"a": {"b": 1}}, {"a": {"c": 2}}, {"a": {"b": 1, "c": 2}}),
    "another value": ({"a": 1}, {"a": 2}, {"a": 2}),
    "lists are joined": ({"a": [1]}, {"a": [2]}, {"a": [1, 2]}),
    "a value joins a list": ({"a": [1]}, {"a": 2}, {"a": [1, 2]}),
    "an object for a text": ({"a": "x"}, {"a": {"b": 1}}, {"a": {"b": 1}}),
}


@pytest.mark.parametrize("name", UPDATES)
def test_updates(name: str) -> None:
    """Objects are merged, lists joined, everything else replaced."""
    data, update, expected = UPDATES[name]
    lay_over(data, action(update), PATH)

    assert expected == data


@pytest.mark.parametrize(
    "overlay",
    [
        pytest.param([], id="a list"),
        pytest.param({"overlay": "1.0.0"}, id="no actions"),
        pytest.param({"actions": []}, id="no version"),
        pytest.param({"overlay": "2.0.0", "actions": []}, id="another version"),
        pytest.param(action({}, target="$.paths"), id="another target"),
        pytest.param(action({}, remove=True), id="a removal"),
        pytest.param(action([]), id="an update that is no object"),
    ],
)
def test_what_is_not_understood(overlay: Any) -> None:
    """It is refused with the file's name, never half done."""
    with pytest.raises(SpecError, match=r"^o\.yaml: "):
        lay_over({}, overlay, PATH)


def test_the_bundled_one() -> None:
    """It adds one path and what that needs, and changes nothing."""
    published = load_document(bundled("spec") / "wingback.yaml").data
    settings = Settings()
    laid = load_document(settings.spec_file, overlay=settings.overlay_file)
    added = set(laid.data["paths"]) - set(published["paths"])
    del laid.data["paths"]["/v1/c/customer/{customer_id}/payment/method"]
    del laid.data["components"]["schemas"]["mock.payment.Method"]

    assert {"/v1/c/customer/{customer_id}/payment/method"} == added
    assert published == laid.data
    assert [settings.spec_file, settings.overlay_file] == list(laid.files)


def test_where_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside a contract that was named, or in a folder that took the bundled one's place."""
    monkeypatch.setattr("mockserver.settings.bundled", lambda folder: tmp_path)

    assert Settings().overlay_file is None
    (tmp_path / "wingback.overlay.yaml").write_text("overlay: 1.0.0", "utf-8")
    assert Settings().overlay_file is not None
    assert Settings(spec=Path("mine.yaml")).overlay_file is None


def test_a_broken_one(tmp_path: Path) -> None:
    """Its files are told, so that a reload can watch for them to be mended."""
    spec = tmp_path / "s.yaml"
    spec.write_text(yaml.safe_dump({"openapi": "3.0.3", "info": {}, "paths": {}}), "utf-8")
    with pytest.raises(SpecError, match="does not exist") as caught:
        load_document(spec, overlay=tmp_path / "o.yaml")

    assert (spec, tmp_path / "o.yaml") == caught.value.files
