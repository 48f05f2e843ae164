"""Problems that were found in an ontology and how they were handled, with counts and examples."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

EXAMPLES_KEPT = 3

DESCRIPTIONS: Mapping[str, str] = {
    "alternative-id-in-use": "alternative ids that are also ids of live concepts, dropped",
    "ambiguous-name": "names that belong to several concepts (ignoring case), kept",
    "ambiguous-parent": "parents given as a label that several concepts have, dropped; give their ids",
    "cycle": "is-a edges that closed a cycle, dropped",
    "dangling-child": "is-a edges of ids that are not concepts of the file, dropped",
    "dangling-parent": "is-a parents that are not in the ontology, dropped",
    "duplicate-id": "repeated descriptions of an id, merged with the first",
    "empty-tag": "tags without a value, ignored",
    "genus": "concepts without a parent, given the genera of their logical definitions as parents",
    "guessed-separator": "columns without a `|` whose cells were separated at `;` instead",
    "implied-edge": "is-a edges that are implied by others, kept; they shorten depths and distances",
    "long-row": "rows with more cells than the header, the last ones ignored; quote cells that contain the delimiter",
    "malformed-idspace": "idspace headers without a prefix and an address, ignored",
    "malformed-quotes": "texts whose quotation marks do not follow the OBO syntax, read leniently",
    "malformed-references": "reference lists that do not follow the OBO syntax, ignored",
    "no-edges": "WARNING: no concept has a parent, so the hierarchy is flat and distances mean nothing; check how the "
    "file gives parents",
    "no-name": "concepts without a name, named by their id",
    "no-scope": "synonyms without one of OBO's four scopes, read as RELATED",
    "obsolete-parent": "is-a parents that are obsolete, dropped",
    "other-classes": "OWL classes in a file with SKOS concepts, dropped",
    "other-language": "concepts without a name in the requested language, named in another",
    "parent-by-label": "parents given as labels, replaced by the ids of the concepts with these labels",
    "repeated-tag": "tags repeated where one is allowed, the first kept",
    "self-parent": "concepts that are parents of themselves, edge dropped",
    "several-labels": "ids with several labels, the first kept as label and the others as synonyms",
    "several-languages": "languages of names, all kept; data.language selects one",
    "split-parents": "parents separated at `;` or `,` instead of `|`",
    "stub": "entries without names, parents and children, dropped",
    "unread-column": "columns that were passed over",
    "unread-sheet": "sheets beside the first, passed over; choose one with data.ontology_sheet (`convert`: --sheet)",
    "unsplit-commas": "columns without a `|` whose cells contain commas, not separated; write `|` between values",
}
TOLERATED = frozenset({"ambiguous-name", "implied-edge", "no-edges"})
"""Problems that are not repaired, and therefore found again in each ontology made from this one."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of problem that was found in an ontology and repaired or tolerated.

    Attributes:
        kind: a key of `DESCRIPTIONS`.
        count: the number of occurrences.
        examples: the first few occurrences.
    """

    kind: str
    count: int
    examples: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The description, the number of occurrences and the first examples."""
        shown = "; ".join(self.examples) + ("; …" if self.count > len(self.examples) else "")
        return f"{DESCRIPTIONS[self.kind]}: {self.count:,} ({shown})"


class ProblemLog:
    """Counts problems by kind while an ontology is read."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._examples: dict[str, list[str]] = {}

    def add(self, kind: str, example: str) -> None:
        """Counts one occurrence; the first `EXAMPLES_KEPT` examples of a kind are kept."""
        self._counts[kind] += 1
        if self._counts[kind] <= EXAMPLES_KEPT:
            self._examples.setdefault(kind, []).append(example)

    def problems(self) -> tuple[Problem, ...]:
        """One `Problem` for each kind, in the order of first occurrence."""
        return tuple(Problem(kind, n, tuple(self._examples[kind])) for kind, n in self._counts.items())


def merged(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems with those of the same kind combined."""
    by_kind: dict[str, Problem] = {}
    for problem in problems:
        before = by_kind.get(problem.kind, Problem(problem.kind, 0))
        examples = (before.examples + problem.examples)[:EXAMPLES_KEPT]
        by_kind[problem.kind] = Problem(problem.kind, before.count + problem.count, examples)
    return tuple(by_kind.values())
