"""The command `hyplink`, also as `python -m hyplink`."""

import sys


def main() -> None:
    """Runs the command line. Ctrl-C ends it with status 130 also while the modules that it needs are imported."""
    try:
        from hyplink.cli import main as run

        run()
    except KeyboardInterrupt:
        exec("")  # clears CPython's note of a Ctrl-C during an exec(), as `hyplink.cli.main` does
        sys.exit(130)


if __name__ == "__main__":
    main()
