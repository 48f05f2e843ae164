import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyplink.mentions.assertion import Assertion, assertions_of

AFFIRMED, NEGATED, UNCERTAIN = Assertion(False, False), Assertion(True, False), Assertion(False, True)


def said_of(mention, text):
    start = text.index(mention)
    (assertion,) = assertions_of(text, [(start, start + len(mention))])
    return assertion


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("She has ataxia.", AFFIRMED),
        ("There was no ataxia.", NEGATED),
        ("No sign of fever, cough, or ataxia was seen.", NEGATED),
        ("Ataxia was ruled out; then ataxia.".lower(), NEGATED),
        ("He denies pain but has ataxia.", AFFIRMED),
        ("He has no pain. He has ataxia.", AFFIRMED),
        ("Not only pain and ataxia", AFFIRMED),
        ("a possible ataxia", UNCERTAIN),
        ("findings suggestive of ataxia", UNCERTAIN),
        ("ataxia cannot be excluded", UNCERTAIN),
        ("no pain, which is due to ataxia", AFFIRMED),
        ("no evidence of possible ataxia", Assertion(True, True)),
        ("No sign of breast cancer, and her ataxia is mild.", AFFIRMED),
        ("no sign of breast cancer, her ataxia is mild", AFFIRMED),
        ("She denies pain and has ataxia.", AFFIRMED),
        ("There was no pain and he developed a tremor, then ataxia.", AFFIRMED),
        ("There was no pain and there was ataxia.", AFFIRMED),
        ("There was no pain and ataxia.", NEGATED),
        ("There was no pain, tremor, and ataxia.", NEGATED),
        ("He has ataxia, and his tremor was absent.", AFFIRMED),
        ("Tremor and ataxia were absent.", NEGATED),
        ("no one two three four five six seven eight nine ten ataxia", AFFIRMED),
    ],
)
def test_a_trigger_acts_within_its_scope(text, expected):
    assert said_of("ataxia", text) == expected


def test_a_trigger_inside_a_mention_belongs_to_it():
    assert said_of("absence of tears", "with absence of tears") == AFFIRMED


def test_each_mention_has_its_own_assertion():
    text = "no fever but rash"
    assert assertions_of(text, [(3, 8), (13, 17)]) == [NEGATED, AFFIRMED]


def test_without_mentions_there_is_nothing_to_say():
    assert assertions_of("no fever", []) == []


@given(
    st.lists(st.sampled_from(["no", "fever", "but", ".", "was", "absent", "possible", ";"]), max_size=12).map(" ".join)
)
def test_any_text_can_be_read(text):
    assert len(assertions_of(text, [(0, len(text))])) == 1
