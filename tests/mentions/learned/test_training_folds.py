"""Training of the span detector fold by fold: which documents each model learns from, and which it describes."""

from collections import Counter
from dataclasses import replace
from itertools import islice
from types import SimpleNamespace

import numpy as np
import pytest

from hyplink.corpus import Document, Mention
from hyplink.gold import GoldResolver
from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.mentions.learned import training
from hyplink.mentions.learned.mention_prior import Counts
from hyplink.mentions.learned.span_features import SPAN_FEATURES
from hyplink.mentions.learned.training import FOLDS, train_span_detector
from hyplink.ontology import Concept, Ontology
from hyplink.run.mode import MIN_MENTIONS
from tests.mentions.learned.conftest import LetterEncoder, annotated, taught


def test_five_documents_of_a_hundred_mentions_are_enough(detector):
    text = "saw " + " and ".join(["rods"] * (MIN_MENTIONS // FOLDS))
    starts = range(4, len(text), 9)
    mentions = tuple(Mention(start, start + 4, "rods") for start in starts)
    assert taught([Document(f"{i}", text, mentions) for i in range(FOLDS)], detector) is not None


@pytest.mark.parametrize(("most_words", "are_enough"), [(10 * MIN_MENTIONS, True), (10 * MIN_MENTIONS - 10, False)])
def test_documents_are_read_in_random_order_until_they_hold_so_many_words(
    detector, monkeypatch, most_words, are_enough
):
    monkeypatch.setattr(training, "WORDS", most_words)
    words = ["rods"] * MIN_MENTIONS + ["cones"] * MIN_MENTIONS  # ten words a document
    documents = [annotated(f"{i}", each, "We saw {} in the retina of each cell line.") for i, each in enumerate(words)]
    found = taught(documents, detector)
    assert (found is not None) == are_enough
    if found:
        assert found.mention_prior.times["rod"].marked + found.mention_prior.times["cone"].marked == MIN_MENTIONS
        assert 20 < found.mention_prior.times["rod"].marked < 80


def test_the_surface_forms_of_all_documents_are_counted(span_detector):
    # Seven wordings in four sentences, each five times.
    times = span_detector.mention_prior.times
    assert times["cone cell"] == times["rod cell"] == Counts(20, 20)
    assert times["inner hair cell"] == times["outer hair cell"] == Counts(20, 20)
    assert times["rod"] == Counts(20 + 20, 20, inside=20)
    assert times["hair cell"] == Counts(40, 0, inside=40)
    # In three of four sentences, and in cone cells, inner and outer hair cells, and rod cells.
    assert times["cell"] == Counts(3 * 35 + 4 * 20, 0, inside=4 * 20)


def test_the_rate_of_unseen_names_is_estimated_from_names_unseen_in_other_folds():
    letters = "bcdfghjklmnprstvz"
    words = [f"{first}o{second}inum" for first in letters for second in letters][: MIN_MENTIONS + 40]
    detector = DictionaryDetector.from_names([(word, f"X:{i}") for i, word in enumerate(words)])
    documents = [annotated(f"{i}", word, "We saw {} in the retina.") for i, word in enumerate(words)]
    marked = [
        document if i < MIN_MENTIONS else replace(document, mentions=(Mention(0, 2, "We"),))
        for i, document in enumerate(documents)
    ]
    found = taught(marked, detector)
    assert found.new == pytest.approx((MIN_MENTIONS + 1) / (MIN_MENTIONS + 40 + 2))


def test_the_probability_of_discontinuous_names_is_the_share_that_was_marked(detector, documents):
    text = "Then rod and cone cells were seen."
    apart, whole = Mention(5, 23, "rod cells", spans=((5, 8), (18, 23))), Mention(13, 23, "cone cells")
    with_both = [Document(f"b{i}", text, (apart, whole)) for i in range(7)]
    without = [Document(f"w{i}", text, (whole,)) for i in range(2)]
    assert taught(documents, detector).discontinuous == 1 / 2
    assert taught([*documents, *with_both, *without], detector).discontinuous == pytest.approx((7 + 1) / (9 + 2))


class Spy:
    """What the training of a span detector hands to the parts that it is made of."""

    def __init__(self, monkeypatch):
        self.first_stages = []  # for each first stage: the texts that it learns from, then those that it describes
        self.features = {}  # of the spans of each text that were described
        self.scorers = []  # for each scorer: features and truth that it learns from, then those that it is asked about
        self._from_texts, self._span_features = training.MentionPrior.from_texts, training.span_features
        self._train_span_scorer = training.train_span_scorer
        monkeypatch.setattr(training, "MentionPrior", SimpleNamespace(from_texts=self.from_texts))
        monkeypatch.setattr(training, "span_features", self.span_features)
        monkeypatch.setattr(training, "train_span_scorer", self.train_span_scorer)
        self._train_token_tagger = training.train_token_tagger
        monkeypatch.setattr(training, "train_token_tagger", self.train_token_tagger)

    def train_token_tagger(self, seen, marked):
        self.marked_for_tagger = list(marked)
        return self._train_token_tagger(seen, marked)

    def from_texts(self, texts):
        texts = list(texts)
        assert [marked for _, marked in texts] == self.marked_for_tagger
        self.first_stages.append(([tokenised.text for tokenised, _ in texts], []))
        return self._from_texts(texts)

    def span_features(self, tokenised, spans, log_odds, mention_prior):
        self.first_stages[-1][1].append(tokenised.text)
        self.features[tokenised.text] = self._span_features(tokenised, spans, log_odds, mention_prior)
        return self.features[tokenised.text]

    def train_span_scorer(self, features, is_mention, seed):
        assert seed == training.SEED
        asked = []
        self.scorers.append((features, is_mention, asked))
        scorer = self._train_span_scorer(features, is_mention, seed)

        def probabilities(features):
            asked.append(features)
            return scorer.probabilities(features)

        return SimpleNamespace(probabilities=probabilities)


class Steps:
    """Counts the steps of a progress bar."""

    def __init__(self):
        self.n = 0

    def advance(self, n=1, note=""):
        self.n += n


@pytest.fixture
def spy(monkeypatch):
    return Spy(monkeypatch)


@pytest.fixture(scope="module")
def distinct(documents):
    """A hundred documents and more, no two of the same text."""
    return [
        replace(document, text=f"{document.text} Case {i}.") for i, document in enumerate(islice(documents, 0, 120))
    ]


def rows_of(features):
    return Counter(row.tobytes() for row in features)


def test_the_features_of_each_document_come_from_models_of_the_other_folds(distinct, detector, spy):
    taught(distinct, detector)
    *folds, last = spy.first_stages
    everything = sorted(document.text for document in distinct)
    assert len(folds) == FOLDS
    for learned_from, described in folds:
        assert len(described) == len(distinct) // FOLDS
        assert sorted([*learned_from, *described]) == everything
    assert sorted(text for _, described in folds for text in described) == everything
    assert sorted(last[0]) == everything
    assert last[1] == []


def test_the_scorer_is_trained_on_out_of_fold_features_and_its_threshold_on_unseen_folds(distinct, detector, spy):
    found = taught(distinct, detector)
    first, *others = spy.scorers
    everything = np.concatenate(list(spy.features.values()))
    assert rows_of(first[0]) == rows_of(everything)
    assert first[1].sum() == len(distinct)
    assert len(others) == FOLDS
    for features, is_mention, asked in others:
        assert len(asked) == len(distinct) // FOLDS
        assert is_mention.sum() == len(distinct) - len(asked)
        assert rows_of(features) + rows_of(np.concatenate(asked)) == rows_of(everything)
    assert rows_of(np.concatenate([each for _, _, asked in others for each in asked])) == rows_of(everything)
    assert found.scorer.probabilities(everything[:1]).shape == (1,)


def test_what_is_marked_in_a_document_changes_nothing_that_describes_it_or_others_of_its_fold(
    distinct, detector, monkeypatch
):
    with monkeypatch.context() as patch:
        before = Spy(patch)
        taught(distinct, detector)
    (fold,) = (described for _, described in before.first_stages[:FOLDS] if distinct[7].text in described)
    word, _ = distinct[7].text.split(maxsplit=1)
    other = Mention(0, len(word), word)
    changed = [replace(each, mentions=(other,)) if each is distinct[7] else each for each in distinct]
    with monkeypatch.context() as patch:
        after = Spy(patch)
        taught(changed, detector)
    same = {
        text
        for text, features in before.features.items()
        if features.shape == after.features[text].shape and (features == after.features[text]).all()
    }
    assert same >= set(fold)
    assert len(same) < len(distinct)


def test_the_labels_of_spans_are_aligned_with_their_features(documents, detector, spy):
    taught(documents, detector)
    features, is_mention, _ = spy.scorers[0]
    column = {name: features[:, SPAN_FEATURES.index(name)] for name in ("words", "marked", "unmarked")}
    assert (column["marked"][is_mention] > 0).all()
    # Three words are marked: inner and outer hair cells. Of the spans of three words no others are ever marked.
    of_three = column["words"] == 3
    assert is_mention[of_three].sum() == 40
    assert (is_mention == (column["marked"] > 0))[of_three].all()


@pytest.mark.parametrize(("probability", "threshold"), [(0.3, 0.2), (0.45, 0.275), (0.7, 0.35)])
def test_of_thresholds_that_are_equally_good_the_one_in_the_middle_is_taken(
    documents, detector, monkeypatch, probability, threshold
):
    scorer = SimpleNamespace(probabilities=lambda features: np.full(len(features), probability))
    monkeypatch.setattr(training, "train_span_scorer", lambda *_: scorer)
    assert taught(documents, detector).threshold == pytest.approx(threshold)


def test_the_threshold_is_that_of_the_greatest_f1(documents, detector, monkeypatch):
    # Right spans have a probability of .4 and wrong ones of .3: from .3 to .375 the right ones alone are found.
    def train(*_):
        def probabilities(features):
            return np.where(features[:, SPAN_FEATURES.index("marked")] > 0, 0.4, 0.3)

        return SimpleNamespace(probabilities=probabilities)

    monkeypatch.setattr(training, "train_span_scorer", train)
    assert taught(documents, detector).threshold == pytest.approx(0.35)


def test_training_reports_six_steps(documents, detector):
    steps = Steps()
    resolver = GoldResolver(Ontology([Concept("X:1", "rod cell")]))
    train_span_detector(documents, resolver, detector, LetterEncoder(), steps)
    assert steps.n == FOLDS + 1
