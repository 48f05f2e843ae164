"""Names with language tags: which of them are a concept's label and synonyms."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from hyplink.errors import InputError
from hyplink.ontology.concept import Scope, Synonym
from hyplink.ontology.problems import ProblemLog


class Name(NamedTuple):
    """One name as the file gives it; `language` is its tag (`en`, `pt-BR`), None where it has none."""

    text: str
    language: str | None
    scope: Scope = "EXACT"
    kind: str | None = None
    is_label: bool = False


class NameChooser:
    """Chooses names by language.

    With a language, names of it and names without a tag are kept, and a concept that has only others is named in
    them and counted. Without one, all names are kept; the label is one without a tag, else English, else the first.

    Args:
        language: a tag; `en` stands for `en-GB` too.
        log: hears of concepts without a name in the language.
    """

    def __init__(self, language: str | None, log: ProblemLog) -> None:
        self._language = language.lower() if language else None
        self._log = log
        self._seen: Counter[str] = Counter()
        self._n_found = 0

    def chosen(self, concept_id: str, names: Sequence[Name]) -> tuple[str, tuple[Synonym, ...]]:
        """The label and the synonyms of a concept; a second label is a synonym."""
        self._seen.update(name.language for name in names if name.language)
        wanted = [name for name in names if name.text and self._rank(name) < _OTHER]
        self._n_found += any(name.language for name in wanted)
        if not any(name.is_label for name in wanted):
            others = [name for name in names if name.text and name.is_label]
            if others and self._language:
                self._log.add("other-language", f"{concept_id} {others[0].text}@{others[0].language}")
            wanted = [*others[:1], *wanted]
        label = min((name for name in wanted if name.is_label), key=self._rank, default=None)
        text = label.text if label else ""
        further = (name for name in wanted if not (name.is_label and name.text == text))
        return text, _without_repeats(Synonym(name.text, name.scope, name.kind) for name in further)

    def text(self, names: Iterable[Name]) -> str | None:
        """The best of several texts, such as definitions."""
        return min((name for name in names if name.text), key=self._rank, default=Name("", None)).text or None

    def check(self, path: Path) -> None:
        """Counts the languages of a file that was read without one.

        Raises:
            InputError: a language was wanted, names have tags, and no concept has a name with that tag.
        """
        listed = ", ".join(f"{language} ({n:,})" for language, n in self._seen.most_common(8))
        if self._language and self._seen and not self._n_found:
            raise InputError.at(path, None, f"no name in language {self._language!r}; there are {listed}")
        if not self._language and len(self._seen) > 1:
            for language, n in self._seen.most_common():
                self._log.add("several-languages", f"{language} {n:,}")

    def _rank(self, name: Name) -> int:
        """0 is best; names of `_OTHER` are not wanted."""
        tag = (name.language or "").lower()
        if self._language is None:
            return 0 if not tag else 1 if tag.partition("-")[0] == "en" else 2
        if tag == self._language:
            return 0
        if tag.startswith(f"{self._language}-"):
            return 1
        return 2 if not tag else _OTHER


_OTHER = 3


def _without_repeats(synonyms: Iterable[Synonym]) -> tuple[Synonym, ...]:
    """The synonyms once each; where one text has two scopes, the first of them."""
    by_text: dict[str, Synonym] = {}
    for synonym in synonyms:
        by_text.setdefault(synonym.text, synonym)
    return tuple(by_text.values())
