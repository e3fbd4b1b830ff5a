"""The commands of `mockserver`. Options become Settings."""

import os
import shutil
import sys
import traceback
from pathlib import Path
from typing import Any

import click

from mockserver.cli.config_file import apply_config
from mockserver.cli.early_stop import StoppedError
from mockserver.cli.json_lines import print_json_error
from mockserver.cli.options import PATH, Duration, WholeNumber, choice, option, repeatable
from mockserver.cli.output import PROGRAM, print_error, print_text
from mockserver.cli.precedence import drop_overruled
from mockserver.errors import UsageError, WorkerError
from mockserver.settings import Settings, bundled, refuse_url
from mockserver.version import __version__

MAX_WIDTH = 100


class ServeByDefault(click.Group):
    """A group of commands that runs `serve` if the arguments name no command."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments; `serve` is inserted if there are none, or if the first is an option of `serve`."""
        own_options = {name for parameter in self.get_params(ctx) for name in parameter.opts}
        if not args or (args[0].startswith("-") and args[0] not in own_options):
            args = ["serve", *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=ServeByDefault,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": MAX_WIDTH, "show_default": True},
)
@click.version_option(__version__, prog_name=PROGRAM, message="%(prog)s %(version)s")
def commands() -> None:
    """A mock of Wingback's "create payment session" API that follows its OpenAPI contract.

    Without a command, serve is run: `mockserver --port 9000` is `mockserver serve --port 9000`.
    """


spec_option = option(
    "--spec", type=PATH, help="OpenAPI 3.0 or 3.1 document (YAML, JSON); default: the bundled contract."
)
scenarios_option = option(
    "--scenarios", type=PATH, help="Folder of scenario files; default: the bundled ones, or none if --spec is given."
)

config_option = option(
    "--config",
    type=PATH,
    is_eager=True,
    expose_value=False,
    callback=apply_config,
    help="TOML file with flags; default: [tool.mockserver] in pyproject.toml.",
)


@commands.command()
@config_option
@spec_option
@scenarios_option
@option("--scenario", help="Scenario that answers unless the request or its namespace selects another one.")
@option("--host", default="127.0.0.1", help="Address to listen on.")
@option("--port", type=WholeNumber(0, 65535), default=8080, help="Port to listen on; 0 selects a free one.")
@option("--port-file", type=PATH, help="File that gets the port while the server listens.")
@option("--uds", type=PATH, help="Unix socket to listen on, instead of a port.")
@option("--tls", type=click.Choice(["self-signed"]), help="Serve https with a certificate made for this run.")
@option("--tls-cert", type=PATH, help="Serve https with this certificate and its chain, in PEM format.")
@option("--tls-key", type=PATH, help="Key of the certificate, if it is in another file.")
@option("--seed", type=int, help="Seed of generated values: same seed and requests, same replies; default: random.")
@repeatable("--api-key", "api_keys", "Accept only this key")
@choice("--on-violation", ["refuse", "report"], "Refuse invalid requests, or answer and list violations in a header.")
@choice("--stripe-account", ["required", "optional"], "Whether pages must pass stripeAccount to Stripe().")
@option("--strict/--no-strict", help="Treat undocumented members, query parameters and form fields as violations.")
@option("--reload/--no-reload", help="Serve edited contracts and scenarios within a second, without a restart.")
@repeatable("--cors-origin", "cors_origins", "Allow pages of this origin to call the mock")
@repeatable("--allow-host", "allow_hosts", "Accept requests for this host name")
@option("--admin-token", help="Token that calls to the control API under /__mock/ must send.")
@option("--max-body", type=WholeNumber(min=1), default=1024 * 1024, help="Largest request body, in bytes.")
@choice("--log-format", ["text", "json", "none"], "Format of the log; none logs no requests.")
@option("--store", default="memory", help="Where state lives: memory, or the URL of Redis or Valkey (redis://…).")
@option("--store-ttl", type=Duration(), default="24h", help="How long a store keeps a namespace after its last call.")
@option("--store-timeout", type=Duration(), default="10s", help="How long the start waits for the store.")
@option("--workers", type=WholeNumber(1, 64), default=1, help="Number of processes that serve; several need --store.")
@choice(
    "--validation", ["compiled", "openapi-core"], "Validate with compiled schemas first, or only with openapi-core."
)
@click.pass_context
def serve(context: click.Context, /, **values: Any) -> None:
    """Serve the mock until it is stopped."""
    from mockserver.cli.serving import run_server

    drop_overruled(context, values)
    try:
        run_server(Settings(**values), notes=context.obj or ())
    except StoppedError:
        # The server was stopped before it listened.
        context.exit(0)
    except (UsageError, WorkerError) as error:
        if values["log_format"] != "json":
            raise
        print_json_error(str(error))
        context.exit(error.exit_code)
    except Exception:
        if values["log_format"] != "json":
            raise
        print_json_error(traceback.format_exc())
        context.exit(1)


@commands.command()
@config_option
@spec_option
@scenarios_option
@option("--against", type=PATH, help="Another version of the contract: list what it would break.")
@choice("--format", ["text", "json", "github"], "Text, JSON, or annotations for GitHub Actions.", "report_format")
@click.pass_context
def check(
    context: click.Context, spec: Path | None, scenarios: Path | None, against: Path | None, report_format: str
) -> None:
    """Check scenario files: syntax, replies against the contract, and the examples.

    The exit code is 0 if there is no problem, 1 if there is one, and 2 if the contract or the folder cannot be read.
    With --spec and without --scenarios only the contract is checked.
    """
    from mockserver.checks import FORMATS, github_error
    from mockserver.checks import check as check_files

    try:
        refuse_url("--against", against)
        report = check_files(Settings(spec=spec, scenarios=scenarios), against=against)
    except UsageError as error:
        if report_format == "github":
            print_text(github_error(str(error)))
        raise
    print_text(FORMATS[report_format](report))
    context.exit(0 if report.ok else 1)


@commands.command("scenarios")
@config_option
@scenarios_option
def list_scenarios(scenarios: Path | None) -> None:
    """List the scenarios with a description, their operations, statuses and faults."""
    from mockserver.cli.scenario_table import scenario_table
    from mockserver.scenarios.format import load_folder

    refuse_url("--scenarios", scenarios)
    library = load_folder(scenarios or bundled("scenarios"))
    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    width = min(MAX_WIDTH, shutil.get_terminal_size().columns) if is_terminal else None
    print_text(scenario_table(library.values(), width=width))


@commands.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from mockserver.scenarios.format.scenario_format import schema_text

    print_text(schema_text().rstrip("\n"))


@commands.command()
@click.argument("url", required=False)
@click.option("--wait", type=Duration(), help="Wait up to this time until the server is healthy, such as 10s.")
@click.pass_context
def health(context: click.Context, url: str | None, wait: float | None) -> None:
    """Check that a running server is healthy.

    URL defaults to the server that this user started last with the same MOCKSERVER_HOST and MOCKSERVER_PORT, or to the
    one that these variables describe. The exit code is 0 if the server is healthy, 1 if it is not, and 2 if the URL
    cannot be used.
    """
    from mockserver.cli.health_check import health_problem, local_problem, repeated

    def found() -> str | None:
        return local_problem(os.environ) if url is None else health_problem(url)

    problem = repeated(found, seconds=wait) if wait else found()
    if problem is None:
        print_text("ok")
    else:
        print_error(problem)
        context.exit(1)
