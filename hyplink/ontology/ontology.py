"""The ontology: its concepts by id, and depths, distances and similarities in its is-a hierarchy."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hyplink.errors import InputError
from hyplink.ontology.concept import Concept, Synonym
from hyplink.ontology.graph import IndexLists, IsaGraph
from hyplink.ontology.problems import TOLERATED, Problem, ProblemLog, merged
from hyplink.ontology.repair import repaired
from hyplink.reading.surrogates import readable_name


class SoundConcepts(NamedTuple):
    """Concepts in a sound hierarchy (`hyplink.ontology.repair`).

    Attributes:
        live, obsolete: the concepts by id.
        index_of: the row of each live concept, by id, in their order.
        parents: the rows of the parents of each live concept.
    """

    live: Mapping[str, Concept]
    obsolete: Mapping[str, Concept]
    index_of: Mapping[str, int]
    parents: IndexLists


class Ontology:
    """Concepts in an is-a hierarchy, which is a directed acyclic graph. Immutable; concepts keep their file order.

    Any concepts are accepted: an unsound hierarchy is repaired as described in `hyplink.ontology.repair`, and the
    repairs are counted in `problems`. Methods raise `KeyError` for an id that is not the id of a live concept.

    Attributes:
        concepts: the live concepts by id.
        obsolete: the obsolete concepts by id; they are not part of the hierarchy.
        concept_ids: ids of the live concepts; row i of every array over concepts is that of `concept_ids[i]`.
        index_of: the row of each live concept, by id.
        roots: ids of the live concepts without parents.
        graph: the is-a hierarchy, by row.
        source: the file that the ontology was read from.
        release: the release that the file names, or None.
        prefixes: the IRI prefix of each CURIE prefix that the file declares and ids use; '' is the prefix of ids
            without a colon.
    """

    def __init__(
        self,
        concepts: Iterable[Concept],
        *,
        source: str = "",
        release: str | None = None,
        prefixes: Mapping[str, str] | None = None,
        problems: Sequence[Problem] = (),
    ) -> None:
        by_id, found = repaired(concepts)
        live = {i: c for i, c in by_id.items() if not c.obsolete}
        index_of = {concept_id: i for i, concept_id in enumerate(live)}
        parents = IndexLists.from_lists(list(map(index_of.__getitem__, c.parents)) for c in live.values())
        sound = SoundConcepts(live, {i: c for i, c in by_id.items() if c.obsolete}, index_of, parents)
        self._set(sound, source, release, prefixes, (*problems, *found))

    @classmethod
    def stored(
        cls,
        sound: SoundConcepts,
        *,
        source: str,
        release: str | None,
        prefixes: Mapping[str, str],
        problems: Sequence[Problem],
    ) -> "Ontology":
        """The ontology of concepts that were repaired before, with all problems that were found."""
        ontology = cls.__new__(cls)
        ontology._set(sound, source, release, prefixes, problems)
        return ontology

    def _set(
        self,
        sound: SoundConcepts,
        source: str,
        release: str | None,
        prefixes: Mapping[str, str] | None,
        problems: Sequence[Problem],
    ) -> None:
        self.concepts, self.obsolete, self.index_of = sound.live, sound.obsolete, sound.index_of
        self.concept_ids: tuple[str, ...] = tuple(sound.index_of)
        self.graph = IsaGraph(sound.parents)
        self.roots: tuple[str, ...] = tuple(self._ids(self.graph.roots))
        self.source = readable_name(source)
        self.release = release
        self.prefixes: Mapping[str, str] = dict(prefixes or {})
        self._repairs = merged(problem for problem in problems if problem.kind not in TOLERATED)

    def __repr__(self) -> str:
        return f"<Ontology: {len(self):,} concepts of {self.source or 'no file'}>"

    def __len__(self) -> int:
        return len(self.concept_ids)

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """A flat hierarchy, then the problems that were repaired, then the others that are tolerated."""
        log, warnings = ProblemLog(), ProblemLog()
        if len(self) > 1 and len(self.roots) == len(self):
            for concept_id in self.roots:
                warnings.add("no-edges", concept_id)
        self._log_ambiguous_names(log)
        for child, parent in self.graph.implied_edges():
            log.add("implied-edge", f"{self.concept_ids[child]} is_a {self.concept_ids[parent]}")
        return (*warnings.problems(), *self._repairs, *log.problems())

    def names(self) -> Iterator[tuple[str, str]]:
        """(name, concept id) for every name of every live concept, label first, without duplicates within a concept."""
        for concept_id, concept in self.concepts.items():
            for name in concept.names():
                yield name, concept_id

    def children(self, concept_id: str) -> tuple[str, ...]:
        """The children of a concept, in file order."""
        return tuple(self._ids(self.graph.children[self.index_of[concept_id]]))

    def ancestors(self, concept_id: str) -> Mapping[str, int]:
        """The number of is-a steps from a concept to itself (0) and, on the shortest path, to each ancestor."""
        return self._by_id(self.graph.ancestors(self.index_of[concept_id]))

    def descendants(self, concept_id: str) -> frozenset[str]:
        """The concept and all its descendants."""
        return frozenset(self._ids(self.graph.reachable([self.index_of[concept_id]])))

    def depth(self, concept_id: str) -> int:
        """The number of is-a steps on the shortest path to a root; 0 for a root."""
        return self.graph.depths[self.index_of[concept_id]]

    def lowest_common_ancestor(self, a: str, b: str) -> str | None:
        """The lowest common ancestor of a and b, or None if they share only the virtual root.

        A common ancestor is lowest if none of its descendants is a common ancestor. For a concept and its descendant it
        is the concept. If several are lowest, it is the deepest of them, and among equally deep ones the first by id.
        """
        lowest = self.graph.lowest_common_ancestors(self.index_of[a], self.index_of[b])
        depths, ids = self.graph.depths, self.concept_ids
        return min(((-depths[i], ids[i]) for i in lowest), default=(0, None))[1]

    def tree_distance(self, a: str, b: str) -> int:
        """The number of is-a steps from a to b through a common ancestor, or a virtual root above all roots."""
        return self.graph.tree_distance(self.index_of[a], self.index_of[b])

    def wu_palmer(self, a: str, b: str) -> float:
        """Similarity in [0, 1] by the lowest common ancestor c: 2k / (i + j + 2k); 1 only for a = b.

        i and j are the numbers of is-a steps from a and b to c, and k is the depth of c counted from the virtual root,
        so that a root has k = 1. The similarity is 0 if a and b share only the virtual root. This is the conceptual
        similarity 2·N3 / (N1 + N2 + 2·N3) of Wu and Palmer, "Verb semantics and lexical selection", ACL 1994.
        """
        common = self.lowest_common_ancestor(a, b)
        if common is None:
            return 0.0
        c = self.index_of[common]
        steps = self.graph.ancestors(self.index_of[a])[c] + self.graph.ancestors(self.index_of[b])[c]
        k = self.graph.depths[c] + 1
        return 2 * k / (steps + 2 * k)

    def closure(self) -> npt.NDArray[np.int32]:
        """The indices of all pairs (concept, proper ancestor), int32 (n_pairs, 2), sorted."""
        return self.graph.closure()

    def edges(self) -> npt.NDArray[np.int32]:
        """The indices of all pairs (concept, parent), int32 (n_edges, 2), ordered by concept."""
        return self.graph.edges()

    def near_concepts(self, concept_id: str, max_distance: int) -> dict[str, int]:
        """The concepts at a tree distance ≤ `max_distance` with their distances; the concept itself at 0.

        Paths through the virtual root are not counted, so roots are not near each other.
        """
        return self._by_id(self.graph.near(self.index_of[concept_id], max_distance))

    def current_ids(self, concept_id: str) -> set[str]:
        """The live concepts that an id refers to, even if it is no longer in use.

        These are the concepts that the id was merged into, the concept itself, or the concepts that replace an obsolete
        one, through any number of merged and obsolete ones. Empty if nothing is known about the id.
        """
        live: set[str] = set()
        pending, seen = [concept_id], set[str]()
        while pending:
            current = pending.pop()
            if current in seen:
                continue
            seen.add(current)
            if current in self.concepts:
                live.add(current)
            elif current in self._merged_into:
                pending.extend(self._merged_into[current])
            elif current in self.obsolete:
                pending.extend(self.obsolete[current].replaced_by)
        return live

    @cached_property
    def _merged_into(self) -> Mapping[str, list[str]]:
        """The concepts that each alternative id was merged into: live ones or, if there are none, obsolete ones."""
        merged_into: dict[str, list[str]] = {}
        for concepts in (self.concepts, self.obsolete):
            found: dict[str, list[str]] = defaultdict(list)
            for concept_id, concept in concepts.items():
                for alternative in concept.alternative_ids:
                    found[alternative].append(concept_id)
            merged_into = {**found, **merged_into}
        return merged_into

    def restricted_to(self, roots: Sequence[str] = (), exclude: Sequence[str] = ()) -> "Ontology":
        """The ontology with only the concepts at and below `roots`, and without those at and below `exclude`.

        Without `roots`, all concepts are kept that are not excluded. A descendant of an excluded concept is kept if it
        is also below a concept that is kept. Obsolete concepts are kept.

        Raises:
            InputError: an id is not that of a live concept, or fewer than two concepts are left.
        """
        for setting, concept_ids in (("roots", roots), ("exclude", exclude)):
            if isinstance(concept_ids, str):
                raise InputError(f"{setting} must be several ids, such as [{concept_ids!r}], not a text")
            for concept_id in concept_ids:
                self.require(setting, concept_id)
        starts, blocked = (set(map(self.index_of.__getitem__, ids)) for ids in (roots or self.roots, exclude))
        kept = set(self._ids(self.graph.reachable(starts, blocked)))
        if len(kept) < 2:
            raise InputError(
                f"roots {list(roots)} and exclude {list(exclude)} leave {len(kept)} of {len(self):,} concepts; "
                "at least 2 are needed: give more general roots or exclude less"
            )
        live = (
            replace(concept, parents=tuple(parent for parent in concept.parents if parent in kept))
            for concept_id, concept in self.concepts.items()
            if concept_id in kept
        )
        return self._with_concepts((*live, *self.obsolete.values()))

    def with_synonyms(self, synonyms: Mapping[str, Iterable[str | Synonym]]) -> "Ontology":
        """The ontology with additional synonyms after those of the file; a string is an exact synonym.

        Raises:
            InputError: an id is not that of a live concept.
        """
        for concept_id in synonyms:
            self.require("synonyms", concept_id)
        extended = {
            concept_id: _with_more_synonyms(self.concepts[concept_id], names) for concept_id, names in synonyms.items()
        }
        return self._with_concepts({**self.concepts, **extended, **self.obsolete}.values())

    def require(self, setting: str, concept_id: str) -> None:
        """Checks that an id from the user is the id of a live concept.

        Raises:
            InputError: it is not. The message begins with `setting` and suggests similar ids.
        """
        if concept_id not in self.concepts:
            raise InputError(f"{setting}: {self._why_not_live(concept_id)}")

    def _why_not_live(self, concept_id: str) -> str:
        """Why an id is not the id of a live concept, and which ids may be meant."""
        if concept_id in self.obsolete:
            replacements = " or ".join(self.obsolete[concept_id].replaced_by)
            hint = f"replaced by {replacements}" if replacements else "give the id of a live concept"
            return f"{concept_id} is obsolete; {hint}"
        if concept_id in self._merged_into and (current := self.current_ids(concept_id)):
            return f"{concept_id} was merged into {self._listed(sorted(current))}; give that id"
        similar = self._similar_ids(concept_id)
        hint = f"nearest: {self._listed(similar)}" if similar else f"ids look like {self._listed(self.concept_ids[:1])}"
        return f"no concept {concept_id!r} in {self.source or 'the ontology'}; {hint}"

    def _listed(self, concept_ids: Iterable[str]) -> str:
        return "; ".join(f"{concept_id} ({self.concepts[concept_id].label})" for concept_id in concept_ids)

    def _similar_ids(self, text: str) -> list[str]:
        """The ids of at most three concepts with an id or a name similar to the text, best first."""
        by_spelling = {concept_id.casefold(): concept_id for concept_id in self.concept_ids}
        for name, concept_id in self.names():
            by_spelling.setdefault(name.casefold(), concept_id)
        close = get_close_matches(text.casefold(), by_spelling, n=3)
        return list(dict.fromkeys(by_spelling[spelling] for spelling in close))

    def _with_concepts(self, concepts: Iterable[Concept]) -> "Ontology":
        return Ontology(
            concepts, source=self.source, release=self.release, prefixes=self.prefixes, problems=self._repairs
        )

    def _log_ambiguous_names(self, log: ProblemLog) -> None:
        concepts_of: dict[str, dict[str, None]] = defaultdict(dict)  # dicts as ordered sets
        for name, concept_id in self.names():
            concepts_of[name.casefold()][concept_id] = None
        for name, concept_ids in concepts_of.items():
            if len(concept_ids) > 1:
                log.add("ambiguous-name", f"{name}: {', '.join(list(concept_ids)[:3])}")

    def _ids(self, indices: Iterable[int]) -> Iterator[str]:
        return map(self.concept_ids.__getitem__, indices)

    def _by_id(self, steps_of: Mapping[int, int]) -> dict[str, int]:
        return dict(zip(self._ids(steps_of), steps_of.values(), strict=True))


def _with_more_synonyms(concept: Concept, names: Iterable[str | Synonym]) -> Concept:
    given = (Synonym(name) if isinstance(name, str) else name for name in names)
    added = tuple(synonym for synonym in dict.fromkeys(given) if synonym.text not in concept.names())
    return replace(concept, synonyms=concept.synonyms + added)
