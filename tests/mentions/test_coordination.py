"""Which words coordinated parts share; letters are used as words."""

import pytest

from hyplink.mentions.coordination import WordTests, shared_words
from hyplink.mentions.tokens import Gap, Word, WordColumns, words_of
from hyplink.names.normal_forms import normal_word, tokens_of
from hyplink.names.vocabulary import Vocabulary

NONE = Vocabulary(())

WORDS_AFTER = ["u", "u v", "v", "u v w", "v w", "w", "v w x", "w x", "x", "w x y", "x y", "y"]
"""Up to three words in a row of `t u v w x y`, without its first word."""


def is_among(names):
    return lambda words: " ".join(words) in names


def always(word):
    return True


def shared(text, modifiers="pqrs", names=(), is_known=always):
    words = words_of(text, {}, NONE)
    found = shared_words(text, words, WordTests(is_known, lambda word: word[0] in modifiers, is_among(names)))
    return [" ".join(words.texts[i] for i in places) for places in found]


@pytest.mark.parametrize(
    "conjunction", [" and ", " or ", " nor ", " AND ", " & ", "/", " and/or ", " and/", " and or ", " as well as "]
)
def test_a_part_shares_the_words_that_follow_the_other_part(conjunction):
    assert shared(f"p{conjunction}t u") == ["p u"]


def test_shared_words_are_those_of_the_text():
    text = "no p and t u"
    words = words_of(text, {}, NONE)
    assert list(shared_words(text, words, WordTests(always, always, is_among(())))) == [[1, 4]]


@pytest.mark.parametrize("text", ["p and t u v w", "u of p and t v", "p x and t u v", "p 1 and 2 t u"])
@pytest.mark.parametrize("unknown", "tuvw12")
def test_a_word_that_is_in_no_name_costs_no_sequence_of_other_words(text, unknown):
    every, fewer = shared(text, names=["p x"]), shared(text, names=["p x"], is_known=lambda word: word != unknown)
    assert set(fewer) <= set(every)
    assert {each for each in every if unknown not in each.split()} <= set(fewer)


def test_words_that_are_in_no_name_are_not_shared():
    assert shared("p and t u v w", is_known=lambda word: word != "v") == ["p u", "p w"]


def test_the_modifier_of_a_name_of_two_words_is_shared_with_what_follows():
    assert shared("p x and t", names=["p x"]) == ["p t"]
    assert shared("w p x and t u", names=["p x"]) == ["p t", "p t u"]
    assert shared("p x and t", names=["x"]) == []
    assert shared("x w and t", names=["x w"]) == []  # x is no modifier
    assert shared("p x and of t", names=["p x"]) == []
    assert shared("p x and t of u", names=["p x"]) == ["p t", "p t of u"]
    assert shared("p x/t", names=["p x"]) == ["p t"]
    assert shared("p x, and t", names=["p x"]) == []


def test_up_to_three_words_are_a_part_and_up_to_three_are_shared():
    expected = [f"{part} {end}" for part in ("s", "r s", "q r s") for end in WORDS_AFTER]
    assert shared("q r s and t u v w x y") == expected
    assert shared("p q r s and t u v w x y z") == expected


def test_a_part_of_one_or_two_words_is_no_longer():
    assert shared("q r and t u v") == [f"{part} {end}" for part in ("r", "q r") for end in ("u", "u v", "v")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("q for s and t u", ["s u", "q for s u"]),  # a part does not begin with a function word
        ("q For s and t u", ["s u", "q For s u"]),
        ("p and t of u", ["p u"]),  # nor do shared words
        ("p and t u of", ["p u"]),  # nor do they end with one
        ("p and t u of v", ["p u", "p u of v", "p v"]),
    ],
)
def test_coordinated_parts_and_shared_words_neither_begin_nor_end_with_a_function_word(text, expected):
    assert shared(text) == expected


def test_a_part_whose_last_word_is_no_modifier_wants_no_shared_end():
    assert shared("p x and t u") == []
    assert shared("x p and t u") == ["p u", "x p u"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "p",
        "and t u",
        "p and",
        "p or",
        "and",
        "p and t",
        "p and, t u",
        "p and (t u",
        "p and. T u",
        "p and with t u",
        "p and With t u",
        "p and including t u",
        "with and t u",
        "p with and t u",
        "p; and t, u",
        "p t u",
    ],
)
def test_words_without_a_part_on_each_side_share_nothing(text):
    assert shared(text) == []


@pytest.mark.parametrize(
    "text", ["p and t u, v", "p and t u/v", "p and t u (v", "p and t u. V", "p and t u with v", "p and t u Including v"]
)
def test_shared_words_end_with_their_phrase(text):
    assert shared(text)[0] == "p u"
    assert "p v" not in shared(text)[:2]


def test_a_phrase_after_a_conjunction_has_six_words():
    assert shared("p and t u v w x y z")[-1] == "p y"


def test_all_parts_of_a_list_share_the_end_the_nearest_first():
    assert shared("p, q and t u") == ["q u", "p u"]
    assert shared("p, q, and t u") == ["q u", "p u"]
    assert shared("p, x, q and t u") == ["q u", "p u"]
    assert shared("r p, s q and t u") == ["q u", "s q u", "p u", "r p u"]


@pytest.mark.parametrize(
    "text", ["p; q and t u", "p (q and t u", "p/q and t x", "with q and t u", "p with q and t u", "p with, q and t u"]
)
def test_a_list_ends_where_no_comma_parts_its_parts(text):
    assert shared(text, "q")[0] in ("q u", "q x")
    assert all(each.startswith("q") for each in shared(text))


def test_only_five_parts_of_a_list_are_read():
    assert shared("p, p, q, r, s, q and t u") == ["q u", "s u", "r u", "q u", "p u"]


def test_a_part_before_a_list_may_have_six_words_between_commas():
    assert "q u" in shared("q, x x x x x x and t u")
    assert "q u" not in shared("q, x x x x x x x and t u")


@pytest.mark.parametrize("preposition", ["of", "in", "Of"])
def test_words_before_a_preposition_are_shared_with_the_part_after_a_conjunction(preposition):
    assert shared(f"k {preposition} x and t") == ["k t"]


def test_up_to_three_words_before_a_preposition_are_shared_with_up_to_three_of_a_part():
    expected = [f"{start} {part}" for start in ("k l m", "l m", "m") for part in ("t", "t u", "t u v")]
    assert shared("k l m of x and t u v") == expected
    assert shared("j k l m of x and t u v w") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("k in l of x and t", ["k in l t", "l t"]),  # the last preposition counts; nothing begins with a function word
        ("k of x and the t u", ["k t", "k t u"]),
        ("k of x and The t", ["k t"]),
        ("k of x and the", []),
        ("k of x and t of u", ["k t", "k t of u"]),
        ("of x and t", []),
        ("of k of x and t", ["k t"]),
        ("k for x and t", []),
        ("k of x, z and t", ["k z", "k t"]),
        ("k of x and t. U", ["k t"]),
    ],
)
def test_a_shared_start_ends_with_a_preposition(text, expected):
    assert shared(text) == expected


def test_a_phrase_before_a_conjunction_has_six_words():
    assert shared("k of x x x x and t") == ["k t"]
    assert shared("k of x x x x x and t") == []


def test_a_row_of_words_may_begin_within_a_sentence():
    words = [Word(text, start, end, Gap.OPEN) for text, start, end in tokens_of("k of x and t")]
    tests = WordTests(always, lambda word: False, is_among(()))
    assert list(shared_words("k of x and t", WordColumns.from_words(words), tests)) == [[0, 4]]


def test_all_parts_of_a_list_share_a_beginning_with_of():
    assert shared("k of x, y, and z", modifiers="") == ["k y", "k z"]
    assert shared("k of x x, y z or the y", modifiers="") == ["k y z", "k y"]
    assert shared("k in x, y, and z", modifiers="") == []
    assert shared("k of x, y, and z", modifiers="", names=["y"]) == ["k z"]


def test_a_repeated_kind_shares_what_is_before_and_after_it():
    assert {"k x types 2", "x types 2"} <= set(shared("k x type 1 and types 2", modifiers=""))
    assert "x form 2" not in shared("x type 1 and form 2", modifiers="")
    assert "x type 2" not in shared("x type 1 and type 2 u", modifiers="")
    assert "type 1 u" not in shared("x type 1 and type 2 u", modifiers="", names=["x type 1"])
    assert "type 1 u" in shared("type 1 and type 2 u", modifiers="")


def test_a_part_does_not_begin_within_a_hyphenated_word():
    assert shared("p-q and t u") == ["p q u"]


def test_a_part_with_a_preposition_shares_its_end():
    assert "k of the p u" in shared("k of the p and t u")


def test_the_second_of_two_compounds_is_completed_by_the_beginning_of_the_first():
    assert shared("p-x and -t u", modifiers="") == ["p t", "p t u"]
    assert shared("p-x/-t u", modifiers="") == ["p t", "p t u"]
    assert shared("p-x and t u", modifiers="") == shared("x and -t u", modifiers="") == []


def test_each_conjunction_of_a_text_is_read():
    assert shared("p and t u. Q or t v, r/t w") == ["p u", "r w"]
    assert shared("p and q and t u") == ["q u"]
    assert shared("p q and t/u") == []
    assert shared("s/t u or r/t v") == ["s u", "r v"]


class Counted(list):
    """A list that counts how often an element is read."""

    reads = 0

    def __getitem__(self, place):
        self.reads += 1
        return super().__getitem__(place)


def reads_of(text):
    """How often `shared_words` reads the words and gaps of a text."""
    words = words_of(text, {}, NONE)
    texts, gaps = Counted(words.texts), Counted(words.gaps)
    tests = WordTests(always, lambda word: False, is_among(()))
    list(shared_words(text, words._replace(texts=texts, gaps=gaps), tests))
    return texts.reads + gaps.reads


@pytest.mark.parametrize("repeated", ["A, ", "A/C/G/T/", "1/", "1/1, ", "k 1/2/3, ", "A and B, ", "p, ", "p and "])
@pytest.mark.parametrize("text", ["k {} and B x", "{} and B"])
def test_work_grows_with_the_length_of_an_enumeration_not_with_its_square(repeated, text):
    one, two = (reads_of(text.format(repeated * n)) for n in (200, 400))
    assert two < 2.2 * one


@pytest.mark.parametrize(("n", "expected"), [(1, 1), (3, 3), (64, 64), (65, 0), (4000, 0)])
def test_up_to_sixty_four_letters_or_numbers_before_a_conjunction_share_words(n, expected):
    assert len(shared("k " + "A, " * (n - 1) + "A and B", modifiers="")) == expected


def test_each_sequence_of_an_enumeration_is_given_once():
    found = shared("k 1/2/3/4 x", modifiers="")
    assert set(found) >= {"k 2", "k 3", "k 4", "k 1 x", "k 2 x", "k 3 x", "k 4 x"}
    assert len(found) == len(set(found))


def test_a_row_of_shortened_compounds_is_completed_up_to_seventeen_before_the_last():
    vocabulary = Vocabulary(set(map(normal_word, ["Herzinsuffizienz", "Niereninsuffizienz"])))
    for n, expected in ((3, 3), (17, 17), (40, 17)):
        words = words_of("Herz-, " * (n - 1) + "Herz- und Niereninsuffizienz", {}, vocabulary)
        assert sum(words.respelled) == expected
