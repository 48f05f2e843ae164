"""Mentions of a run whose regressor ignores context are encoded by their words alone."""

import numpy as np
import pytest

from hyplink.mentions.batch import MentionBatch
from tests.linking.hand_made import calibration_of, linker_of, span_of


@pytest.fixture
def linker():
    found = linker_of(calibration_of("names"))
    found.generator.regressor.uses_context = False
    return found


SPANS = [[span_of("bb", left="a c"), span_of("aaaa", left="b")], [span_of("bb", left="ccc c")]]


def test_scores_are_those_of_the_whole_passages(linker):
    whole = linker.encoder.encode([span.passage for each in SPANS for span in each])
    expected = linker.generator.candidates(MentionBatch.from_spans(SPANS, linker.ontology, search_all=True), whole)
    for scored in (linker.score(SPANS), linker.score(SPANS)):  # the candidates are remembered the second time
        np.testing.assert_array_equal(scored.candidates.mentions, expected.mentions)
        np.testing.assert_array_equal(scored.candidates.concepts, expected.concepts)
        np.testing.assert_array_equal(scored.candidates.features, expected.features)
        np.testing.assert_array_equal(scored.scores, linker.ranker.scores(expected))
        np.testing.assert_array_equal(scored.candidates.distances, expected.distances)


def test_each_distinct_mention_is_encoded_once_and_without_its_context(linker):
    encode, seen = linker.encoder.encode, []
    linker.encoder.encode = lambda passages: seen.extend(passages) or encode(passages)
    linker.score(SPANS)
    assert [(each.mention, each.left, each.right) for each in seen] == [("bb", "", ""), ("aaaa", "", "")]


def test_context_is_encoded_where_the_regressor_uses_it(linker):
    linker.generator.regressor.uses_context = True
    encode, seen = linker.encoder.encode, []
    linker.encoder.encode = lambda passages: seen.extend(passages) or encode(passages)
    linker.score(SPANS)
    assert seen == [span.passage for each in SPANS for span in each]
