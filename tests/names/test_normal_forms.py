import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyplink.names.normal_forms import normal_name, normal_word, order_free, tokens_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("anaemias", "anemia"),
        ("tumours", "tumor"),
        ("naevi", "nevus"),
        ("oedema", "edema"),
        ("leucocytes", "leukocyte"),
        ("fibres", "fiber"),
        ("localised", "localized"),
        ("diarrhoea", "diarrhea"),
        ("diagnoses", "diagnosis"),
        ("metastases", "metastasis"),
        ("vertebrae", "vertebra"),
        ("papillomata", "papilloma"),
        ("masses", "mass"),
        ("biopsies", "biopsy"),
        ("arthritides", "arthritis"),
        ("TNFα", "tnfalpha"),
        ("β", "Beta"),
        ("III", "3"),
        ("Sjögren", "sjogren"),
        ("Sjo\u0308gren", "sjogren"),
        ("ΧΟΛΈΡΑ", "χολερα"),
    ],
)
def test_spellings_of_one_word_share_a_normal_form(one, other):
    assert normal_word(one) == normal_word(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("arthritis", "arthrosis"),
        ("alpha", "beta"),
        ("I", "II"),
        ("virus", "viral"),
        ("gas", "ga"),
        ("diabetes", "diabete"),
        ("shoes", "she"),
        ("news", "new"),
    ],
)
def test_different_words_keep_apart(one, other):
    assert normal_word(one) != normal_word(other)


def test_a_possessive_is_part_of_no_token():
    assert [token.text for token in tokens_of("Crohn's and Graves’ disease")] == ["Crohn", "and", "Graves", "disease"]


def test_an_accent_that_is_a_character_of_its_own_parts_no_word():
    assert [token.text for token in tokens_of("Mo\u0308bel a\u0301")] == ["Mo\u0308bel", "a\u0301"]


def test_where_no_blanks_part_words_each_character_is_a_token():
    assert [token.text for token in tokens_of("患2型糖尿病、ペスト")] == list("患2型糖尿病ペスト")


def test_a_hyphen_parts_words_and_an_apostrophe_inside_a_word_does_too():
    assert normal_name("non-Hodgkin lymphoma") == normal_name("Non Hodgkin lymphomas")


def test_word_order_and_function_words_do_not_count_in_the_order_free_form():
    assert order_free("cancer of the breast") == order_free("Breast Cancer")
    assert order_free("of the") == ("of", "the")
    assert order_free("hepatitis A") != order_free("a hepatitis") == order_free("hepatitis")


@given(st.text(max_size=60))
def test_tokens_stand_where_they_say(text):
    for token in tokens_of(text):
        assert text[token.start : token.end] == token.text
        assert token.text
        assert not any(character.isspace() for character in token.text)


@given(st.text(max_size=30))
def test_a_normal_form_has_no_capitals(word):
    assert normal_word(word) == normal_word(word.lower())
