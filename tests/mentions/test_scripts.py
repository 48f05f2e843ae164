"""Names in scripts other than the Latin one, and compounds."""

import pytest

from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.names.normal_forms import tokens_of

NAMES = [
    "천식", "당뇨병", "ไข้", "ไข่", "مرض السكري", "שפעת", "अस्थमा", "रोग", "microcephaly", "macrocephaly",
    "Herzinsuffizienz", "Niereninsuffizienz", "Leberinsuffizienz",
    "インフルエンザ", "şeker hastalığı", "heart failure", "B12",
]  # fmt: skip
DETECTOR = DictionaryDetector.from_names([(name, name) for name in NAMES])


def found_in(text):
    return [(m.text, *m.candidates) for m in DETECTOR.detect(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("천식이 있다. 당뇨병을 앓고 있다.", [("천식", "천식"), ("당뇨병", "당뇨병")]),
        ("천식에서는 천식", [("천식", "천식"), ("천식", "천식")]),
        ("천식환자", []),
        ("มี ไข้ สูง", [("ไข้", "ไข้")]),
        ("มี ไข่ สูง", [("ไข่", "ไข่")]),
        ("ไข", []),
        ("مَرَض السُّكَّرِيّ", [("مَرَض السُّكَّرِيّ", "مرض السكري")]),
        ("מחלת שַׁפַּעַת", [("שַׁפַּעַת", "שפעת")]),
        ("उसे अस्थमा है", [("अस्थमा", "अस्थमा")]),
        ("रोगी", []),
        ("ｲﾝﾌﾙｴﾝｻﾞが", [("ｲﾝﾌﾙｴﾝｻﾞ", "インフルエンザ")]),
        ("インフルエンサ", []),
        ("ŞEKER HASTALIĞI var", [("ŞEKER HASTALIĞI", "şeker hastalığı")]),
    ],
)
def test_signs_belong_to_words_points_may_be_left_out_and_particles_are_no_part_of_a_name(text, expected):
    assert found_in(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Herz- und Niereninsuffizienz",
            [("Herz", "Herzinsuffizienz"), ("Niereninsuffizienz", "Niereninsuffizienz")],
        ),
        (
            "Leber-, Herz- oder Niereninsuffizienz",
            [
                ("Leber", "Leberinsuffizienz"),
                ("Herz", "Herzinsuffizienz"),
                ("Niereninsuffizienz", "Niereninsuffizienz"),
            ],
        ),
        ("micro- and macrocephaly", [("micro", "microcephaly"), ("macrocephaly", "macrocephaly")]),
        ("micro/macrocephaly", [("micro", "microcephaly"), ("macrocephaly", "macrocephaly")]),
        ("small/macrocephaly", [("macrocephaly", "macrocephaly")]),
        ("micro- vs. macrocephaly", [("micro", "microcephaly"), ("macrocephaly", "macrocephaly")]),
        ("micro- as well as macro-cephaly", [("micro", "microcephaly"), ("macro-cephaly", "macrocephaly")]),
        ("micro-/macrocephaly", [("micro", "microcephaly"), ("macrocephaly", "macrocephaly")]),
        ("Herz und Niereninsuffizienz", [("Niereninsuffizienz", "Niereninsuffizienz")]),
        ("Haut- und Niereninsuffizienz", [("Niereninsuffizienz", "Niereninsuffizienz")]),
    ],
)
def test_compounds_that_share_their_end_are_completed(text, expected):
    assert found_in(text) == expected


def test_a_word_with_vowel_and_tone_signs_is_one_token():
    assert [token.text for token in tokens_of("अस्थमा ไข้ שַׁפַּעַת")] == ["अस्थमा", "ไข้", "שַׁפַּעַת"]


@pytest.mark.parametrize("text", ["heart failure¹ and", "heart failure²³.", "Heart failure⁴"])
def test_the_sign_of_a_footnote_is_no_part_of_a_name(text):
    assert [mention.lower() for mention, _ in found_in(text)] == ["heart failure"]


def test_a_raised_digit_of_a_name_is_part_of_it():
    assert found_in("B¹²") == [("B¹²", "B12")]
