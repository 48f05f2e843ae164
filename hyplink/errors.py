"""The exceptions that hyplink raises on purpose."""

from pathlib import Path

_SIGNATURES = {
    b"PK\x03\x04": "a zip archive or an Excel workbook; unpack it, or save the sheet as CSV in UTF-8",
    b"\xff\xfe": "text in UTF-16; save the file as UTF-8",
    b"\xfe\xff": "text in UTF-16; save the file as UTF-8",
    b"BZh": "compressed with bzip2; unpack it",
    b"\xfd7zXZ": "compressed with xz; unpack it",
    b"\x28\xb5\x2f\xfd": "compressed with zstd; unpack it",
    b"%PDF-": "a PDF; save its text in UTF-8",
}
"""What a file is, by its first bytes, and what the user can do about it."""


def non_text_kind(data: bytes) -> str | None:
    """The kind of a file that is not UTF-8 text, by its first bytes, and what to do; None if it is unknown."""
    known = next((kind for signature, kind in _SIGNATURES.items() if data.startswith(signature)), None)
    return known or ("a binary file; expected text" if b"\0" in data else None)


class HyplinkWarning(Warning):
    """Something the user should know, in a message of one line. The command line prints it to standard error."""


class HyplinkError(Exception):
    """An expected failure, with a message of one line that says what to do next.

    The command line prints the message to standard error and exits with `exit_status`.

    Args:
        message: what was wrong. The lines of a message that spans several, as those of other libraries may, are joined,
            and bytes of file names that are not UTF-8 are escaped.
    """

    exit_status = 1

    def __init__(self, message: str) -> None:
        text = " ".join(line.strip() for line in message.splitlines())
        super().__init__(text.encode("utf-8", "backslashreplace").decode("utf-8"))


class InputError(HyplinkError):
    """The user's input is invalid: a file, an option or a setting."""

    exit_status = 2

    @classmethod
    def at(cls, path: Path | str, line: int | None, message: str) -> "InputError":
        """The error for a place in a file: `path:line: message`.

        Args:
            path: the file that was read.
            line: 1-based line number, or None for the whole file.
            message: what was seen, what was expected and what to do.
        """
        place = f"{path}:{line}" if line is not None else f"{path}"
        return cls(f"{place}: {message}")

    @classmethod
    def not_utf8(cls, path: Path | str, line: int | None, error: UnicodeDecodeError) -> "InputError":
        """The error for a file that is not text in UTF-8, from the error of decoding its bytes."""
        data = bytes(error.object)
        if kind := non_text_kind(data):
            return cls.at(path, None, kind)
        return cls.at(path, line, f"byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8")


class RunError(InputError):
    """A run directory is missing, damaged or of another version."""
