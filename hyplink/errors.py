"""The one family of exceptions that hyplink raises on purpose."""

from pathlib import Path


class HyplinkError(Exception):
    """Something that hyplink could not do, said in one line that tells what to do next.

    Only the command line catches it: the message goes to standard error and the process ends with `exit_status`.
    """

    exit_status = 1


class InputError(HyplinkError):
    """The user's input is at fault: a file, an option or a setting."""

    exit_status = 2

    @classmethod
    def at(cls, path: Path | str, line: int | None, message: str) -> "InputError":
        """The error of one place in a file: `path:line: message`.

        Args:
            path: the file that was read.
            line: 1-based line number, or None where the whole file is meant.
            message: what was seen, what was wanted and what to do.
        """
        place = f"{path}:{line}" if line is not None else f"{path}"
        return cls(f"{place}: {message}")


class RunError(InputError):
    """A run directory that cannot be used as it is: missing, damaged or of another version."""
