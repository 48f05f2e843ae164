import numpy as np

from hyplink.candidates.topics import ConceptTopics, topics_of_texts
from hyplink.ontology import Concept, Ontology, Synonym


class Letters:
    """Counts the letters a and b of texts, and records the texts."""

    def __init__(self):
        self.read = []

    def topics(self, texts):
        self.read += texts
        return np.array([[text.count("a"), text.count("b")] for text in texts], np.float32).reshape(-1, 2)


def test_topics_are_of_names_and_definitions_about_their_mean_and_only_of_concepts_with_a_definition():
    concepts = [
        Concept("X:1", "a", (Synonym("aa"),), definition="bb"),
        Concept("X:2", "bbb"),
        Concept("X:3", "a", definition="a"),
    ]
    encoder = Letters()
    topics = ConceptTopics.from_ontology(Ontology(concepts), encoder)
    assert encoder.read == ["a; aa; bb", "a; a"]
    assert topics.centre.tolist() == [2.5, 1]
    np.testing.assert_allclose(topics.vectors, np.array([[1, 2], [0, 0], [-1, -2]]) / [[5**0.5], [1], [5**0.5]], 1e-6)
    of_three = topics.cosine(np.array([3.5, 1], np.float32), np.array([2, 0, 1]))
    np.testing.assert_allclose(of_three, [-(5**-0.5), 5**-0.5, 0], rtol=1e-6)
    assert topics.cosine(np.zeros(2, np.float32), np.array([2, 0])).tolist() == [0, 0]


def test_an_ontology_without_definitions_has_no_topics():
    topics = ConceptTopics.from_ontology(Ontology([Concept("X:1", "a")]), Letters())
    assert topics.vectors.tolist() == [[0, 0]]
    assert topics.cosine(np.array([3, 1], np.float32), np.array([0])).tolist() == [0]


def test_a_text_is_encoded_when_it_is_first_asked_for():
    encoder = Letters()
    topic_of = topics_of_texts(encoder, {"d": "ab", "e": "aa"})
    assert encoder.read == []
    assert [topic_of(document).tolist() for document in "ded"] == [[1, 1], [2, 0], [1, 1]]
    assert encoder.read == ["ab", "aa"]
