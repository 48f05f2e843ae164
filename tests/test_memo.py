from hyplink.memo import CHARACTERS_KEPT, Memo, recent_texts


def test_a_value_is_computed_once_until_there_are_too_many():
    asked = []
    memo = Memo(lambda word: asked.append(word) or word.upper(), 2)
    assert [memo[word] for word in "aabbcca"] == list("AABBCCA")
    assert asked == list("abca")
    assert len(memo) == 2


def test_values_of_recent_texts_are_kept_up_to_a_total_length():
    asked = []
    length = recent_texts(lambda text: asked.append(text[:1]) or len(text))
    long = "b" * CHARACTERS_KEPT
    assert [length(each) for each in ("a", "a", long, long, "a", "a")] == [1, 1, len(long), len(long), 1, 1]
    assert asked == ["a", "b", "a"]
