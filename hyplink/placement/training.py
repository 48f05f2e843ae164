"""Trains placement and relations by holding concepts out of the ontology that a run is trained on.

A regressor is trained without the held-out concepts and names. For each held-out concept, candidate parents are
proposed for its label as if the ontology lacked it. For relations, its surface forms are mentions whose relation is
`broader`, the held-out names of kept concepts are `exact`, and noun phrases of other domains are `none`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from hyplink.arrays import Indices, Scores
from hyplink.candidates.encoded import Encoded
from hyplink.candidates.examples import Example, mention_batch
from hyplink.candidates.name_sources import NameSources
from hyplink.candidates.surface_forms import SurfaceForms, Vectors
from hyplink.confidence.calibration import Calibration, Uncalibrated
from hyplink.encoders import Encoder, Passage
from hyplink.names.normal_forms import normal_text
from hyplink.ontology import Ontology
from hyplink.placement.contained_names import contained_names
from hyplink.placement.features import (
    HAS_DEFINITION,
    ParentCandidates,
    PlacementFeatures,
    Query,
    proposed_by_name,
    without_definition,
)
from hyplink.placement.held_out import MAX_CONCEPTS, ConceptSplit, concept_split
from hyplink.placement.model import PlacementModel, chosen_candidates, radii_of, rows_with_candidates
from hyplink.placement.parent_ranker import train_parent_ranker
from hyplink.placement.relation import RELATIONS, train_relation
from hyplink.placement.relation_features import RelationFeatures
from hyplink.ranking.ranker import Ranker
from hyplink.regressor import Regressor
from hyplink.run.mode import Mode
from hyplink.senses.candidates import CandidateGenerator

LEAST_CONCEPTS = 30
"""With fewer held-out concepts, nothing is learned."""

SPLITS = 2
"""How often concepts are held out; once if a single time holds out `MAX_CONCEPTS`."""

MAX_EXAMPLES = 600
"""The most examples of each relation in a split."""


@dataclass(frozen=True)
class PlacementTraining:
    """What placement learns from.

    Attributes:
        ontology: the concepts.
        encoded: names and annotated mentions with their vectors.
        names: the indices of their surface forms.
        encoder: gives the vectors of noun phrases.
        mode: of the run.
        ranker, calibration: of the run; they score the candidates of mentions.
        regressor_of: trains a regressor on some of the examples, bool (n_examples,).
        seed: of the draws.
    """

    ontology: Ontology
    encoded: Encoded
    names: NameSources
    encoder: Encoder
    mode: Mode
    ranker: Ranker
    calibration: Calibration | Uncalibrated
    regressor_of: Callable[[NDArray[np.bool_]], Regressor]
    seed: int

    def trained(self) -> PlacementModel:
        """The model that was learned, or one that gives the reason why nothing was."""
        generator = np.random.default_rng(self.seed)
        splits = [concept_split(self.ontology, self.encoded.examples, generator)]
        if len(splits[0].concepts) < LEAST_CONCEPTS:
            return PlacementModel(
                None,
                None,
                f"{len(splits[0].concepts)} concepts could be held out; {LEAST_CONCEPTS} are needed",
            )
        if len(splits[0].concepts) < MAX_CONCEPTS:
            splits += [concept_split(self.ontology, self.encoded.examples, generator) for _ in range(SPLITS - 1)]
        placed, related = [], []
        for split in splits:
            regressor = self.regressor_of(split.kept)
            # Of a large ontology, the names of the run take gigabytes as soon as they are used: the others come first.
            related.append(self._related(split, regressor, generator))
            placed.append(self._placed(split, PlacementFeatures(self.ontology, self.names, regressor)))
        candidates, is_parent = joined(placed)
        parents = train_parent_ranker(candidates, is_parent, self.seed)
        of_mentions, relations = (np.concatenate(part) for part in zip(*related, strict=True))
        relation = train_relation(of_mentions, relations)
        return PlacementModel(parents, relation, "" if relation else "no examples of one of the relations")

    def _placed(self, split: ConceptSplit, features: PlacementFeatures) -> tuple[ParentCandidates, NDArray[np.bool_]]:
        """The candidate parents of the held-out concepts, without their definitions and with them; which are right."""
        concepts = [self.ontology.concepts[self.ontology.concept_ids[each]] for each in split.concepts.tolist()]
        queries = [
            Query(concept.label, concept.definition or "", ignored)
            for concept, ignored in zip(concepts, split.concepts.tolist(), strict=True)
        ]
        defined = features.candidates(queries, self._encoded_texts([concept.label for concept in concepts]))
        parents = [features.hierarchy.parents[each] for each in split.concepts.tolist()]
        pairs = zip(defined.names.tolist(), defined.concepts.tolist(), strict=True)
        is_parent = np.array([concept in parents[name] for name, concept in pairs], dtype=bool)
        by_name, with_definition = without_definition(defined), defined.features[:, HAS_DEFINITION] > 0
        together = [(by_name, is_parent[proposed_by_name(defined)])]
        if with_definition.any():
            together.append((defined.take(with_definition), is_parent[with_definition]))
        return joined(together)

    def _related(
        self, split: ConceptSplit, regressor: Regressor, generator: np.random.Generator
    ) -> tuple[Scores, Indices]:
        """The features and the relations of the examples of a split."""
        names = self._names_of(np.flatnonzero(split.kept))
        rows = {"exact": split.renamed, "broader": split.unknown}
        drawn = {name: generator.permutation(each)[:MAX_EXAMPLES] for name, each in rows.items()}
        phrases = self._foreign(names, generator)
        of_examples = np.concatenate([drawn["exact"], drawn["broader"]]).astype(np.int64)
        mentions = [
            *(self.encoded.examples[row] for row in of_examples.tolist()),
            *(Example(t, t, ()) for t in phrases),
        ]
        vectors = np.concatenate([self.encoded.vectors(of_examples), self._encoded_texts(phrases)])
        relations = np.repeat(np.arange(len(RELATIONS)), [len(drawn["exact"]), len(drawn["broader"]), len(phrases)])
        candidates = CandidateGenerator(names, regressor, None, self.mode).candidates(mention_batch(mentions), vectors)
        candidates = chosen_candidates(candidates, ~np.isin(candidates.concepts, split.concepts))
        scores = self.ranker.scores(candidates)
        probabilities = self.calibration.probabilities(candidates, scores)
        with_candidates, radii = rows_with_candidates(candidates), radii_of(regressor, vectors)
        texts = [mentions[row].read_as for row in with_candidates.tolist()]
        features = RelationFeatures(self.ontology, names).features(
            texts, candidates, scores, probabilities, radii and (radii[0][with_candidates], radii[1])
        )
        return features, relations[with_candidates]

    def _foreign(self, names: NameSources, generator: np.random.Generator) -> list[str]:
        """Noun phrases that are no names of the ontology and do not end in one, which they might be a kind of."""
        known = {normal_text(name) for name, _ in self.ontology.names()}
        phrases = [
            phrase
            for phrase in noun_phrases()
            if normal_text(phrase) not in known and not contained_names(phrase, names.exact).longest_suffix
        ]
        return [phrases[i] for i in generator.permutation(len(phrases))[:MAX_EXAMPLES].tolist()]

    def _names_of(self, rows: Indices) -> NameSources:
        examples = [self.encoded.examples[row] for row in rows.tolist()]
        return NameSources.from_surface_forms(
            SurfaceForms.from_examples(self.ontology, examples, self.encoded.words(rows))
        )

    def _encoded_texts(self, texts: Sequence[str]) -> Vectors:
        return encoded_texts(self.encoder, texts)


def encoded_texts(encoder: Encoder, texts: Sequence[str]) -> Vectors:
    """The vectors of texts without a context, float32 (n, dim)."""
    return encoder.encode([Passage(text) for text in texts]) if texts else np.zeros((0, encoder.dim), np.float32)


def noun_phrases() -> list[str]:
    """Noun phrases of many domains."""
    text = files("hyplink.placement").joinpath("noun_phrases.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def joined(
    parts: Sequence[tuple[ParentCandidates, NDArray[np.bool_]]],
) -> tuple[ParentCandidates, NDArray[np.bool_]]:
    """The candidates of several sets of names, as if they were one set, and which of them are right."""
    first = np.cumsum([0, *(int(candidates.names.max(initial=-1)) + 1 for candidates, _ in parts)])
    names = [candidates.names + n for (candidates, _), n in zip(parts, first[:-1].tolist(), strict=True)]
    concepts = [candidates.concepts for candidates, _ in parts]
    features = [candidates.features for candidates, _ in parts]
    together = ParentCandidates(np.concatenate(names), np.concatenate(concepts), np.concatenate(features))
    return together, np.concatenate([is_parent for _, is_parent in parts])
