"""A linker made by hand, of eight concepts and an encoder whose vectors follow from the text."""

import numpy as np

from hyplink.candidates.examples import Example
from hyplink.candidates.name_sources import NameSources
from hyplink.candidates.surface_forms import SurfaceForms
from hyplink.candidates.topics import ConceptTopics
from hyplink.confidence.calibration import Calibration, Uncalibrated
from hyplink.corpus import Document, Mention
from hyplink.encoders import Passage
from hyplink.linking.linker import Linker
from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.mentions.match import Match
from hyplink.mentions.spans import MentionSpan, SpanFinder
from hyplink.ontology import Concept, Ontology, Synonym
from hyplink.ranking.document_features import DocumentFeatures
from hyplink.ranking.ranker import prior_ranker
from hyplink.run.mode import Mode
from hyplink.senses.candidates import CandidateGenerator
from tests.hand_made import DIM, OWN, identity_regressor, on_axis

RADII = [0.0, 0.4, 0.7, 1.1, 1.6, 2.0, 2.5, 3.1]

DOCUMENTS = [
    Document("a", "Rod cells and an S cell (SC); no cone. The SC is a cell of the blue cone."),
    Document("b", "Nothing of the kind."),
    Document("c", "A helper beside the rods, perhaps a cone cell.", (Mention(2, 8, "helper"), Mention(20, 24, "rods"))),
    Document("a", "A helper and the glial cell, the Müller cells and cells of rods."),  # the id of another document
    Document("d", ""),
    Document("e", "?? and ++", (Mention(0, 2, "??"), Mention(7, 9, "++"))),
    Document("g", "A rod cell that nobody marked.", ()),
    Document("f", "The helper sees pine cones, blue-cone cells and cells (cone)."),
]


class LetterEncoder:
    """The own part of a vector counts letters; the point lies the farther out, the longer the text before it is."""

    dim, window, blocks = OWN + DIM, 3, (OWN, DIM)

    def encode(self, passages):
        own = [[len(each.mention), each.mention.count("e"), ord(each.mention[0]) - 90] for each in passages]
        radii = [len(each.left) % 13 * 0.25 for each in passages]
        return np.concatenate([np.reshape(own, (-1, OWN)), on_axis(radii)], axis=1).astype(np.float32)

    def topics(self, texts):
        return np.array([[each.count(letter) for letter in "cer"] for each in texts], np.float32).reshape(-1, 3)


def concept(number, label, parent=None, synonyms=()):
    parents = () if parent is None else (f"X:{parent}",)
    return Concept(f"X:{number}", label, tuple(map(Synonym, synonyms)), parents=parents)


ONTOLOGY = Ontology(
    [
        concept(0, "cell"),
        concept(1, "photoreceptor", 0),
        concept(2, "rod cell", 1, ["rod"]),
        concept(3, "cone cell", 1, ["cone"]),
        concept(4, "blue cone cell", 3, ["blue cone", "S cell"]),
        concept(5, "pine cone", 0, ["cone"]),
        concept(6, "glial cell", 0, ["S cell"]),
        concept(7, "Müller cell", 6),
    ]
)
ANNOTATED = [
    Example("rods", "rods", (("X:2",),), "known"),
    Example("blue ones", "blue ones", (("X:4", "X:3"),), "known"),
    Example("helper", "helper", (("X:7",),), "known"),
]


class LengthDetector:
    """Stands for a trained detector: finds the names, each with a probability that tells its length."""

    def mentions_of(self, texts, detector, *, nested=False, prefer="balanced"):
        return [self.mentions(text, detector, nested=nested, prefer=prefer) for text in texts]

    def mentions(self, text, detector, *, nested=False, prefer="balanced"):
        found = detector.detect(text, nested=nested)
        return [each._replace(mention_probability=1 - len(each.text) / 100) for each in found]


def calibration_of(source, **fields):
    known = {"n_mentions": 200, "n_documents": 0, "slope": 1.0, "intercept": 0.0, "elsewhere": 0.5, "sharpness": 1.0}
    plain = 0.97 if source == "names" else None
    return Calibration(source=source, **known | {"sure": 0.9, "plain": plain, "known": 0.0} | fields)


def span_of(text, named=(), left="", probability=1.0, **fields):
    return MentionSpan("d", 0, len(text), None, text, Passage(text, left), named, Match.EXACT, probability, **fields)


def linker_of(calibration, ontology=ONTOLOGY, senses=None, detector=None, annotated=ANNOTATED):
    encoder, mode = LetterEncoder(), Mode(calibration.source or "names", is_lexicon=senses is not None)
    names = [Example(name, name, ((each,),)) for name, each in ontology.names()]
    examples = [*names, *annotated]
    vectors = encoder.encode([Passage(example.read_as) for example in examples])[:, :OWN]
    sources = NameSources.from_surface_forms(SurfaceForms.from_examples(ontology, examples, vectors))
    generator = CandidateGenerator(sources, identity_regressor(RADII[: len(ontology)]), senses, mode)
    dictionary = DictionaryDetector.from_names(ontology.names())
    lexicon = senses.inventory if senses else None
    finder = SpanFinder(ontology, encoder.window, dictionary, detector, lexicon)
    topics = None if senses else ConceptTopics.from_ontology(ontology, encoder)
    document_features = DocumentFeatures(prior_ranker(), generator.regressor, topics)
    return Linker(ontology, encoder, generator, prior_ranker(), calibration, finder, mode, document_features)


def linkers_by_source():
    """Linkers by what their confidences were fitted on, and whether a trained detector finds mentions."""
    calibrations = {
        "names": calibration_of("names"),
        "documents": calibration_of("documents", slope=0.7, sharpness=1.5),
        "none": Uncalibrated("too few"),
    }
    return {
        (source, trained): linker_of(calibration, detector=LengthDetector() if trained else None)
        for source, calibration in calibrations.items()
        for trained in (False, True)
    }
