"""The one family of exceptions that hyplink raises on purpose."""

from pathlib import Path

_NO_TEXT = {
    b"PK\x03\x04": "a zip archive, as Excel's workbooks are too; unpack it, or save the sheet as CSV in UTF-8",
    b"\xff\xfe": "text in UTF-16; save the file as UTF-8",
    b"\xfe\xff": "text in UTF-16; save the file as UTF-8",
    b"BZh": "compressed with bzip2; unpack it",
    b"\xfd7zXZ": "compressed with xz; unpack it",
    b"\x28\xb5\x2f\xfd": "compressed with zstd; unpack it",
    b"%PDF-": "a PDF; save its text in UTF-8",
}
"""What files are that begin with these bytes."""


def other_than_text(data: bytes) -> str | None:
    """What a file is, by its first bytes, that is no text in UTF-8 but something known, and what to do; else None."""
    known = next((what for magic, what in _NO_TEXT.items() if data.startswith(magic)), None)
    return known or ("a binary file; wanted text" if b"\0" in data else None)


class HyplinkError(Exception):
    """Something that hyplink could not do, said in one line that tells what to do next.

    Only the command line catches it: the message goes to standard error and the process ends with `exit_status`.

    Args:
        message: what was wrong; where it quotes a library that says more than a line, the lines are joined.
    """

    exit_status = 1

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(line.strip() for line in message.splitlines()))


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

    @classmethod
    def not_utf8(cls, path: Path | str, line: int | None, error: UnicodeDecodeError) -> "InputError":
        """The error of a file that is no text in UTF-8, by the bytes that could not be decoded."""
        data = bytes(error.object)
        if what := other_than_text(data):
            return cls.at(path, None, what)
        return cls.at(path, line, f"byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8")


class RunError(InputError):
    """A run directory that cannot be used as it is: missing, damaged or of another version."""
