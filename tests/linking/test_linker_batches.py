"""A linker made by hand: which mention, candidate and document each number of a link belongs to."""

import numpy as np
import pytest

from hyplink.candidates.features import FEATURES
from hyplink.corpus import Document, Mention
from hyplink.mentions.lexicon import WordUse
from hyplink.ontology import Concept, Ontology, Sense
from hyplink.senses.features import SenseFeatures
from tests.linking.hand_made import DOCUMENTS, LetterEncoder, calibration_of, linker_of, linkers_by_source


@pytest.fixture(scope="module")
def linkers():
    return linkers_by_source()


def assert_same_links(found, expected):
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        plain = [each._replace(answer=None, confidence=None, candidates=()) for each in (one, other)]
        assert plain[0] == plain[1]
        for first, second in zip([*one.candidates, one.answer], [*other.candidates, other.answer], strict=True):
            assert (first and (first.concept, first.label)) == (second and (second.concept, second.label))
            if first:
                assert first.score == pytest.approx(second.score, abs=1e-6)
                assert first.distance == (second.distance and pytest.approx(second.distance, abs=1e-6))
        assert one.confidence == (other.confidence and pytest.approx(other.confidence, abs=1e-6))


# A batch and its documents


@pytest.mark.parametrize("trained", [False, True])
@pytest.mark.parametrize(
    ("source", "asked"),
    [
        (source, asked)
        for source in ("names", "documents", "none")
        for asked in ({}, {"top_k": 1}, {"top_k": 8}, {"search_all": True}, {"min_confidence": 0.6}, {"nested": True})
        if not (source == "none" and "min_confidence" in asked)
    ],
)
def test_documents_in_a_batch_are_linked_as_they_are_alone(linkers, source, asked, trained):
    linker = linkers[source, trained]
    together = list(linker.link_many(DOCUMENTS, **asked))
    in_twos = list(linker.link_many(iter(DOCUMENTS), **asked, batch_size=2))
    assert [len(links) > 0 for links in together] == [True, False, True, True, False, True, False, True]
    for document, links, other in zip(DOCUMENTS, together, in_twos, strict=True):
        (alone,) = linker.link_many([document], **asked)
        assert_same_links(links, alone)
        assert_same_links(other, alone)
        assert {link.doc for link in links} <= {document.doc_id}
        assert all(
            not link.text or document.text[link.start : link.end] == link.text for link in links if not link.spans
        )


def test_the_order_of_documents_does_not_matter(linkers):
    linker = linkers["documents", True]
    forwards = list(linker.link_many(DOCUMENTS))
    backwards = list(linker.link_many(DOCUMENTS[::-1]))[::-1]
    for links, others in zip(forwards, backwards, strict=True):
        assert_same_links(links, others)


def test_documents_of_one_id_do_not_influence_each_other(linkers):
    linker = linkers["documents", False]
    helper = Document("same", "the helper", (Mention(4, 10, "helper"),))
    other = Document("same", "the zzz", (Mention(4, 7, "zzz"),))
    glial = Document("same", "the glial cell", (Mention(4, 14, "glial cell"),))
    apart, _ = linker.link_many([helper, glial])
    (alone,) = linker.link_many([helper])
    assert_same_links(apart, alone)
    both = Document("same", "the zzz the Müller cell", (Mention(4, 7, "zzz"), Mention(12, 23, "Müller cell")))
    nearby = FEATURES.index("named_nearby")
    candidates = linker.score([linker.span_finder.find(each) for each in (other, both)]).candidates
    assert candidates.features[(candidates.concepts == 7), nearby].tolist() == [0, 1, 0]


# Words of a lexicon

SENSES = Ontology(
    [
        Concept("S:0", "thing", senses=(Sense("t", "thing", 1),), part_of_speech="n"),
        Concept("S:1", "bank", senses=(Sense("b1", "bank", 1),), parents=("S:0",), part_of_speech="n"),
        Concept("S:2", "bank", senses=(Sense("b2", "bank", 2),), parents=("S:0",), part_of_speech="n"),
        Concept("S:3", "cone", senses=(Sense("c1", "cone", 1),), parents=("S:0",), part_of_speech="n"),
        Concept("S:4", "cone", senses=(Sense("c2", "cone", 2),), parents=("S:0",), part_of_speech="n"),
        Concept("S:5", "rod", senses=(Sense("r1", "rod", 1),), parents=("S:0",), part_of_speech="n"),
    ]
)


@pytest.fixture(scope="module")
def lexicon_linker():
    generator = np.random.default_rng(0)
    uses = [
        WordUse((lemma, "n"), doc, ("x", "the", "on the", "of")) for lemma in ("bank", "cone") for doc in ("p", "q")
    ]
    glosses, vectors = (generator.normal(size=(n, 5)).astype(np.float32) for n in (6, 4))
    senses = SenseFeatures.from_uses(SENSES, glosses, uses, np.array([1, 2, 3, 4]), vectors, LetterEncoder.blocks)
    return linker_of(calibration_of("documents"), SENSES, senses, annotated=())


def words_in(doc_id, text, *words):
    mentions = []
    for word in words:
        start = text.index(word)
        lemma = word.removesuffix("s") if word in ("banks", "cones", "rod") else None
        mentions.append(Mention(start, start + len(word), word, lemma=lemma, part_of_speech=lemma and "n"))
    return Document(doc_id, text, tuple(mentions))


LEXICON_DOCUMENTS = [
    words_in("d", "The banks of the helper and many cones", "banks", "helper", "cones"),
    words_in("d", "Across the river the banks stand", "river", "banks"),
    words_in("e", "nothing"),
    words_in("f", "A rod beside cones", "rod", "cones"),
    Document("g", "The rod in the bank with the cone"),  # mentions are looked for
]


@pytest.mark.parametrize("batch_size", [1, 2, 64])
@pytest.mark.parametrize("asked", [{}, {"top_k": 9}, {"min_confidence": 0.4}])
def test_words_of_a_lexicon_in_a_batch_are_linked_as_they_are_alone(lexicon_linker, asked, batch_size):
    together = list(lexicon_linker.link_many(LEXICON_DOCUMENTS, **asked, batch_size=batch_size))
    assert [len(links) for links in together] == [3, 2, 0, 2, 3]
    for document, links in zip(LEXICON_DOCUMENTS, together, strict=True):
        (alone,) = lexicon_linker.link_many([document], **asked)
        assert_same_links(links, alone)


def test_a_word_of_a_lexicon_has_its_senses_for_candidates_and_other_mentions_any_concept(lexicon_linker):
    together = list(lexicon_linker.link_many(LEXICON_DOCUMENTS, top_k=9))
    found = [[sorted(each.concept for each in link.candidates) for link in links] for links in together]
    everything = sorted(SENSES.concepts)
    assert found[0] == [["S:1", "S:2"], everything, ["S:3", "S:4"]]
    assert found[1] == [everything, ["S:1", "S:2"]]
    assert found[3] == [["S:5"], ["S:3", "S:4"]]
    assert found[4] == [["S:5"], ["S:1", "S:2"], ["S:3", "S:4"]]
