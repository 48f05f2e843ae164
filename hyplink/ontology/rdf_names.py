"""Selects the label and the synonyms of a concept among names with language tags."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from hyplink.errors import InputError
from hyplink.ontology.concept import Scope, Synonym
from hyplink.ontology.problems import ProblemLog


class Name(NamedTuple):
    """A name in the file; `language` is its language tag (`en`, `pt-BR`) or None."""

    text: str
    language: str | None
    scope: Scope = "EXACT"
    kind: str | None = None
    is_label: bool = False


class NameSelector:
    """Selects names by language.

    With a language, names in that language and names without a tag are kept. A concept that has no such label gets one
    in another language, which is counted. Without a language, all names are kept, and the label is a name without a
    tag, or an English one, or the first.

    Args:
        language: a language tag; `en` includes `en-GB`.
        log: counts concepts without a label in the language.
    """

    def __init__(self, language: str | None, log: ProblemLog) -> None:
        self._language = language.lower() if language else None
        self._log = log
        self._seen: Counter[str] = Counter()
        self._n_found = 0

    def select(self, concept_id: str, names: Sequence[Name]) -> tuple[str, tuple[Synonym, ...]]:
        """The label and the synonyms of a concept. Further labels become synonyms."""
        self._seen.update(name.language for name in names if name.language)
        selected = [name for name in names if name.text and self._rank(name) < _OTHER]
        self._n_found += any(name.language for name in selected)
        if not any(name.is_label for name in selected):
            others = [name for name in names if name.text and name.is_label]
            if others and self._language:
                self._log.add("other-language", f"{concept_id} {others[0].text}@{others[0].language}")
            selected = [*others[:1], *selected]
        label = min((name for name in selected if name.is_label), key=self._rank, default=None)
        text = label.text if label else ""
        synonyms = (name for name in selected if not (name.is_label and name.text == text))
        return text, _without_duplicates(Synonym(name.text, name.scope, name.kind) for name in synonyms)

    def text(self, names: Iterable[Name]) -> str | None:
        """The text in the preferred language among several, such as definitions; None if all are empty."""
        return min((name for name in names if name.text), key=self._rank, default=Name("", None)).text or None

    def check(self, path: Path) -> None:
        """Logs the languages of a file if no language was requested.

        Raises:
            InputError: a language was requested and names have tags, but no concept has a name with that tag.
        """
        listed = ", ".join(f"{language} ({n:,})" for language, n in self._seen.most_common(8))
        if self._language and self._seen and not self._n_found:
            raise InputError.at(path, None, f"no name in language {self._language!r}; the file has {listed}")
        if not self._language and len(self._seen) > 1:
            for language, n in self._seen.most_common():
                self._log.add("several-languages", f"{language} {n:,}")

    def _rank(self, name: Name) -> int:
        """The preference for a name, 0 being the best; names of rank `_OTHER` are dropped."""
        tag = (name.language or "").lower()
        if self._language is None:
            return 0 if not tag else 1 if tag.partition("-")[0] == "en" else 2
        if tag == self._language:
            return 0
        if tag.startswith(f"{self._language}-"):
            return 1
        return 2 if not tag else _OTHER


_OTHER = 3


def _without_duplicates(synonyms: Iterable[Synonym]) -> tuple[Synonym, ...]:
    """The synonyms with distinct texts; if a text has several scopes, the first is kept."""
    by_text: dict[str, Synonym] = {}
    for synonym in synonyms:
        by_text.setdefault(synonym.text, synonym)
    return tuple(by_text.values())
