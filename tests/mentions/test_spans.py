"""Mention spans with the context needed to link them: every value belongs to its own mention."""

from dataclasses import dataclass

import pytest

from hyplink.corpus import Document, Mention
from hyplink.encoders import Passage
from hyplink.mentions.assertion import Assertion
from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.mentions.lexicon import Lexicon, WordUse
from hyplink.mentions.match import Match
from hyplink.mentions.name_matches import DetectedMention
from hyplink.mentions.spans import AFFIRMED, MentionSpan, SpanFinder
from hyplink.ontology import Concept, Ontology, Sense

NEGATED, UNCERTAIN = Assertion(negated=True, uncertain=False), Assertion(negated=False, uncertain=True)

ONTOLOGY = Ontology(
    [
        Concept("root", "root"),
        Concept("fever", "fever", parents=("root",)),
        Concept("high", "high fever", parents=("fever",)),
        Concept("rash", "skin rash", parents=("root",)),
        Concept("tic", "tic", parents=("root",)),
    ]
)
DETECTOR = DictionaryDetector.from_names(ONTOLOGY.names())


@dataclass
class FixedDetector:
    """Stands for a detector that was trained: finds the same mentions in every text, and notes what it was asked."""

    found: list[DetectedMention]
    asked: tuple[object, ...] = ()

    def mentions_of(self, texts, detector, *, nested=False, prefer="balanced"):
        return [self.mentions(text, detector, nested=nested, prefer=prefer) for text in texts]

    def mentions(self, text, detector, *, nested=False, prefer="balanced"):
        self.asked = (text, detector, nested, prefer)
        return self.found


def spans_of(document, *, window=1, trained=None, lexicon=None, nested=False):
    return SpanFinder(ONTOLOGY, window, DETECTOR, trained, lexicon).find(document, nested=nested)


def detected(start, end, *candidates, match=Match.EXACT, name_text="", probability=1.0):
    return DetectedMention(start, end, f"text {start}", candidates, match, name_text, None, probability)


def test_a_mention_is_affirmed_and_certain_unless_something_else_is_known():
    assert Assertion(negated=False, uncertain=False) == AFFIRMED
    span = MentionSpan("d", 0, 1, None, "x", Passage("x"), (), None)
    assert (span.mention_probability, span.assertion, span.use) == (1.0, AFFIRMED, None)


def test_given_mentions_keep_their_spans_and_words_and_have_no_names():
    text = "No fever or low heat. Possible rash; a tic was seen."
    spans = ((3, 8), (16, 20))
    document = Document(
        "doc 7",
        text,
        (Mention(3, 20, "fever heat", spans=spans), Mention(31, 35, "rash"), Mention(39, 42, "tic")),
    )
    found = spans_of(document)
    assert {each.document_text for each in found} == {text}
    assert [each._replace(document_text="") for each in found] == [
        MentionSpan(
            "doc 7", 3, 20, spans, "fever heat", Passage("fever heat", "No ", text[20:45]), (), None, 1.0, NEGATED
        ),
        MentionSpan("doc 7", 31, 35, None, "rash", Passage("rash", text[6:31], text[35:]), (), None, 1.0, UNCERTAIN),
        MentionSpan("doc 7", 39, 42, None, "tic", Passage("tic", text[14:39], text[42:]), (), None, 1.0, AFFIRMED),
    ]


def test_mentions_that_begin_within_a_scope_are_negated():
    text = "no fever but a tic"
    for start, end in ((3, 8), (3, 18)):
        (span,) = spans_of(Document("d", text, (Mention(start, end, text[start:end]),)))
        assert span.assertion == NEGATED


def test_given_mentions_are_kept_although_names_occur_elsewhere():
    document = Document("d", "a tic, a fever", (Mention(2, 5, "tic"),))
    assert [span.text for span in spans_of(document)] == ["tic"]
    trained = FixedDetector([])
    assert [span.text for span in spans_of(document, trained=trained)] == ["tic"]
    assert trained.asked == ()


def test_a_given_abbreviation_is_encoded_as_its_long_form_and_keeps_its_own_text():
    text = "a skin rash (SR), SR"
    document = Document("d", text, (Mention(2, 11, "skin rash"), Mention(18, 20, "SR")))
    assert [(span.text, span.passage.mention) for span in spans_of(document)] == [
        ("skin rash", "skin rash"),
        ("SR", "skin rash"),
    ]


def test_names_that_are_found_have_their_concepts_and_matches():
    text = "No fever, possible skin rash; tics. Skin rash (SR): SR"
    found = spans_of(Document("d", text), window=0)
    assert [(span.start, span.end, span.text, span.passage) for span in found] == [
        (3, 8, "fever", Passage("fever")),
        (19, 28, "skin rash", Passage("skin rash")),
        (30, 34, "tics", Passage("tics")),
        (36, 45, "Skin rash", Passage("Skin rash")),
        (47, 49, "SR", Passage("Skin rash")),
        (52, 54, "SR", Passage("Skin rash")),
    ]
    assert [span.named for span in found] == [("fever",), ("rash",), ("tic",), *[("rash",)] * 3]
    assert [span.match for span in found] == [Match.EXACT, Match.EXACT, Match.NORMALISED, *[Match.EXACT] * 3]
    assert [span.assertion for span in found] == [NEGATED, UNCERTAIN, *[AFFIRMED] * 4]
    assert all(span.mention_probability == 1.0 and span.doc == "d" and span.use is None for span in found)


def test_a_discontinuous_mention_keeps_its_pieces():
    detector = DictionaryDetector.from_names([("skin rash", "rash"), ("skin cyst", "tic"), ("face rash", "fever")])
    (skin, face) = SpanFinder(ONTOLOGY, 0, detector, None, None).find(Document("d", "skin or face rash"))
    assert (skin.start, skin.end, skin.spans, skin.text) == (0, 17, ((0, 4), (13, 17)), "skin rash")
    assert (face.start, face.end, face.spans, face.text) == (8, 17, None, "face rash")


def test_a_trained_detector_decides_where_there_is_one():
    text = "No fever, possible rash; a tic"
    found = [
        detected(3, 8, "fever", name_text="fever of", probability=0.5),
        detected(19, 23, match=Match.PROPOSED, name_text="a rash", probability=0.75),
        detected(27, 30, "tic", "root", match=Match.DERIVED, name_text="tics", probability=0.25),
    ]
    trained = FixedDetector(found)
    found = spans_of(Document("d", text), trained=trained)
    assert {each.document_text for each in found} == {text}
    assert [each._replace(document_text="") for each in found] == [
        MentionSpan(
            "d", 3, 8, None, "text 3", Passage("fever of", "No ", text[8:]), ("fever",), Match.EXACT, 0.5, NEGATED
        ),
        MentionSpan(
            "d", 19, 23, None, "text 19", Passage("a rash", text[:19], text[23:]), (), Match.PROPOSED, 0.75, UNCERTAIN
        ),
        MentionSpan(
            "d", 27, 30, None, "text 27", Passage("tics", text[2:27], ""), ("tic", "root"), Match.DERIVED, 0.25
        ),
    ]
    assert trained.asked == (text, DETECTOR, False, "balanced")
    SpanFinder(ONTOLOGY, 1, DETECTOR, trained, None).find(Document("d", text), nested=True, prefer="recall")
    assert trained.asked == (text, DETECTOR, True, "recall")


def test_nested_names_come_on_request():
    ontology = Ontology([Concept("fever", "fever"), Concept("high", "high fever")])
    finder = SpanFinder(ontology, 0, DictionaryDetector.from_names(ontology.names()), None, None)
    assert [span.text for span in finder.find(Document("d", "high fever"))] == ["high fever"]
    assert [span.text for span in finder.find(Document("d", "high fever"), nested=True)] == ["high fever", "fever"]


@pytest.mark.parametrize(
    ("candidates", "match", "named"),
    [
        (("high", "fever", "tic"), Match.REWORDED, ("fever", "tic")),  # a high fever is a fever
        (("high", "tic", "root"), Match.REWORDED, ("root",)),
        (("high", "rash"), Match.REWORDED, ("high", "rash")),
        (("high",), Match.REWORDED, ("high",)),
        (("high", "fever", "tic"), Match.REORDERED, ("high", "fever", "tic")),
        (("high", "fever"), Match.EXACT, ("high", "fever")),
        ((), Match.PROPOSED, ()),
    ],
)
def test_of_concepts_whose_names_have_other_words_none_is_below_another(candidates, match, named):
    (span,) = spans_of(Document("d", "x y"), trained=FixedDetector([detected(0, 1, *candidates, match=match)]))
    assert span.named == named


LEXICON = Lexicon.from_ontology(
    Ontology(
        [
            Concept("fever", "fever", senses=(Sense("fever%1", "fever", 1, 2),), part_of_speech="n"),
            Concept("tic", "tic", senses=(Sense("tic%1", "tic", 1, 1),), part_of_speech="n"),
        ]
    )
)


def test_in_a_lexicon_each_mention_uses_its_word():
    document = Document(
        "d", "a fever, a rash or tics", (Mention(2, 7, ""), Mention(11, 15, "rash"), Mention(19, 23, "tics"))
    )
    uses = [span.use for span in spans_of(document, lexicon=LEXICON)]
    assert uses == [None, None, WordUse(("tic", "n"), "d", ("tics", "or", "rash or", ""))]
    uses = [span.use for span in spans_of(Document("d", "Fever, a tic"), lexicon=LEXICON)]
    assert uses == [
        WordUse(("fever", "n"), "d", ("fever^", "", "", ",")),
        WordUse(("tic", "n"), "d", ("tic", "a", ", a", "")),
    ]


def test_in_an_ontology_that_is_no_lexicon_no_mention_has_a_word_use():
    mention = Mention(0, 3, "tic", lemma="tic", part_of_speech="n")
    for lexicon in (None, Lexicon({}, {})):
        assert [span.use for span in spans_of(Document("d", "tic", (mention,)), lexicon=lexicon)] == [None]


def test_a_document_without_mentions_has_no_spans():
    assert spans_of(Document("d", "a fever", ())) == []  # it is annotated: no names are sought
    assert spans_of(Document("d", "nothing here")) == []
    assert spans_of(Document("d", "")) == []


@pytest.mark.parametrize(
    ("text", "read_as"), [("an alpha-beta cell", "alpha-beta cell"), ("an alpha-beta rod", "alphabeta rod")]
)
def test_a_hyphen_that_the_name_has_is_kept_and_another_is_not(text, read_as):
    ontology = Ontology([Concept("c", "alpha-beta cell"), Concept("r", "alphabeta rod")])
    finder = SpanFinder(ontology, 1, DictionaryDetector.from_ontology(ontology), None, None)
    (span,) = finder.find(Document("d", text))
    assert (span.text, span.passage.mention) == (text.removeprefix("an "), read_as)
