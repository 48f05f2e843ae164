"""Windows of many texts, against a plain search of each window of each text."""

import random

import numpy as np
import pytest

from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.mentions.name_index import FUNCTION_CODE, NameIndex
from hyplink.mentions.scan import windows, word_table
from hyplink.mentions.scan.windows import WindowScan
from hyplink.mentions.tokens import Gap, Word, WordColumns

WORDS = ["spleen", "cyst", "left", "big", "of", "the", "loss", "non", "zzz"]
INDEX = NameIndex.from_names(
    [("spleen cyst", "a"), ("big left spleen cyst", "b"), ("loss of spleen", "c"), ("cyst", "d"), ("non loss", "e")]
)


def words_at_random(seed):
    draw = random.Random(seed)
    gaps = [Gap.OPEN] * 8 + list(Gap)
    return [
        Word(draw.choice(WORDS), 9 * i, 9 * i + 5, draw.choice(gaps), draw.random() < 0.9, draw.random() < 0.9)
        for i in range(draw.randrange(40))
    ]


def windows_one_by_one(number, words):
    codes = [INDEX.code(word.text) for word in words]
    for i in range(len(words)):
        follows_non = i > 0 and words[i].gap is Gap.OPEN and words[i - 1].text == "non"
        if codes[i] in (None, FUNCTION_CODE) or not words[i].opens or follows_non:
            continue
        for j in range(i, len(words)):
            if codes[j] is None or (j > i and words[j].gap is Gap.HARD):
                break
            content = [code for code in codes[i : j + 1] if code is not FUNCTION_CODE]
            if len(content) > min(code.longest for code in content):
                break
            rows = INDEX.find(sum(code.by_root for code in content), sum(code.by_meaning for code in content))
            if rows and words[j].closes and codes[j] is not FUNCTION_CODE:
                yield number, i, j, any(word.gap >= Gap.SLASH for word in words[i + 1 : j + 1])


@pytest.mark.parametrize("words_at_a_time", [1, 50, 1 << 16])
def test_windows_are_those_of_a_search_one_by_one_however_texts_are_grouped(monkeypatch, words_at_a_time):
    monkeypatch.setattr(windows, "WORDS_AT_A_TIME", words_at_a_time)
    texts = [words_at_random(seed) for seed in range(60)]
    expected = [window for number, words in enumerate(texts) for window in windows_one_by_one(number, words)]
    assert len(expected) > 50
    assert list(WindowScan(INDEX).windows([WordColumns.from_words(words) for words in texts])) == expected


def test_a_full_table_of_words_is_emptied_between_scans(monkeypatch):
    scan, texts = WindowScan(INDEX), [WordColumns.from_words(words_at_random(seed)) for seed in range(9)]
    expected = list(scan.windows(texts))
    monkeypatch.setattr(word_table, "WORDS_KEPT", 2)
    assert list(scan.windows(texts)) == list(scan.windows(texts)) == expected


def test_names_are_found_however_many_hashes_share_a_slot(monkeypatch):
    monkeypatch.setattr(windows, "_LEAST_SLOTS", 2)
    for per_name, n_slots in ((0, 2), (4, 16)):
        monkeypatch.setattr(windows, "_SLOTS_PER_NAME", per_name)
        assert len(windows._slots_of(np.array([5, 9, 12]))) == n_slots
        detector = DictionaryDetector.from_names([("heart cyst", "x"), ("fever", "y"), ("loss of smell", "z")])
        found = detector.detect("a fever, a heart cyst and loss of smell; no cyst of the liver")
        assert [each.candidates for each in found] == [("y",), ("x",), ("z",)]
