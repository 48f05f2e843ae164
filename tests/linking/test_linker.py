import math
import shutil
from dataclasses import replace

import pytest

from hyplink.candidates.features import FEATURES
from hyplink.confidence.calibration import Calibration
from hyplink.corpus import Document, Mention
from hyplink.linking import linker as linker_module
from hyplink.linking.linker import BATCH_SIZE, Linker
from hyplink.mentions.match import Match
from hyplink.mentions.name_matches import DetectedMention
from hyplink.run.mode import Mode
from hyplink.run.swaps import SUCCESSOR, install_successor

TEXT = "The photoreceptor cells of the fly. A photoreceptor cell (PRC) is lost; the PRC dies."


@pytest.fixture(scope="module")
def linker(tiny_run):
    return Linker.load(tiny_run)


def test_names_are_found_and_linked_to_the_concept_that_bears_them(linker):
    links = linker.link(TEXT)
    assert [link.text for link in links] == ["photoreceptor cells", "photoreceptor cell", "PRC", "PRC"]
    assert all(TEXT[link.start : link.end] == link.text for link in links)
    assert {link.answer.concept for link in links} == {"CL:0000210"}
    assert {link.answer.label for link in links} == {"photoreceptor cell"}


def test_candidates_are_different_concepts_and_the_best_scored_come_first_behind_those_named(linker):
    for link in linker.link(TEXT, top_k=6, search_all=True):
        concepts = [candidate.concept for candidate in link.candidates]
        assert len(set(concepts)) == len(concepts) == 6
        others = [candidate.score for candidate in link.candidates[1:]]
        assert others == sorted(others, reverse=True)
        assert link.depth == linker.ontology.depth(link.answer.concept)


def test_a_mention_found_by_a_name_of_one_concept_has_it_alone_unless_more_are_asked_for(linker):
    quick, thorough = linker.link(TEXT), linker.link(TEXT, search_all=True)
    assert [[each.concept for each in link.candidates] for link in quick] == [["CL:0000210"]] * 4
    assert [link.answer.concept for link in thorough] == ["CL:0000210"] * 4
    assert [link.answer.distance for link in quick] == pytest.approx([link.answer.distance for link in thorough])
    assert all(link.answer.score == 0 > other.answer.score for link, other in zip(quick, thorough, strict=True))


@pytest.mark.parametrize("search_all", [False, True])
def test_how_many_candidates_are_shown_changes_no_answer(linker, search_all):
    shown = {k: linker.link(TEXT, k, search_all=search_all) for k in (1, 2, 50)}
    answers = [[(link.answer, link.confidence, link.depth) for link in links] for links in shown.values()]
    assert answers[0] == answers[1] == answers[2]
    for one, two, all_of_them in zip(*shown.values(), strict=True):
        assert one.candidates == all_of_them.candidates[:1]
        assert two.candidates == all_of_them.candidates[:2]
        assert (len(all_of_them.candidates) > 2) == search_all


def test_names_that_are_trusted_have_the_likeness_that_a_search_would_give_them(linker):
    spans = [linker.span_finder.find(Document("d", TEXT))]
    quick, thorough = (linker.score(spans, search_all=each).candidates for each in (False, True))
    row_of = {pair: row for row, pair in enumerate(zip(thorough.mentions, thorough.concepts, strict=True))}
    rows = [row_of[pair] for pair in zip(quick.mentions, quick.concepts, strict=True)]
    depend_on_others = ("_lead", "ball", "document_links", "document_topic")
    same = [FEATURES.index(name) for name in FEATURES if not name.endswith(depend_on_others)]
    assert quick.features[:, same] == pytest.approx(thorough.features[rows][:, same], abs=1e-6)


def test_a_reworded_mention_matches_the_more_general_of_two_concepts(linker):
    above = next(iter(linker.ontology.ancestors("CL:0000210").keys() - {"CL:0000210"}))
    kin = ("CL:0000210", above)
    found = DetectedMention(0, 1, "x", kin, Match.REWORDED, "x")
    assert linker.span_finder._concepts_of(found) == (above,)
    assert linker.span_finder._concepts_of(found._replace(match=Match.EXACT)) == kin


def test_mentions_within_others_are_found_on_request(linker):
    text = "a blue sensitive photoreceptor cell"
    whole, within = linker.link(text), linker.link(text, nested=True)
    assert {(link.start, link.end) for link in whole} < {(link.start, link.end) for link in within}


def test_given_mentions_are_all_linked_as_given_and_nothing_is_looked_for(linker):
    mentions = (Mention(0, 3, "The"), Mention(31, 34, "fly"))
    (links,) = linker.link_many([Document("d", TEXT, mentions)])
    assert [(link.doc, link.start, link.end, link.text) for link in links] == [("d", 0, 3, "The"), ("d", 31, 34, "fly")]


@pytest.mark.parametrize("characters", [(3, 4), (34, 35)])
def test_a_given_mention_without_letters_and_digits_is_nil(linker, characters):
    ((link,),) = linker.link_many([Document("d", TEXT, (Mention(*characters, TEXT[slice(*characters)]),))])
    assert link.answer is link.confidence is link.relation is None


def test_nothing_is_detected_in_an_annotated_document_without_mentions(linker):
    annotated = Document("d", TEXT, ())
    nothing, found = linker.link_many([annotated, annotated.without_annotation()])
    assert (nothing, len(found)) == ([], 4)


def test_a_text_without_names_has_no_links(linker):
    assert linker.link("Nothing of the kind.") == []
    assert linker.link("") == []


def test_documents_come_back_one_by_one_in_order_however_many_there_are(linker):
    texts = ["a photoreceptor cell" if i % 3 else "nothing" for i in range(2 * BATCH_SIZE + 5)]
    answers = list(linker.link_many(Document(str(i), text) for i, text in enumerate(texts)))
    assert [len(links) for links in answers] == [int(text != "nothing") for text in texts]
    assert all(link.doc == str(i) for i, links in enumerate(answers) for link in links)


def test_documents_are_read_only_as_they_are_needed(linker):
    read = []

    def endless():
        while True:
            read.append(len(read))
            yield Document("d", TEXT)

    assert len(next(linker.link_many(endless(), batch_size=3))) == 4
    assert len(read) == 3


def test_asking_for_more_candidates_than_were_considered_gives_those_and_their_probabilities_sum_to_one(linker):
    (link,) = linker.link("a photoreceptor cell", top_k=1000, search_all=True)
    concepts = {candidate.concept for candidate in link.candidates}
    assert 20 <= len(concepts) == len(link.candidates) <= len(linker.ontology)
    assert math.isclose(sum(math.exp(candidate.score) for candidate in link.candidates), 1)


def calibrated(linker, basis, plain):
    calibration = Calibration(basis, 200, 0, 1.0, 0.0, 0.5, 1.0, 0.9, plain, 0.0)
    mode = Mode(basis, is_lexicon=False)
    finder = replace(linker.span_finder, span_detector=None)
    parts = (linker.ontology, linker.encoder, linker.generator, linker.ranker, calibration, finder, mode)
    return Linker(*parts, linker.document_features)


def test_a_plain_name_has_one_confidence_however_it_is_asked_for(linker):
    linker = calibrated(linker, "names", 0.97)
    given = Document("d", "a photoreceptor cell", (Mention(2, 20, "photoreceptor cell"),))
    found = [linker.link("a photoreceptor cell", search_all=each)[0] for each in (False, True)]
    found += [next(linker.link_many([given], top_k=k))[0] for k in (1, 3)]
    assert [link.answer.concept for link in found] == ["CL:0000210"] * 4
    assert [link.confidence for link in found] == pytest.approx([0.97] * 4)
    for document in (given, given.without_annotation()):
        ((demanded,),) = linker.link_many([document], min_confidence=0.96)
        assert 0.97 <= demanded.confidence < 1  # that of a concept below it is added


def test_so_has_a_name_that_is_another_concepts_in_another_order_of_words(linker, monkeypatch):
    linker = calibrated(linker, "names", 0.97)
    of_words = linker.generator.candidates_of_words

    def shared(*arguments):
        candidates = of_words(*arguments)
        candidates.features[:, FEATURES.index("only_exact_name")] = 0
        return candidates

    monkeypatch.setattr(type(linker.generator), "candidates_of_words", lambda _, *arguments: shared(*arguments))
    found = [linker.link("a photoreceptor cell", search_all=each)[0] for each in (False, True)]
    assert [link.confidence for link in found] == pytest.approx([0.97] * 2)


def test_a_name_in_other_words_has_a_confidence_where_the_other_candidates_are_looked_at(linker):
    linker, text = calibrated(linker, "names", 0.97), "a cell of hair"
    ((quick,), (thorough,)) = linker.link(text), linker.link(text, search_all=True)
    assert quick.match is Match.REORDERED
    assert (quick.confidence, quick.confidence_basis) == (None, None)
    assert 0 < thorough.confidence < 1


def test_a_ranker_trained_on_documents_scores_every_candidate_and_treats_names_as_a_feature(linker):
    linker = calibrated(linker, "documents", None)
    assert [len(link.candidates) for link in linker.link(TEXT)] == [5] * 4
    ways = [linker.link(TEXT), linker.link(TEXT, search_all=True), linker.link(TEXT, min_confidence=0.0)]
    assert len({tuple(link.answer.concept for link in links) for links in ways}) == 1
    assert ways[0][0].confidence == ways[1][0].confidence
    given = next(linker.link_many([Document("d", TEXT, tuple(Mention(x.start, x.end, x.text) for x in ways[0]))]))
    assert [link.confidence for link in given] == pytest.approx([link.confidence for link in ways[0]])


def test_the_nearest_concept_of_a_concepts_own_point_is_itself(linker):
    points = linker.generator.regressor.space.concept_points()[:3]
    found = linker.nearest(points, k=2)
    assert [nearest.concept for nearest, _ in found] == list(linker.ontology.concept_ids[:3])
    assert all(nearest.distance == -nearest.score <= further.distance for nearest, further in found)


def test_a_link_has_the_match_of_the_name_that_it_was_found_by(linker):
    text = "Auditory hair cells, an auditory hair cell."
    assert [link.as_json()["match"] for link in linker.link(text)] == ["normalised", "exact"]
    (given,) = linker.link_many([Document("d", text, (Mention(0, 19, "Auditory hair cells"),))])
    assert [link.as_json()["match"] for link in given] == [None]


def test_an_exact_unambiguous_name_wins(linker):
    link = linker.link("These are photoreceptor cells.", search_all=True)[0]
    assert link.answer.label == "photoreceptor cell"
    assert link.answer.score == max(each.score for each in link.candidates)
    assert link.answer.score < 0


def test_a_run_that_is_replaced_while_it_is_loaded_is_never_mixed_with_the_new_one(
    tiny_run, trusted, tmp_path, monkeypatch
):
    folder, loaded = shutil.copytree(tiny_run, tmp_path / "run"), []
    load_encoder = linker_module.load_encoder

    def replacing_first(*arguments, **options):
        if not loaded:
            shutil.copytree(trusted, folder / SUCCESSOR)
            install_successor(folder)
        loaded.append(arguments)
        return load_encoder(*arguments, **options)

    monkeypatch.setattr(linker_module, "load_encoder", replacing_first)
    linker, new = Linker.load(folder), Linker.load(trusted)
    assert linker.ontology.concept_ids == new.ontology.concept_ids
    text = "Cone cells and rod cells are photoreceptor cells of the retina."
    assert linker.link(text) == new.link(text)
