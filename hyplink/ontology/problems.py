"""What was wrong with an ontology and what was done about it: counted, with examples, and said in a sentence."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

EXAMPLES_KEPT = 3

WHAT_WAS_DONE: Mapping[str, str] = {
    "alternative-id-in-use": "alternative ids that are also ids of live concepts, dropped",
    "ambiguous-name": "names that belong to several concepts (case aside), kept",
    "bad-idspace": "idspace headers without a prefix and an address, ignored",
    "bent-quotes": "texts whose quotation marks bend the OBO syntax, read as far as they are clear",
    "bent-references": "reference lists that bend the OBO syntax, passed over",
    "cycle": "is-a edges that closed a cycle, dropped",
    "dangling-parent": "is-a parents that the ontology does not hold, dropped",
    "duplicate-id": "further descriptions of an id that was already described, merged into the first",
    "empty-tag": "tags without a value, passed over",
    "genus": "concepts without a parent but with a definition, put below what it says they are",
    "implied-edge": "is-a edges that other edges imply, kept; they shorten depths and distances",
    "no-name": "concepts without a name, named by their id",
    "no-scope": "synonyms without one of OBO's four scopes, taken as RELATED",
    "obsolete-parent": "is-a parents that are obsolete, dropped",
    "other-language": "concepts without a name in the language that was asked for, named in another",
    "repeated-tag": "tags that stand a second time where one is allowed, the first kept",
    "self-parent": "concepts that named themselves as parent, dropped",
    "several-languages": "languages of names, all kept as names; data.language chooses one",
    "stub": "entries with neither name nor place in the hierarchy, left out",
}
BORNE_WITH = frozenset({"ambiguous-name", "implied-edge"})  # kept as they are, so found again in any ontology


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of fault that was found in an ontology and mended or borne with.

    Attributes:
        kind: a key of `WHAT_WAS_DONE`.
        count: how often it was found.
        examples: the first few places.
    """

    kind: str
    count: int
    examples: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """What was found and done, how often, and the first examples."""
        shown = "; ".join(self.examples) + ("; …" if self.count > len(self.examples) else "")
        return f"{WHAT_WAS_DONE[self.kind]}: {self.count:,} ({shown})"


class ProblemLog:
    """Collects faults one by one and counts them by kind."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._examples: dict[str, list[str]] = {}

    def add(self, kind: str, example: str) -> None:
        """Counts one fault; the first `EXAMPLES_KEPT` examples of a kind are kept."""
        self._counts[kind] += 1
        if self._counts[kind] <= EXAMPLES_KEPT:
            self._examples.setdefault(kind, []).append(example)

    def problems(self) -> tuple[Problem, ...]:
        """One `Problem` a kind, in the order in which the kinds were first seen."""
        return tuple(Problem(kind, n, tuple(self._examples[kind])) for kind, n in self._counts.items())


def merged(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The same problems with those of one kind added up."""
    by_kind: dict[str, Problem] = {}
    for problem in problems:
        before = by_kind.get(problem.kind, Problem(problem.kind, 0))
        examples = (before.examples + problem.examples)[:EXAMPLES_KEPT]
        by_kind[problem.kind] = Problem(problem.kind, before.count + problem.count, examples)
    return tuple(by_kind.values())
