import pytest

from hyplink.names.inflection import other_number


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("ovarian cyst", "ovarian cysts"),
        ("cancer of the breast", "cancers of the breast"),
        ("T cell", "T cells"),
        ("biopsy", "biopsies"),
        ("spermatozoon", "spermatozoa"),
        ("metastasis", "metastases"),
    ],
)
def test_a_name_becomes_plural_and_a_plural_singular(one, many):
    assert other_number(one) == many
    assert other_number(many) == one


@pytest.mark.parametrize("name", ["CD4", "type 2", "", "+", "χολέρα", "糖尿病"])
def test_what_ends_in_no_english_word_has_no_other_number(name):
    assert other_number(name) is None


@pytest.mark.parametrize("name", ["arthritis", "diabetes mellitus", "abscess"])
def test_a_singular_that_ends_in_s_is_not_cut(name):
    assert len(other_number(name)) > len(name) - 2
