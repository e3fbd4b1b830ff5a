"""`python -m mockserver` is `mockserver`."""

from mockserver.cli.commands import main

if __name__ == "__main__":
    main()
