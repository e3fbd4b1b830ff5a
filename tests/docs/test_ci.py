"""Every code block of docs/ci.md.

The services that the blocks describe are started as servers on this machine, with the same arguments and variables. The
files are checked against the JSON Schemas that their tools publish, as far as `check-jsonschema` has them.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

import mockserver
from tests.support.command import ROOT, environment, run, served
from tests.support.fake_docker import fake_docker
from tests.support.markdown import BLOCKS, CI_DOCUMENT, Block, text_of
from tests.support.scenario_files import HAPPY, write

IMAGE = f"ghcr.io/your-organization/wingback-mockserver:{mockserver.__version__}"
ADDRESS = "http://wingback:8080"
READY = "/__mock/health/ready"
STARTING = ("start_period", "start_interval")
"""The parts of a health check that decide how soon a container is healthy."""


def check_schema(block: Block, folder: Path, schema: str) -> None:
    """The file is valid for the tool that reads it."""
    path = folder / "file.yaml"
    path.write_text(block.text, "utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert 0 == done.returncode, done.stdout + done.stderr


def statuses(*arguments: str, hosts: tuple[str, ...], paths: tuple[str, ...], **variables: str) -> set[int]:
    """The statuses of calls with these hosts to a server with these arguments and variables."""
    with served(*arguments, variables=variables) as running:
        return {
            httpx.get(f"{running.url}{path}", headers={"host": host}).status_code for path in paths for host in hosts
        }


def github_services(block: Block, folder: Path) -> None:
    """The variables start a server, its address is the published port, and the checks are those of compose.yaml."""
    check_schema(block, folder, "github-workflows")
    (job,) = yaml.safe_load(block.text)["jobs"].values()
    (service,) = job["services"].values()
    (compose,) = yaml.safe_load((ROOT / "compose.yaml").read_bytes())["services"].values()
    checks = [f"--health-{name.replace('_', '-')} {compose['healthcheck'][name]}" for name in STARTING]

    assert IMAGE == service["image"]
    assert ["8080:8080"] == service["ports"]
    assert "http://127.0.0.1:8080" == job["steps"][-1]["env"]["WINGBACK_URL"]
    assert " ".join(checks) == service["options"]
    assert {200} == statuses(hosts=("127.0.0.1:8080", "wingback:8080"), paths=(READY,), **service["env"])


def gitlab_services(block: Block, folder: Path) -> None:
    """The arguments start a server, and it accepts the name of the service."""
    check_schema(block, folder, "gitlab-ci")
    (job,) = yaml.safe_load(block.text).values()
    (service,) = job["services"]

    assert IMAGE == service["name"]
    assert ADDRESS == job["variables"]["WINGBACK_URL"] == f"http://{service['alias']}:8080"
    assert {200} == statuses(*service["command"], hosts=("wingback:8080",), paths=(READY,))


def compose_command(block: Block, _: Path) -> None:
    """It waits for the health of the only service of compose.yaml."""
    (service,) = yaml.safe_load((ROOT / "compose.yaml").read_bytes())["services"].values()

    assert "docker compose up --wait" == block.text.strip()
    assert ["CMD", "mockserver", "health"] == service["healthcheck"]["test"]


def compose_services(block: Block, folder: Path) -> None:
    """The arguments start a server, and the other service waits for its health and calls it by its name."""
    check_schema(block, folder, "compose-spec")
    services = yaml.safe_load(block.text)["services"]
    (name, mock), (_, tests) = services.items()

    assert IMAGE == mock["image"]
    assert {name: {"condition": "service_healthy"}} == tests["depends_on"]
    assert {"WINGBACK_URL": f"http://{name}:8080"} == tests["environment"]
    assert set(STARTING) == mock["healthcheck"].keys()
    assert {200} == statuses(*mock["command"], hosts=(f"{name}:8080",), paths=(READY,))


def kubernetes(block: Block, _: Path) -> None:
    """The arguments start a server, and its probes get 200 from it, by IP address and by the name of the Service.

    The two replicas share the store, whose address is that of the other Service.
    """
    deployment, service, store, store_service = yaml.safe_load_all(block.text)
    pod = deployment["spec"]["template"]
    (container,) = pod["spec"]["containers"]
    (port,) = container["ports"]
    probes = [container[name]["httpGet"] for name in ("livenessProbe", "readinessProbe")]
    name = service["metadata"]["name"]
    hosts = ("10.1.2.3:8080", f"{name}:8080", f"{name}.shop.svc.cluster.local:8080", f"{name}.shop.svc:8080")

    assert IMAGE == container["image"]
    assert 2 == deployment["spec"]["replicas"]
    address = f"redis://{store_service['metadata']['name']}:{store_service['spec']['ports'][0]['port']}/0"
    assert [{"name": "MOCKSERVER_STORE", "value": address}] == container["env"]
    assert store["spec"]["template"]["metadata"]["labels"] == store_service["spec"]["selector"]
    assert pod["metadata"]["labels"] == deployment["spec"]["selector"]["matchLabels"] == service["spec"]["selector"]
    assert [{"name": "http", "port": 8080, "targetPort": port["name"]}] == service["spec"]["ports"]
    assert {port["name"]} == {probe["port"] for probe in probes}
    assert 8080 == port["containerPort"]
    assert {200} == statuses(*container["args"], hosts=hosts, paths=tuple(probe["path"] for probe in probes))


def started_container(block: Block, folder: Path) -> None:
    """The library creates the container, waits for it, prints what the comment says, and removes it."""
    (folder / "block.py").write_text(block.text, "utf-8")
    with fake_docker() as engine:
        variables = {"DOCKER_HOST": engine.host, "TESTCONTAINERS_RYUK_DISABLED": "true", "HOME": str(folder)}
        # The library asks the engine for another address if the tests themselves run in a container.
        variables["TESTCONTAINERS_CONNECTION_MODE"] = "docker_host"
        done = subprocess.run(
            [sys.executable, "-W", "error", "block.py"],
            cwd=folder,
            env=environment(variables),
            capture_output=True,
            text=True,
            check=False,
        )

    assert re.findall(r"# -> (.+)", block.text) == done.stdout.splitlines(), done.stderr
    (created,) = engine.created
    assert (IMAGE, ["--seed", "1"], ["8080/tcp"]) == (created["Image"], created["Cmd"], list(created["ExposedPorts"]))
    assert 1 == engine.removed


def pre_commit_hook(block: Block, folder: Path) -> None:
    """pre-commit can read it, and the hook of this repository accepts the arguments."""
    (folder / "config.yaml").write_text(block.text, "utf-8")
    command = [sys.executable, "-m", "pre_commit", "validate-config", "config.yaml"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    (repository,) = yaml.safe_load(block.text)["repos"]
    (used,) = repository["hooks"]
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_bytes())
    program, *arguments = hook["entry"].split()
    write(folder / "mocks" / "scenarios", happy_path=HAPPY)

    assert (0, "") == (done.returncode, done.stdout)
    assert (hook["id"], f"v{mockserver.__version__}") == (used["id"], repository["rev"])
    assert "mockserver" == program
    assert 0 == run(*arguments, *used["args"], cwd=folder).returncode


def github_action(block: Block, folder: Path) -> None:
    """The action has each input that is used, and its name is that of the other examples."""
    check_schema(block, folder, "github-workflows")
    (job,) = yaml.safe_load(block.text)["jobs"].values()
    step = job["steps"][-1]
    action = yaml.safe_load((ROOT / "action.yml").read_bytes())

    assert IMAGE.removeprefix("ghcr.io/").replace(":", "@v") == step["uses"]
    assert step["with"].keys() <= action["inputs"].keys()
    assert set(re.findall(r"`([\w-]+)`", text_of(CI_DOCUMENT).rpartition("The inputs")[2])) >= action["inputs"].keys()


# The runner of each block: where the block is, how it begins, and what tests it.
RUNNERS: dict[tuple[str, str], Callable[[Block, Path], Any]] = {
    ("GitHub Actions", "name: Tests"): github_services,
    ("GitLab CI", "tests:"): gitlab_services,
    ("Docker Compose", "docker compose"): compose_command,
    ("Docker Compose", "services:"): compose_services,
    ("Kubernetes", "apiVersion:"): kubernetes,
    ("Testcontainers", "import"): started_container,
    ("Check scenario files", "repos:"): pre_commit_hook,
    ("Check scenario files", "name: Scenarios"): github_action,
}
CI_BLOCKS = [block for block in BLOCKS if block.document == CI_DOCUMENT]


def runners_of(block: Block) -> list[Callable[[Block, Path], Any]]:
    return [
        runner
        for (heading, start), runner in RUNNERS.items()
        if block.heading == heading and block.text.startswith(start)
    ]


def test_every_block_has_one_runner() -> None:
    """A block that no test runs is an error, and so is a runner whose block no longer exists."""
    found = [runners_of(block) for block in CI_BLOCKS]

    assert [1] * len(CI_BLOCKS) == [len(runners) for runners in found]
    assert set(RUNNERS.values()) == {runner for runners in found for runner in runners}


@pytest.mark.parametrize("block", CI_BLOCKS, ids=lambda block: block.heading)
def test_the_block_works_as_written(block: Block, tmp_path: Path) -> None:
    """Each block does what its runner says."""
    (runner,) = runners_of(block)

    runner(block, tmp_path)
