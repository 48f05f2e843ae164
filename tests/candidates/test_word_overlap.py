import numpy as np
import pytest

from hyplink.candidates import word_overlap as module
from hyplink.candidates.word_overlap import WordOverlap

TEXTS = ("breast cancer", "cancer of the ovary", "ovarian cyst", "cyst")
CONCEPTS = np.array([0, 1, 2, 2])
RARE, COMMON = np.log1p(4 / 1), np.log1p(4 / 2)  # four surface forms, of which one or two have the word
UNKNOWN = np.log1p(4)


@pytest.fixture(scope="module")
def overlap():
    return WordOverlap.from_surface_forms(TEXTS, CONCEPTS, [False] * len(TEXTS))


def compared(overlap, text, concept):
    found = overlap.compare([text], np.array([0]), np.array([concept]))
    return found.left_over[0], found.left_out[0]


def test_the_same_words_in_any_order_and_number_leave_nothing_over(overlap):
    assert compared(overlap, "cancers of the breast", 0) == (0, 0)


def test_words_that_only_the_mention_has_are_left_over(overlap):
    assert compared(overlap, "inherited breast cancer", 0) == pytest.approx((-UNKNOWN, 0))


def test_words_that_only_the_surface_form_has_are_left_out(overlap):
    assert compared(overlap, "cancer", 0) == pytest.approx((0, -RARE))


def test_the_most_similar_surface_form_of_a_concept_counts(overlap):
    assert compared(overlap, "big cyst", 2) == pytest.approx((-UNKNOWN, 0))


def test_without_a_common_word_all_is_left_over_and_out(overlap):
    assert compared(overlap, "flu", 1)[0] == pytest.approx(-UNKNOWN)
    assert compared(overlap, "flu", 1)[1] == pytest.approx(-COMMON - RARE)


def test_pairs_are_compared_one_by_one_and_a_concept_without_surface_forms_shares_nothing(overlap):
    found = overlap.compare(["breast cancer", "cyst"], np.array([0, 1, 1]), np.array([0, 2, 7]))
    assert found.left_over.tolist() == pytest.approx([0, 0, -COMMON])
    assert found.left_out.tolist() == [0, 0, 0]
    assert found.most_similar.tolist() == [1, 1, 0]


def test_the_most_similar_candidates_are_all_with_the_greatest_shared_weight(overlap):
    found = overlap.compare(["big breast cancer", "flu"], np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]))
    assert found.most_similar.tolist() == [1, 0, 0, 0]
    both = WordOverlap.from_surface_forms(("cyst", "cyst"), np.array([0, 1]), [False, False])
    assert both.compare(["cyst"], np.array([0, 0]), np.array([0, 1])).most_similar.tolist() == [1, 1]


def test_words_that_mentions_have_beyond_names_count_for_less():
    texts = ("breast cancer", "inherited breast cancer", "inherited breast tumor", "breast cyst", "cyst")
    annotated = [False, True, True, False, False]
    learned = WordOverlap.from_surface_forms(texts, np.array([0, 0, 0, 1, 2]), annotated)
    naive = WordOverlap.from_surface_forms(texts, np.array([0, 0, 0, 1, 2]), [False] * 5)
    over, naive_over = (
        each.compare(["inherited cyst", "breast cyst"], np.array([0, 1]), np.array([2, 2])).left_over
        for each in (learned, naive)
    )
    assert over[0] / naive_over[0] < over[1] / naive_over[1] < 1


def overlap_of(texts, concepts, annotated=None):
    annotated = [False] * len(texts) if annotated is None else annotated
    return WordOverlap.from_surface_forms(texts, np.array(concepts), annotated)


def columns(overlap, texts, mentions, concepts):
    found = overlap.compare(texts, np.array(mentions, dtype=np.int64), np.array(concepts, dtype=np.int64))
    return found.left_over.tolist(), found.left_out.tolist(), found.most_similar.tolist()


@pytest.fixture(scope="module")
def learned():
    """Two names and two mentions of concept 4; the mentions leave `syndrome` out and have `mild` beyond the names.

    Of four surface forms `wilms` is in three, `tumor` in three, `syndrome` in one, `mild` in two. Of the five words of
    the mentions three are in a name, and of the six words of the names most similar to them three are in the mentions.
    """
    texts = ("wilms tumor syndrome", "mild wilms tumor", "wilms mild", "tumor")
    return overlap_of(texts, [4, 4, 4, 2], [False, True, True, False])


def test_words_are_weighed_by_rarity_and_by_what_annotated_text_shows_of_them(learned):
    known = ["mild", "syndrom", "tumor", "wilm"]
    assert list(learned.known) == known
    rarity = np.log1p(4 / np.array([2, 1, 3, 3]))
    usual_named, usual_said = 3 / 5, 3 / 6
    named = {"mild": (0 + 2 * usual_named) / 4, "tumor": (1 + 2 * usual_named) / 3, "wilm": (2 + 2 * usual_named) / 4}
    said = {"syndrom": (0 + 2 * usual_said) / 4, "tumor": (1 + 2 * usual_said) / 4, "wilm": (2 + 2 * usual_said) / 4}
    assert learned.in_mention == pytest.approx(rarity * [named.get(word, usual_named) for word in known])
    assert learned.in_name == pytest.approx(rarity * [said.get(word, usual_said) for word in known])
    assert learned.unknown == pytest.approx(np.log1p(4) * usual_named)


def test_words_left_over_weigh_as_a_mentions_and_words_left_out_as_a_names(learned):
    of_mention = dict(zip(learned.known, learned.in_mention, strict=True))
    of_name = dict(zip(learned.known, learned.in_name, strict=True))
    over, out, _ = columns(learned, ["mild tumor xyz abc", "syndrome"], [0, 0, 1], [2, 9, 4])
    beyond = of_mention["mild"] + 2 * learned.unknown
    assert over == pytest.approx([-beyond, -beyond - of_mention["tumor"], 0])
    # The likest surface form of concept 4 is the only one that has the word.
    assert out == pytest.approx([0, 0, -of_name["tumor"] - of_name["wilm"]])


def test_unknown_words_make_a_mention_less_like_a_surface_form_that_lacks_them():
    overlap = overlap_of(("renal cyst", "cyst"), [0, 1])
    cyst, renal, unknown = np.log1p(2 / 2), np.log1p(2 / 1), np.log1p(2)
    over, out, likest = columns(overlap, ["cyst xyz"], [0, 0], [0, 1])
    assert over == pytest.approx([-unknown, -unknown])
    assert out == pytest.approx([-renal, 0])
    assert likest == [0, 1]
    # Dice: 2·cyst / (cyst + unknown + cyst [+ renal])
    assert 2 * cyst / (2 * cyst + unknown) > 2 * cyst / (2 * cyst + unknown + renal)


def test_each_pair_is_compared_with_its_own_mention_and_concept(overlap):
    texts = ["breast cyst", "ovarian cancer", "flu"]
    mentions, concepts = [0, 0, 0, 1, 1, 2], [0, 1, 2, 1, 2, 2]
    together = columns(overlap, texts, mentions, concepts)
    for row, (mention, concept) in enumerate(zip(mentions, concepts, strict=True)):
        over, out, _ = columns(overlap, [texts[mention]], [0], [concept])
        assert (together[0][row], together[1][row]) == pytest.approx((over[0], out[0]))
    assert together[0] == pytest.approx([-COMMON, -RARE - COMMON, -RARE, -RARE, -COMMON, -UNKNOWN])
    assert together[1] == pytest.approx([-COMMON, -COMMON - RARE, 0, -RARE, -COMMON, -RARE - COMMON])
    assert together[2] == [1, 0, 0, 0, 1, 0]


def test_the_most_similar_surface_form_is_the_one_that_shares_the_greatest_part_not_the_most():
    texts = ("renal cyst of the left upper lobe", "renal", "cyst wall")
    overlap = overlap_of(texts, [3, 3, 3])
    weight = dict(zip(overlap.known, overlap.in_name, strict=True))
    # `renal cyst` shares both words with the first, which has three more; the second shares one and has no other.
    over, out, _ = columns(overlap, ["renal cyst"], [0], [3])
    assert (over[0], out[0]) == pytest.approx((-weight["cyst"], 0))


def test_of_equally_similar_surface_forms_the_first_counts():
    overlap = overlap_of(("x b", "x c", "b", "c"), [0, 0, 1, 1])
    first = overlap.compare(["b c"], np.array([0]), np.array([1]))
    assert first.left_over[0] == pytest.approx(-np.log1p(4 / 2))
    assert first.left_out[0] == 0


@pytest.mark.parametrize("block", [1, 2, 3, 100])
def test_pairs_are_compared_the_same_however_many_at_a_time(overlap, monkeypatch, block):
    asked = ["breast cyst", "ovarian cancer", "flu"], [0, 0, 0, 1, 1, 2], [0, 1, 2, 1, 2, 2]
    expected = columns(overlap, *asked)
    monkeypatch.setattr(module, "BLOCK", block)
    assert columns(overlap, *asked) == expected


def test_the_most_similar_candidate_is_determined_for_each_mention(overlap):
    assert columns(overlap, ["cyst", "breast cyst"], [0, 1, 1], [2, 0, 1])[2] == [1, 1, 0]
    assert columns(overlap, ["cyst", "flu", "cyst"], [0, 1, 2], [0, 2, 2])[2] == [0, 0, 1]
    assert columns(overlap, [], [], []) == ([], [], [])


def test_surface_forms_are_sorted_by_concept_with_their_words():
    overlap = overlap_of(("cyst", "flu", "cold flu"), [8, 3, 8])
    assert overlap.concepts.tolist() == [3, 8, 8]
    assert list(overlap.known) == ["cold", "cyst", "flu"]
    assert overlap.words.toarray().tolist() == [[0, 0, 1], [0, 1, 0], [1, 0, 1]]


def test_whether_a_surface_form_is_annotated_follows_it_when_surface_forms_are_sorted():
    texts = ("cyst big", "cyst", "flu", "flu mild")
    sorted_first = overlap_of(texts, [1, 1, 0, 0], [True, False, False, True])
    reordered = overlap_of([texts[row] for row in (2, 3, 1, 0)], [0, 0, 1, 1], [False, True, False, True])
    assert sorted_first.in_mention == pytest.approx(reordered.in_mention)
    swapped = overlap_of(texts, [1, 1, 0, 0], [False, True, True, False])
    assert sorted_first.in_mention != pytest.approx(swapped.in_mention)


def test_a_mention_that_is_annotated_twice_shows_no_more_than_once():
    once = overlap_of(("cyst", "big cyst", "flu"), [0, 0, 1], [False, True, False])
    twice = overlap_of(("cyst", "big cyst", "big cyst", "flu"), [0, 0, 0, 1], [False, True, True, False])
    word = list(once.known).index("big")
    share_once = once.in_mention[word] / np.log1p(3 / 1)
    assert twice.in_mention[word] / np.log1p(4 / 2) == pytest.approx(share_once) == pytest.approx((0 + 2 / 2) / 3)


def test_the_name_that_a_mention_is_held_against_shares_the_greatest_part_of_the_weight():
    # `wilms tumor` shares the rare word with the first name, and the common one with the second.
    texts = ("wilms disease", "tumor", "wilms tumor", *["tumor"] * 6)
    overlap = overlap_of(texts, [0, 0, 0, *range(1, 7)], [False, False, True, *[False] * 6])
    rarity = {word: np.log1p(9 / times) for word, times in {"diseas": 1, "tumor": 8, "wilm": 2}.items()}
    rare, common, other = rarity["wilm"], rarity["tumor"], rarity["diseas"]
    assert 2 * rare / (rare + common + rare + other) > 2 * common / (rare + common + common)  # Dice
    said = dict(zip(overlap.known, overlap.in_name / list(rarity.values()), strict=True))
    assert said == pytest.approx({"diseas": (0 + 2 / 2) / 3, "tumor": 1 / 2, "wilm": (1 + 2 / 2) / 3})


def test_synonymous_words_of_names_count_as_one_word():
    organs = ("bone", "breast", "gastric", "hepatic")
    texts = [f"{organ} {kind}" for organ in organs for kind in ("neoplasm", "tumor")]
    overlap = overlap_of(texts, np.repeat(np.arange(4), 2))
    assert columns(overlap, ["neoplasms of the breast"], [0], [1])[:2] == ([0], [0])
    assert len(overlap.known) == 5
    assert {overlap.head_of["neoplasm"], overlap.head_of["tumor"]} <= {"neoplasm", "tumor"}


def test_a_word_that_the_names_have_or_lack_without_a_change_is_left_out_unless_it_is_all():
    organs = [f"organ{letter}" for letter in "abcdefghijklmnop"]
    texts = [name for organ in organs for name in (organ, f"{organ} morphology")]
    overlap = overlap_of([*texts, "morphology"], np.append(np.repeat(np.arange(16), 2), 16))
    needless = overlap.head_of
    assert list(needless.values()) == [""]
    assert len(overlap.known) == len(organs) + 1
    assert columns(overlap, ["organa morphology"], [0], [0]) == ([0], [0], [1])
    over, out, likest = columns(overlap, ["morphology", "morphology organb"], [0, 1], [16, 1])
    assert (over, out, likest) == ([0, 0], [0, 0], [1, 1])


def test_a_mention_without_words_shares_nothing():
    overlap = overlap_of(("cyst", "++"), [0, 1])
    assert columns(overlap, ["++"], [0, 0], [0, 1]) == ([0, 0], [-np.log1p(2 / 1), 0], [0, 0])


def test_of_names_that_share_the_same_words_a_mention_is_held_against_the_shorter():
    overlap = overlap_of(("wilms tumor disease", "wilms tumor", "big wilms tumor"), [0, 0, 0], [False, False, True])
    said = dict(zip(overlap.known, overlap.in_name / np.log1p(3 / np.array([1, 1, 3, 3])), strict=True))
    assert said == pytest.approx(dict.fromkeys(overlap.known, 1))  # all of `wilms tumor` is said


def test_the_first_pair_may_be_of_a_concept_without_surface_forms(overlap):
    over, out, likest = columns(overlap, ["flu", "cyst", "big cancer"], [0, 1, 2, 2], [9, 2, 7, 1])
    assert over == pytest.approx([-UNKNOWN, 0, -UNKNOWN - COMMON, -UNKNOWN])
    assert out == pytest.approx([0, 0, 0, -RARE])
    assert likest == [0, 1, 0, 1]
