import pytest

from hyplink.names.inflection import other_number, singular
from hyplink.names.normal_forms import normal_word


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("ovarian cyst", "ovarian cysts"),
        ("cancer of the breast", "cancers of the breast"),
        ("T cell", "T cells"),
        ("biopsy", "biopsies"),
        ("spermatozoon", "spermatozoa"),
        ("metastasis", "metastases"),
        ("epiphysis", "epiphyses"),
        ("DNA", "DNAs"),
    ],
)
def test_a_name_becomes_plural_and_a_plural_singular(one, many):
    assert other_number(one) == many
    assert other_number(many) == one


@pytest.mark.parametrize(
    ("many", "one"),
    [
        ("Abnormal pinnae", "Abnormal pinna"),
        ("Clubfeet", "Clubfoot"),
        ("Headaches", "Headache"),
        ("stenoses", "stenosis"),
        ("causes", "cause"),
        ("SMCs", "SMC"),
        ("pro-DCs", "pro-DC"),
        ("Epiphyses", "Epiphysis"),
    ],
)
def test_latin_and_irregular_plurals_become_singular(many, one):
    assert other_number(many) == one


@pytest.mark.parametrize(
    "plural", ["headaches", "stenoses", "telangiectases", "antihelices", "vertigoes", "pauses", "movies", "lives"]
)
def test_a_plural_has_the_normal_form_of_the_singular_that_it_becomes(plural):
    assert singular(plural) != plural
    assert normal_word(plural) == normal_word(singular(plural))


@pytest.mark.parametrize("name", ["CD4", "type 2", "", "+", "χολέρα", "糖尿病"])
def test_what_ends_in_no_english_word_has_no_other_number(name):
    assert other_number(name) is None


@pytest.mark.parametrize("name", ["arthritis", "diabetes mellitus", "abscess"])
def test_a_singular_that_ends_in_s_is_not_cut(name):
    assert len(other_number(name)) > len(name) - 2


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("cyst, ovarian", "cysts, ovarian"),
        *[
            (f"cyst {word} ovary", f"cysts {word} ovary")
            for word in ("of", "in", "with", "due", "from", "to", "by", "for")
        ],
        ("cyst without pain", "cysts without pain"),
        ("cyst on ovary", "cyst on ovaries"),
        ("ox", None),
        ("big ox", None),
        ("cat5", None),
        ("DNA", "DNAs"),
        ("stem DNA", "stem DNAs"),
        ("spermatogonium", "spermatogonia"),
        ("bacterium", "bacteria"),
        ("museum", "museums"),
        ("ovum", "ova"),
        ("sputum", "sputa"),
    ],
)
def test_the_word_that_carries_the_number_changes_alone(name, other):
    assert other_number(name) == other
