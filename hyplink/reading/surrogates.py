"""Text from sources that may contain surrogate code points, which no file in UTF-8 can hold."""

import os
import re

_SURROGATE = re.compile("[\ud800-\udfff]")


def without_surrogates(text: str) -> str:
    """The text with the characters that pairs of surrogates stand for, and U+FFFD in place of lone surrogates."""
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def readable_name(path: str) -> str:
    r"""The name of a file, with each byte that is not UTF-8 written as `\xe9`."""
    return os.fsencode(path).decode("utf-8", "backslashreplace") if _SURROGATE.search(path) else path
