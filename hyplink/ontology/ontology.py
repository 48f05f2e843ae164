"""The ontology: its concepts by id and the measures of its is-a hierarchy."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import cached_property

import numpy as np
import numpy.typing as npt

from hyplink.errors import InputError
from hyplink.ontology.concept import Concept, Synonym
from hyplink.ontology.graph import IsaGraph
from hyplink.ontology.mend import mended
from hyplink.ontology.problems import BORNE_WITH, Problem, ProblemLog, merged


class Ontology:
    """Concepts ordered by is-a, a directed acyclic graph. Never changes; the order of the file is kept.

    Any concepts are accepted: what is unsound about them is mended as `hyplink.ontology.mend` says, and counted
    in `problems`. Methods raise `KeyError` for an id that is not that of a live concept.

    Attributes:
        concepts: the live concepts by id.
        obsolete: the withdrawn ones by id; they take no part in the hierarchy.
        concept_ids: ids of the live concepts; row i of every array over concepts belongs to `concept_ids[i]`.
        index_of: the row of each live concept id.
        roots: ids of the live concepts without a parent.
        source: the file that the ontology was read from.
        release: the release that the file names, else None.
        prefixes: IRI prefix of each CURIE prefix that the file declares and ids use; '' is that of ids without a colon.
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
        by_id, found = mended(concepts)
        self.concepts: Mapping[str, Concept] = {i: c for i, c in by_id.items() if not c.obsolete}
        self.obsolete: Mapping[str, Concept] = {i: c for i, c in by_id.items() if c.obsolete}
        self.concept_ids: tuple[str, ...] = tuple(self.concepts)
        self.index_of: Mapping[str, int] = {concept_id: i for i, concept_id in enumerate(self.concept_ids)}
        self.source = source
        self.release = release
        self.prefixes: Mapping[str, str] = dict(prefixes or {})
        self._mended = merged(p for p in (*problems, *found) if p.kind not in BORNE_WITH)
        self._graph = IsaGraph([tuple(map(self.index_of.__getitem__, c.parents)) for c in self.concepts.values()])
        self.roots: tuple[str, ...] = tuple(self._ids(self._graph.roots))

    def __len__(self) -> int:
        return len(self.concept_ids)

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """What was found wrong and mended, then what is kept as it is though it may surprise."""
        log = ProblemLog()
        self._note_ambiguous_names(log)
        for child, parent in self._graph.implied_edges():
            log.add("implied-edge", f"{self.concept_ids[child]} is_a {self.concept_ids[parent]}")
        return (*self._mended, *log.problems())

    def names(self) -> Iterator[tuple[str, str]]:
        """(name, concept id) for every name of every live concept, its label first, no name twice in a concept."""
        for concept_id, concept in self.concepts.items():
            for name in concept.names():
                yield name, concept_id

    def children(self, concept_id: str) -> tuple[str, ...]:
        """The concepts directly below, in file order."""
        return tuple(self._ids(self._graph.children[self.index_of[concept_id]]))

    def ancestors(self, concept_id: str) -> Mapping[str, int]:
        """The concept (0) and all above it, each with the fewest is-a steps up to it."""
        return self._by_id(self._graph.ancestors(self.index_of[concept_id]))

    def descendants(self, concept_id: str) -> frozenset[str]:
        """The concept and all below it, each once."""
        return frozenset(self._ids(self._graph.reachable([self.index_of[concept_id]])))

    def depth(self, concept_id: str) -> int:
        """Is-a steps on the shortest way up to a root; 0 for a root."""
        return self._graph.depths[self.index_of[concept_id]]

    def lowest_common_ancestor(self, a: str, b: str) -> str | None:
        """The common ancestor of a and b that lies lowest, or None where they share only the virtual root.

        Lowest means that no other common ancestor lies below it, so of a concept and its descendant it is the
        concept. Where several are lowest, the deepest is taken, and of equally deep ones the least id.
        """
        lowest = self._graph.lowest_common_ancestors(self.index_of[a], self.index_of[b])
        depths, ids = self._graph.depths, self.concept_ids
        return min(((-depths[i], ids[i]) for i in lowest), default=(0, None))[1]

    def tree_distance(self, a: str, b: str) -> int:
        """Is-a steps on the shortest way up from a and down to b; all roots hang on one virtual root."""
        return self._graph.tree_distance(self.index_of[a], self.index_of[b])

    def wu_palmer(self, a: str, b: str) -> float:
        """Similarity in [0, 1] by the lowest common ancestor c: 2k / (i + j + 2k); 1 only for a = b.

        i and j are the shortest is-a steps from a and b up to c, and k is the depth of c counted from the virtual
        root, so that a root has k = 1. It is 0 where a and b share only the virtual root. This is the conceptual
        similarity 2·N3 / (N1 + N2 + 2·N3) of Wu and Palmer, "Verb semantics and lexical selection", ACL 1994.
        """
        common = self.lowest_common_ancestor(a, b)
        if common is None:
            return 0.0
        c = self.index_of[common]
        steps = self._graph.ancestors(self.index_of[a])[c] + self._graph.ancestors(self.index_of[b])[c]
        k = self._graph.depths[c] + 1
        return 2 * k / (steps + 2 * k)

    def closure(self) -> npt.NDArray[np.int32]:
        """Every (concept, proper ancestor) as rows of indices, int32 (n_pairs, 2), sorted."""
        return self._graph.closure()

    def edges(self) -> npt.NDArray[np.int32]:
        """Every (concept, parent) as rows of indices, int32 (n_edges, 2), by concept."""
        return self._graph.edges()

    def near_concepts(self, concept_id: str, max_distance: int) -> dict[str, int]:
        """The concepts at a tree distance ≤ `max_distance` with that distance; the concept itself at 0.

        Only ways through a real common ancestor count: roots are not near each other.
        """
        return self._by_id(self._graph.near(self.index_of[concept_id], max_distance))

    def heirs(self, concept_id: str) -> set[str]:
        """The live concepts that an id stands for, be it in use no more.

        That is the concept itself, those that it was merged into, or those that replace a withdrawn one, a chain of
        withdrawn ones followed to its end; none where nothing is known of it.
        """
        if concept_id in self._holders:
            return set(self._holders[concept_id])
        live: set[str] = set()
        pending, seen = [concept_id], set()
        while pending:
            here = pending.pop()
            if here in self.concepts:
                live.add(here)
            elif here in self.obsolete and here not in seen:
                seen.add(here)
                pending.extend(self.obsolete[here].replaced_by)
        return live

    @cached_property
    def _holders(self) -> Mapping[str, list[str]]:
        """The concepts that each alternative id was merged into."""
        holders: dict[str, list[str]] = defaultdict(list)
        for concept_id, concept in self.concepts.items():
            for alternative in concept.alternative_ids:
                holders[alternative].append(concept_id)
        return holders

    def restricted_to(self, roots: Sequence[str] = (), exclude: Sequence[str] = ()) -> "Ontology":
        """The concepts below `roots` (all, if none is named) without those of `exclude` and what lies below them alone.

        What also hangs on a concept that is kept stays. So do the obsolete concepts.

        Raises:
            InputError: an id is not that of a live concept, or fewer than two concepts are left.
        """
        for what, concept_ids in (("roots", roots), ("exclude", exclude)):
            for concept_id in concept_ids:
                self.require(what, concept_id)
        starts, blocked = (set(map(self.index_of.__getitem__, ids)) for ids in (roots or self.roots, exclude))
        kept = set(self._ids(self._graph.reachable(starts, blocked)))
        if len(kept) < 2:
            raise InputError(
                f"roots {list(roots)} and exclude {list(exclude)} leave {len(kept)} of {len(self):,} concepts; "
                "at least 2 are needed: name wider roots or exclude less"
            )
        live = (
            replace(concept, parents=tuple(parent for parent in concept.parents if parent in kept))
            for concept_id, concept in self.concepts.items()
            if concept_id in kept
        )
        return self._with_concepts((*live, *self.obsolete.values()))

    def with_synonyms(self, synonyms: Mapping[str, Iterable[str | Synonym]]) -> "Ontology":
        """The same ontology with further synonyms after those of the file; a plain string is an exact one.

        Raises:
            InputError: an id is not that of a live concept.
        """
        for concept_id in synonyms:
            self.require("synonyms", concept_id)
        further = {
            concept_id: _with_further_names(self.concepts[concept_id], names) for concept_id, names in synonyms.items()
        }
        return self._with_concepts({**self.concepts, **further, **self.obsolete}.values())

    def require(self, what: str, concept_id: str) -> None:
        """Does nothing for the id of a live concept.

        Raises:
            InputError: it is none; the message begins with `what` and names the ids that may be meant.
        """
        if concept_id not in self.concepts:
            raise InputError(f"{what}: {self._unknown(concept_id)}")

    def _unknown(self, concept_id: str) -> str:
        """Why the id is not that of a live concept, and which are meant perhaps."""
        if concept_id in self.obsolete:
            heirs = " or ".join(self.obsolete[concept_id].replaced_by)
            return f"{concept_id} is obsolete" + (f"; replaced by {heirs}" if heirs else "; name a live concept")
        if merged_into := self._holders.get(concept_id):
            return f"{concept_id} was merged into {self._listed(merged_into)}; name that"
        near = self._like(concept_id)
        hint = f"nearest: {self._listed(near)}" if near else f"ids look like {self._listed(self.concept_ids[:1])}"
        return f"no concept {concept_id!r} in {self.source or 'the ontology'}; {hint}"

    def _listed(self, concept_ids: Iterable[str]) -> str:
        return "; ".join(f"{concept_id} ({self.concepts[concept_id].label})" for concept_id in concept_ids)

    def _like(self, text: str) -> list[str]:
        """Ids of at most three concepts whose id or name resembles the text, best first."""
        by_spelling = {concept_id.casefold(): concept_id for concept_id in self.concept_ids}
        for name, concept_id in self.names():
            by_spelling.setdefault(name.casefold(), concept_id)
        close = get_close_matches(text.casefold(), by_spelling, n=3)
        return list(dict.fromkeys(by_spelling[spelling] for spelling in close))

    def _with_concepts(self, concepts: Iterable[Concept]) -> "Ontology":
        return Ontology(
            concepts, source=self.source, release=self.release, prefixes=self.prefixes, problems=self._mended
        )

    def _note_ambiguous_names(self, log: ProblemLog) -> None:
        concepts_of: dict[str, dict[str, None]] = defaultdict(dict)  # a dict for a set that keeps its order
        for name, concept_id in self.names():
            concepts_of[name.casefold()][concept_id] = None
        for name, holders in concepts_of.items():
            if len(holders) > 1:
                log.add("ambiguous-name", f"{name}: {', '.join(list(holders)[:3])}")

    def _ids(self, indices: Iterable[int]) -> Iterator[str]:
        return map(self.concept_ids.__getitem__, indices)

    def _by_id(self, steps_of: Mapping[int, int]) -> dict[str, int]:
        return dict(zip(self._ids(steps_of), steps_of.values(), strict=True))


def _with_further_names(concept: Concept, names: Iterable[str | Synonym]) -> Concept:
    given = (Synonym(name) if isinstance(name, str) else name for name in names)
    further = tuple(synonym for synonym in dict.fromkeys(given) if synonym.text not in concept.names())
    return replace(concept, synonyms=concept.synonyms + further)
