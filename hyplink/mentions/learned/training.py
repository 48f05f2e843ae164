"""Training of the span detector on annotated documents.

The token tagger and the mention prior are over-confident on the documents that they were trained on. So the documents
are split into folds, and the span scorer is trained on features that come from models of the other folds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hyplink.arrays import Indices, Scores
from hyplink.corpus import Document, Mention, running_texts
from hyplink.encoders import Encoder
from hyplink.gold import GoldResolver
from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.mentions.learned.detector import SpanDetector, discontinuous_names, selected_spans
from hyplink.mentions.learned.mention_prior import MentionPrior
from hyplink.mentions.learned.span_features import proposed_spans, span_features
from hyplink.mentions.learned.span_scorer import train_span_scorer
from hyplink.mentions.learned.token_features import TokenFeatures
from hyplink.mentions.learned.token_tagger import TokenTagger, train_token_tagger
from hyplink.mentions.learned.tokenised_text import TokenisedText, TokenSpan, marked_spans, read
from hyplink.mentions.learned.unseen_names import unseen_names
from hyplink.mentions.learned.word_classes import WordClasses
from hyplink.run import Progress
from hyplink.run.mode import MIN_DOCUMENTS, MIN_MENTIONS

FOLDS = MIN_DOCUMENTS
"""Folds of the documents; each is scored by models trained on the other folds."""

WORDS = 500_000
"""Maximum number of words of the documents used, which bounds the time; more text improves little."""

SEED = 0
THRESHOLDS = np.arange(20, 121, 5) / 200


class _Text(NamedTuple):
    """A tokenised document and the spans marked in it."""

    document: Document
    tokenised: TokenisedText
    marked: frozenset[TokenSpan]


class _Annotated(NamedTuple):
    """A `_Text` with the feature columns of its tokens."""

    document: Document
    tokenised: TokenisedText
    marked: frozenset[TokenSpan]
    seen: Indices


class _OutOfFold(NamedTuple):
    """The proposed spans of a document with out-of-fold features and labels, and the names unseen in other folds."""

    spans: Sequence[TokenSpan]
    features: Scores
    is_mention: NDArray[np.bool_]
    n_marked: int
    unseen_names: Sequence[TokenSpan]


def train_span_detector(
    documents: Sequence[Document],
    resolver: GoldResolver,
    detector: DictionaryDetector,
    encoder: Encoder,
    progress: Progress,
) -> SpanDetector | None:
    """The span detector trained on annotated running texts; None if they are too few.

    Args:
        documents: annotated documents; those without mentions are ignored.
        resolver: resolves annotated ids; of mentions without a known concept only names are training data.
        detector: finds names in text.
        encoder: gives the word vectors that are clustered.
        progress: advanced after each of `FOLDS` + 1 steps.
    """
    texts = _texts(documents, resolver, detector)
    if sum(bool(each.marked) for each in texts) < FOLDS or sum(len(each.marked) for each in texts) < MIN_MENTIONS:
        return None
    words = (token.text.lower() for each in texts for token in each.tokenised.tokens)
    token_features = TokenFeatures(WordClasses.from_words(words, encoder, SEED))
    annotated = [_Annotated(*each, token_features.of(each.tokenised)) for each in texts]
    folds = np.arange(len(annotated)) % FOLDS
    scored = _out_of_fold(annotated, folds, progress)
    span_detector = SpanDetector(
        token_features,
        *_first_stage(annotated),
        train_span_scorer(
            np.concatenate([each.features for each in scored]),
            np.concatenate([each.is_mention for each in scored]),
            SEED,
        ),
        threshold=_best_threshold(scored, folds),
        discontinuous=_discontinuous_probability(annotated),
        new=_unseen_name_probability(scored),
    )
    progress.advance()
    return span_detector


def _texts(documents: Sequence[Document], resolver: GoldResolver, detector: DictionaryDetector) -> list[_Text]:
    """Annotated running texts in random order, up to `WORDS` words; those with marked spans come first."""
    texts, n_words = list[_Text](), 0
    for i in np.random.default_rng(SEED).permutation(len(documents)).tolist():
        if not documents[i].mentions or not running_texts([documents[i]]):
            continue
        texts.append(_read(documents[i], resolver, detector))
        n_words += len(texts[-1].tokenised.tokens)
        if n_words >= WORDS:
            break
    return sorted(texts, key=lambda each: not each.marked)


def _read(document: Document, resolver: GoldResolver, detector: DictionaryDetector) -> _Text:
    """A document with its marked spans.

    A mention whose ids resolve to no concept is marked only if its words are a name. The linker cannot link the others,
    but they show that names inside them are no unmarked names, so these names are left out of the tokenised text.
    """
    tokenised = read(document.text, detector)
    linkable, others = list[Mention](), list[Mention]()
    for mention in document.mentions or ():
        named = tokenised.span_at(mention.start, mention.end) in tokenised.names
        known = named or not mention.parts or any(resolver.resolve(mention).parts)
        (linkable if known else others).append(mention)
    document = replace(document, mentions=tuple(linkable))
    names = {
        span: name
        for span, name in tokenised.names.items()
        if not any(mention.start < name.end and name.start < mention.end for mention in others)
    }
    return _Text(document, replace(tokenised, names=names), marked_spans(document, tokenised))


def _first_stage(annotated: Sequence[_Annotated]) -> tuple[TokenTagger, MentionPrior]:
    token_tagger = train_token_tagger([each.seen for each in annotated], [each.marked for each in annotated])
    return token_tagger, MentionPrior.from_texts((each.tokenised, each.marked) for each in annotated)


def _out_of_fold(annotated: Sequence[_Annotated], folds: Indices, progress: Progress) -> list[_OutOfFold]:
    """The proposed spans of each document, with features from models of the other folds."""
    scored: dict[int, _OutOfFold] = {}
    for fold in range(FOLDS):
        token_tagger, mention_prior = _first_stage([annotated[i] for i in np.flatnonzero(folds != fold).tolist()])
        for i in np.flatnonzero(folds == fold).tolist():
            _, tokenised, marked, seen = annotated[i]
            log_odds = token_tagger.log_odds(seen)
            spans = proposed_spans(tokenised, log_odds, mention_prior)
            features = span_features(tokenised, spans, log_odds, mention_prior)
            is_mention = np.array([span in marked for span in spans], dtype=bool)
            scored[i] = _OutOfFold(
                spans, features, is_mention, len(marked), unseen_names(tokenised, mention_prior, marked)
            )
        progress.advance()
    return [scored[i] for i in range(len(annotated))]


def _best_threshold(scored: Sequence[_OutOfFold], folds: Indices) -> float:
    """The threshold with the best out-of-fold F1; of several equal ones, the median."""
    probabilities: dict[int, Scores] = {}
    for fold in range(FOLDS):
        seen = [scored[i] for i in np.flatnonzero(folds != fold).tolist()]
        scorer = train_span_scorer(
            np.concatenate([each.features for each in seen]), np.concatenate([each.is_mention for each in seen]), SEED
        )
        probabilities |= {i: scorer.probabilities(scored[i].features) for i in np.flatnonzero(folds == fold).tolist()}
    f1 = np.array([_f1(scored, probabilities, threshold) for threshold in THRESHOLDS.tolist()])
    best = THRESHOLDS[f1 == f1.max()]
    return float(best[len(best) // 2])


def _f1(scored: Sequence[_OutOfFold], probabilities: Mapping[int, Scores], threshold: float) -> float:
    right = n_chosen = 0
    for i, each in enumerate(scored):
        chosen = selected_spans(dict(zip(each.spans, probabilities[i].tolist(), strict=True)), threshold)
        truth = dict(zip(each.spans, each.is_mention.tolist(), strict=True))
        right += sum(truth[span] for span in chosen)
        n_chosen += len(chosen)
    return 2 * right / (n_chosen + sum(each.n_marked for each in scored))


def _discontinuous_probability(annotated: Sequence[_Annotated]) -> float:
    """The share of discontinuous names outside other mentions that are mentions, smoothed with one of each."""
    right, names = 1, 2
    for document, tokenised, marked, _ in annotated:
        mentions = {mention.spans for mention in document.mentions or ()}
        discontinuous = discontinuous_names(tokenised, marked)
        names += len(discontinuous)
        right += sum(name.spans in mentions for name in discontinuous)
    return right / names


def _unseen_name_probability(scored: Sequence[_OutOfFold]) -> float:
    """The share of plain names unseen in other folds that are mentions, smoothed with one of each."""
    right, names = 1, 2
    for each in scored:
        truth = dict(zip(each.spans, each.is_mention.tolist(), strict=True))
        names += len(each.unseen_names)
        right += sum(truth[span] for span in each.unseen_names)
    return right / names
