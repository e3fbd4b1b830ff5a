"""The command line: what is typed becomes Settings, what goes wrong becomes one line and an exit code.

Exit codes: 0 fine, 1 something checked does not hold, 2 wrong usage, spec or scenario.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import click

from mockserver.errors import UsageError
from mockserver.version import __version__

__all__ = ["commands", "main"]

PROGRAM = "mockserver"
WIDEST = 100


class Several(click.types.StringParamType):
    """Text that may be given several times; its variable holds several, separated by commas or white space."""

    def split_envvar_value(self, rv: str) -> list[str]:
        """The values in the variable."""
        return [value for value in re.split(r"[,\s]+", rv) if value]


class ServeByDefault(click.Group):
    """A group of commands in which no command, or options alone, mean `serve`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put in the command that was left out."""
        own = {name for parameter in self.get_params(ctx) for name in parameter.opts}
        if not args or (args[0].startswith("-") and args[0] not in own):
            args = ["serve", *args]
        return super().parse_args(ctx, args)


def option(flag: str, *names: str, **attributes: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A flag with its variable: `--max-body` and MOCKSERVER_MAX_BODY."""
    variable = f"{PROGRAM}_{flag.removeprefix('--')}".upper().replace("-", "_")
    return click.option(flag, *names, envvar=variable, show_envvar=True, **attributes)


@click.group(cls=ServeByDefault, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name=PROGRAM, message="%(prog)s %(version)s")
def commands() -> None:
    """A mock of Wingback's "create payment session" API that is true to its contract.

    No command, or options alone, mean serve: `mockserver --port 9000` is `mockserver serve --port 9000`.
    """


spec_option = option(
    "--spec",
    type=click.Path(path_type=Path),
    help="OpenAPI 3.0 or 3.1 document, YAML or JSON; default: the bundled contract.",
)
scenarios_option = option(
    "--scenarios",
    type=click.Path(path_type=Path),
    help="Folder of scenario files; default: the bundled ones, with --spec none.",
)


@commands.command()
@spec_option
@scenarios_option
@option("--scenario", help="Answer with this scenario where neither request nor namespace chooses another.")
@option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="Port; 0 means any free one.")
@option("--seed", type=int, help="Repeat a run: same seed, same requests, same bytes; default: a new one.")
@option("--api-key", "api_keys", type=Several(), multiple=True, help="Accept this key only; may be repeated.")
@option(
    "--on-violation",
    type=click.Choice(["refuse", "report"]),
    default="refuse",
    show_default=True,
    help="Refuse what breaks the contract, or answer it and list the violations in a header.",
)
@option("--reload", is_flag=True, help="Serve what is edited, spec and scenarios, within a second.")
@option(
    "--cors-origin", "cors_origins", type=Several(), multiple=True, help="Serve pages of this origin; may be repeated."
)
@option(
    "--allow-host", "allow_hosts", type=Several(), multiple=True, help="Serve under this host name; may be repeated."
)
@option("--admin-token", help="Guard the control API under /__mock/ by this token.")
@option(
    "--max-body", type=click.IntRange(min=1), default=1024 * 1024, show_default=True, help="Longest body, in bytes."
)
@option(
    "--log-format",
    type=click.Choice(["text", "json", "none"]),
    default="text",
    show_default=True,
    help="Form of the log; none keeps no log of requests.",
)
@option(
    "--validation",
    type=click.Choice(["compiled", "openapi-core"]),
    default="compiled",
    show_default=True,
    help="Let compiled schemas accept what is valid, or ask openapi-core about every message.",
)
def serve(**values: Any) -> None:
    """Serve the mock until it is stopped."""
    from mockserver.cli.greeting import greeting
    from mockserver.loading import load_engine
    from mockserver.server import serve as serve_app
    from mockserver.settings import Settings
    from mockserver.web import AccessLog, create_app

    settings = Settings(**values)
    engine = load_engine(settings)
    log = AccessLog(settings.log_format, sys.stdout) if sys.stdout and settings.log_format != "none" else None
    app = create_app(settings, engine=engine, log=log)
    serve_app(app, settings, on_started=lambda url: say(greeting(settings, engine, url)))


@commands.command()
@spec_option
@scenarios_option
@option("--against", type=click.Path(path_type=Path), help="Another version of the contract: what would it break?")
@option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="For people, for programs or as annotations of GitHub Actions.",
)
@click.pass_context
def check(context: click.Context, spec: Path | None, scenarios: Path | None, against: Path | None, form: str) -> None:
    """Check scenario files: read them, hold them against the contract and play their examples.

    The exit code is 0 when everything holds, 1 when something does not, and 2 when spec or folder cannot be read.
    With --spec and without --scenarios there is nothing to check but the spec itself.
    """
    from mockserver.checks import FORMATS
    from mockserver.checks import check as check_files
    from mockserver.settings import Settings, refuse_url

    refuse_url("--against", against)
    report = check_files(Settings(spec=spec, scenarios=scenarios), against=against)
    say(FORMATS[form](report))
    context.exit(0 if report.ok else 1)


@commands.command("scenarios")
@scenarios_option
def list_scenarios(scenarios: Path | None) -> None:
    """List the scenarios: name, what the client experiences, operations, statuses and faults."""
    from mockserver.cli.scenario_table import listing
    from mockserver.scenarios.format import load_folder
    from mockserver.settings import bundled, refuse_url

    refuse_url("--scenarios", scenarios)
    library = load_folder(scenarios or bundled("scenarios"))
    width = min(WIDEST, shutil.get_terminal_size().columns) if sys.stdout.isatty() else None
    say(listing(library.values(), width=width))


@commands.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from mockserver.scenarios.format.json_schema import schema_text

    say(schema_text().rstrip("\n"))


@commands.command()
@click.argument("url", required=False)
@option("--admin-token", help="The token that guards the control API, if one does.")
@click.pass_context
def health(context: click.Context, url: str | None, admin_token: str | None) -> None:
    """Ask a running server whether it is well.

    Without URL it asks the one that MOCKSERVER_HOST and MOCKSERVER_PORT name, else http://127.0.0.1:8080.
    The exit code is 0 when it is well, and 1 when it is not or does not answer.
    """
    from mockserver.cli.health_check import ask, default_url

    trouble = ask(url or default_url(os.environ), token=admin_token)
    if trouble is None:
        say("ok")
    else:
        complain(trouble)
        context.exit(1)


def main() -> NoReturn:
    """Run the command line of this process."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # In a Latin-1 locale a contract's title with a euro sign would end the server.
            stream.reconfigure(errors="backslashreplace")
    try:
        code = commands.main(prog_name=PROGRAM, standalone_mode=False)
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else PROGRAM
        complain(f"{error.format_message()} (see {path} --help)")
        code = error.exit_code
    except UsageError as error:
        complain(str(error))
        code = 2
    except click.Abort:
        code = 130
    sys.exit(code)


def complain(text: str) -> None:
    """What is wrong, on stderr; scenario files can be wrong in several ways, each has its line."""
    for line in text.splitlines():
        click.echo(f"{PROGRAM}: {line}", err=True)


def say(text: str) -> None:
    """Text on stdout at once; that nobody reads it any more is no reason to stop."""
    try:
        click.echo(text)
    except OSError:
        # Else Python tries again at its end, and fails.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
