"""Makes the link of a mention from its scored candidates."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from hyplink.candidates.matched_names import LazyName, MatchedNames
from hyplink.confidence.backoff import Answer, Posterior, backed_off
from hyplink.linking.link import Candidate, Link
from hyplink.linking.relations import Broader, MentionRelation
from hyplink.linking.scored_candidates import Option
from hyplink.memo import Memo
from hyplink.mentions.spans import MentionSpan
from hyplink.ontology import Ontology
from hyplink.run.mode import TrainingSource

_CANDIDATES_KEPT = 1 << 12


@dataclass(frozen=True)
class LinkBuilder:
    """Makes links to the concepts of an ontology.

    Attributes:
        ontology: the concepts.
        names: finds the names of concepts that mentions match.
        source: what confidences are calibrated on; None without a calibration.
    """

    ontology: Ontology
    names: MatchedNames
    source: TrainingSource | None

    def link(
        self,
        span: MentionSpan,
        options: Sequence[Option],
        top_k: int,
        min_confidence: float | None,
        relation: MentionRelation | None = None,
    ) -> Link:
        """The link of a mention to the best of its candidates, or to what is backed off to."""
        words, (negated, uncertain) = span.passage.mention, span.assertion
        candidates = tuple([self.candidate(each, words) for each in options[:top_k]])
        best, source = candidates[0], None if math.isnan(options[0].probability) else self.source
        answer = Answer(None, 0.0, None) if span.means_nothing else self._answer(options, min_confidence)
        relation = None if span.means_nothing else relation
        return Link(
            span.doc,
            span.start,
            span.end,
            span.spans,
            span.text,
            negated,
            uncertain,
            best if answer.concept == best.concept else self._ancestor(answer, candidates, words),
            None if answer.concept is None else self.ontology.depth(answer.concept),
            answer.probability if source and answer.concept else None,
            source,
            answer.given_up,
            candidates,
            span.match,
            relation and relation.relation,
            relation and relation.probabilities,
            self._broader(relation.broader) if relation and relation.broader else None,
        )

    def _broader(self, found: Broader) -> Candidate:
        concept_id = self.ontology.concept_ids[found.concept]
        return Candidate(concept_id, self.ontology.concepts[concept_id].label, math.log(found.probability), None)

    def _answer(self, options: Sequence[Option], min_confidence: float | None) -> Answer:
        ids, best = self.ontology.concept_ids, options[0]
        if min_confidence is None:
            rivals = [each.probability for each in options[1:] if each.gold_group == best.gold_group]
            return Answer(ids[best.concept], sum(rivals, best.probability), None)
        candidates = ((ids[each.concept], each.probability, each.gold_group) for each in options)
        posterior = Posterior.from_candidates(candidates, ids[best.concept], self.ontology)
        return backed_off(posterior, min_confidence, self.ontology)

    def candidate(self, option: Option, words: str | None = None) -> Candidate:
        """The candidate of some words with its id and label."""
        distance = None if math.isnan(option.distance) else option.distance
        return self._candidates[option.concept, option.minus_score, distance, words]

    @cached_property
    def _candidates(self) -> Memo[tuple[int, float, float | None, str | None], Candidate]:
        """The candidates made last: a name that a text repeats, or a batch, often has the same candidates each time."""
        return Memo(self._made, _CANDIDATES_KEPT)

    def _made(self, fields: tuple[int, float, float | None, str | None]) -> Candidate:
        concept, minus_score, distance, words = fields
        concept_id = self.ontology.concept_ids[concept]
        name = None if words is None else LazyName(self.names, words, concept_id)
        return Candidate(concept_id, self.ontology.concepts[concept_id].label, -minus_score, distance, name)

    def _ancestor(self, answer: Answer, candidates: Iterable[Candidate], words: str) -> Candidate | None:
        """The concept backed off to: one of the candidates shown, or else one made of its id and label."""
        if answer.concept is None:
            return None
        label, name = self.ontology.concepts[answer.concept].label, LazyName(self.names, words, answer.concept)
        shown = (each for each in candidates if each.concept == answer.concept)
        return next(shown, Candidate(answer.concept, label, math.log(answer.probability), None, name))
