"""The commands `mockserver` and `python -m mockserver`."""

import sys
from typing import NoReturn

from mockserver.cli.early_stop import stop_early


def main() -> NoReturn:
    """Run the command line. Signals are handled before the slow imports."""
    stop_early()
    try:
        from mockserver.cli.main import run_command

        run_command()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
