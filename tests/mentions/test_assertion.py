import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyplink.mentions.assertion import Assertion, assertions_of
from hyplink.names.normal_forms import tokens_of

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
    text = "absent speech and ataxia"
    assert assertions_of(text, [(0, 13), (18, 24)]) == [AFFIRMED, AFFIRMED]


def test_what_is_denied_may_be_the_finding_itself():
    assert said_of("vomit", "He did not vomit.") == NEGATED
    assert said_of("dehydrated", "He was not dehydrated.") == NEGATED
    assert said_of("ataxia", "He was not treated for ataxia.") == AFFIRMED


def test_sentences_of_many_kinds_are_read_rightly(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "scripts")
    from assertion_accuracy import answers, read_sentences

    sentences = read_sentences(Path(__file__).with_name("assertions.txt"))
    assert len(sentences) > 200
    wrong = [sentence.text for sentence in sentences if answers(sentence) != sentence.letters]
    assert len(wrong) <= len(sentences) * 0.03, wrong


def test_a_long_list_is_negated_as_a_whole_and_has_an_end():
    assert marks("no " + ", ".join("abcdefghijklmnopqrstuvwxyz")) == "-" + 26 * "n"
    assert marks("no " + 61 * "c, ") == "-" + 60 * "n" + "-"


def test_a_colon_introduces_what_a_trigger_acts_on():
    assert marks("Denies: b, c; d") == "-nn-"
    assert marks("He denies. B") == "---"


@pytest.mark.parametrize("phrase", ["without", "in the absence of", "no", "he denied"])
@pytest.mark.parametrize("verb", ["was seen", "is", "has improved", "developed", "of c was seen"])
def test_a_finding_that_begins_a_main_clause_after_a_comma_is_not_negated(phrase, verb):
    marked = marks(f"{phrase} a, b {verb}")
    assert marked.replace("-", "")[:1] == "n"
    assert marked.count("n") == 1
    assert marks(f"{phrase} a, d or e, b {verb}").count("n") == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no a, b or c was seen", "-nn-n--"),
        ("no a, b, or c was seen", "-nn-n--"),
        ("no a, b, c was seen", "-nnn--"),
        ("no a, b. Was c seen", "-nn---"),
    ],
)
def test_the_last_item_of_a_negated_list_begins_no_clause(text, expected):
    assert marks(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("She doesn't deny a", UNCERTAIN),
        ("He did not deny a", UNCERTAIN),
        ("He never denied a", UNCERTAIN),
        ("a cannot be denied", UNCERTAIN),
        ("It is not true that she has no a", UNCERTAIN),
        ("Cannot be certain that this is not a", UNCERTAIN),
        ("It is not true that she has a", NEGATED),
        ("It is not surprising that no a was found", NEGATED),
        ("No b and denies a", NEGATED),
        ("a was denied", NEGATED),
    ],
)
def test_a_denial_that_is_denied_is_uncertain(text, expected):
    first, other = re.search(r"\ba\b", text), re.search(r"\bb\b", text)
    assert assertions_of(text, [each.span() for each in (first, other) if each])[0] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("☐ a ☒ b ☑ c", "n--"),
        ("History: ☒ a ☐ b c", "--nn"),
        ("a ☐ b ☒", "n-"),
        ("[ ] a\n[x] b\n", "n--"),
        ("+ a, - b", "-n"),
        ("- a, + b", "n-"),
        ("+a -b", "-n"),
        ("(+) a (-) b", "-n"),
        ("a (+) b (-)", "-n"),
        ("- a\n- b", "--"),
        ("a, - b", "--"),
    ],
)
def test_boxes_and_signs_of_a_list_act_on_the_findings_beside_them(text, expected):
    assert marks(text) == expected


def test_versus_doubts_only_what_is_directly_beside_it():
    assert marks("a of b vs. c and d") == "--u-u--"


def test_each_mention_has_its_own_assertion():
    text = "no fever but rash"
    assert assertions_of(text, [(3, 8), (13, 17)]) == [NEGATED, AFFIRMED]


def test_without_mentions_there_are_no_assertions():
    assert assertions_of("no fever", []) == []


@given(
    st.lists(st.sampled_from(["no", "fever", "but", ".", "was", "absent", "possible", ";"]), max_size=12).map(" ".join)
)
def test_any_text_can_be_read(text):
    assert len(assertions_of(text, [(0, len(text))])) == 1


def marks(text):
    """What a text says of each word of one letter: `n` negated, `u` uncertain, `b` both; `-` neither or longer."""
    letters = {AFFIRMED: "-", NEGATED: "n", UNCERTAIN: "u", Assertion(True, True): "b"}
    spans = [(token.start, token.end) for token in tokens_of(text)]
    return "".join(letters[assertions_of(text, [span])[0]] if span[1] - span[0] == 1 else "-" for span in spans)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no a", "-n"),
        ("No a. B", "-n-"),
        ("a no b", "--n"),
        ("no a b c d e f g h i j k", "-nnnnnnnnnn-"),  # ten words forwards
        ("no sign of a b c d e f g h i j k", "---nnnnnnnnnn-"),
        ("a b c d e f g was absent", "-nnnnnn--"),  # six words backwards
        ("a b c d e f g was not seen h", "-nnnnnn----"),
        ("a b was absent", "nn--"),
        ("z. A b was absent", "-nn--"),
        ("possible a b c d e f g h i j k", "-uuuuuuuuuu-"),
        ("a b c d e f g is likely", "-uuuuuu--"),
        ("no possible a", "--b"),
        ("possible a was absent", "-b--"),
    ],
)
def test_a_trigger_reaches_ten_words_forwards_and_six_backwards(text, expected):
    assert marks(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *[(f"no a{mark} b", "-n-") for mark in (".", ";", ":", "!")],
        *[(f"no a{mark}b", "-n-") for mark in ("\n\n", "\t", "=", "|", " - ", " – ")],
        ("no c\nb", "-n-"),
        *[(f"no a{mark}b", "-nn") for mark in (", ", " (", ") ", "/", "-")],
        *[(f"b{mark} a was absent", "-n--") for mark in (".", ";", ":", "!")],
        ("b, a was absent", "nn--"),
        ("no. A", "--"),
        ("a. Was absent", "---"),
    ],
)
def test_a_trigger_does_not_reach_across_the_end_of_a_clause(text, expected):
    assert marks(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no a but b", "-n--"),
        ("no but a", "---"),
        ("no a due to b", "-n---"),
        ("no a with the exception of b", "-n-----"),
        ("b but a was absent", "--n--"),
        ("b due to a was absent", "---n--"),
        ("a but was absent", "----"),
        ("no a, no b but c", "-n-n--"),
        ("no a, possible b", "-n-u"),
        ("no x, y or a, b and c", "-nn-nn-n"),
        ("a but no b", "---n"),
    ],
)
def test_a_phrase_that_opens_another_thought_ends_a_scope(text, expected):
    assert marks(text) == expected


OPENINGS = ["you", "he", "she", "it", "we", "they", "there", "this", "these"]
OPENINGS += ["my", "your", "his", "her", "its", "our", "their"]


@pytest.mark.parametrize(
    "word", [*OPENINGS, "is", "are", "was", "were", "has", "have", "had", "does", "did", "He", "IS"]
)
def test_and_before_a_subject_or_a_verb_ends_a_scope(word):
    assert marks(f"no a and {word} b") == "-n---"
    assert marks(f"no a, And {word} b") == "-n---"
    assert marks(f"b and {word} a was absent") == "---n--"


@pytest.mark.parametrize("word", ["x", "rash", "him", "the"])
def test_and_before_another_word_ends_no_scope(word):
    assert marks(f"no a and {word} b")[-1] == "n"
    assert marks(f"no a, {word} b")[-1] == "n"


@pytest.mark.parametrize("word", [*OPENINGS, "She"])
def test_a_subject_behind_a_comma_ends_a_scope(word):
    assert marks(f"no a, {word} b") == "-n--"
    assert marks(f"b, {word} a was absent") == "--n--"
    assert marks(f"no a {word} b") == "-n-n"
    assert marks(f"no a ({word} b") == "-n-n"
    assert marks(f"no a {word}, b") == "-n-n"
    assert marks(f"no a or {word} b") == "-n--n"


@pytest.mark.parametrize("word", ["is", "had", "reports", "presents", "admits"])
def test_a_verb_behind_a_comma_ends_a_scope(word):
    assert marks(f"no a, {word} b") == "-n--"
    assert marks(f"no a {word} b") == "-n-n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no further a", "---"),
        ("no fur a", "--n"),
        ("not only a", "---"),
        ("not a", "-n"),
        ("a not detected b", "n---"),
        ("a not ruled out b", "u---u"),
        ("a ruled out b", "---n"),
        ("a was ruled out b", "n----"),
        ("a was ruled b", "----"),
        ("risk of a", "--u"),
        ("no sign a", "--n"),
        ("no sign of no a", "----n"),
        ("no doubt no a", "---n"),
        ("a excluded", "n-"),
        ("excluded a", "-n"),
        ("a is possible", "u--"),
        ("a no", "--"),
    ],
)
def test_the_longest_trigger_counts_and_none_within_it(text, expected):
    assert marks(text) == expected


@pytest.mark.parametrize(
    ("mention", "expected"),
    [
        ((3, 8), NEGATED),
        ((3, 13), NEGATED),
        ((3, 22), NEGATED),
        ((0, 8), AFFIRMED),
        ((2, 8), NEGATED),
        ((1, 8), AFFIRMED),
    ],
)
def test_a_mention_begins_within_the_scope_and_lies_outside_of_the_trigger(mention, expected):
    assert assertions_of("no fever rash but tic", [mention]) == [expected]


def test_a_mention_before_a_trigger_ends_where_the_trigger_begins_at_the_latest():
    text = "his fever was absent then"
    assert assertions_of(text, [(4, 9), (4, 10), (0, 9)]) == [NEGATED] * 3
    assert assertions_of(text, [(4, 13)]) == [AFFIRMED]


def test_assertions_have_the_order_of_the_mentions():
    text = "no fever, possible rash; tic"
    rash, tic, fever = (18, 22), (25, 28), (3, 8)
    assert assertions_of(text, [rash, tic, fever, rash]) == [UNCERTAIN, AFFIRMED, NEGATED, UNCERTAIN]


def test_mentions_in_a_text_without_words_are_affirmed():
    assert assertions_of("...", [(0, 1), (1, 3)]) == [AFFIRMED, AFFIRMED]


def marks_of(pattern, text):
    """What a text says of each mention that matches a pattern, all read together: `n`, `u`, or `-`."""
    letters = {AFFIRMED: "-", NEGATED: "n", UNCERTAIN: "u"}
    spans = [match.span() for match in re.finditer(pattern, text)]
    return "".join(letters[each] for each in assertions_of(text, spans))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Denies:\n- a\n- b\n\n- c", "nn-"),
        ("Denies:\n\n- a\n- b", "nn"),
        ("Denies:\n- a\nNext b", "n-"),
        ("Denies:\n- a but b\n- c", "n-n"),
        ("Denies:\na\nb\nHas: c", "nn-"),
        ("Denies:\na\nShe has b", "n-"),
        ("Denies any of the following:\n1. a\n2. b", "nn"),
        ("Denies the following symptoms: a, b", "nn"),
        ("Family history:\nMother: a\nPatient: b", "u-"),
        ("Denies it:\n- a", "-"),
    ],
)
def test_a_heading_acts_on_the_list_below_it(text, expected):
    assert marks_of(r"\b[abc]\b", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a (0/5)", "n"),
        ("b and a (0%)", "-n"),
        ("a (0.5%)", "-"),
        ("a (10/20)", "-"),
        ("a in 0 of 7", "n"),
        ("a in 0 of 7 and in 3 of 9", "-"),
    ],
)
def test_a_count_of_zero_negates_what_is_counted(text, expected):
    assert marks_of(r"\b[ab]\b", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fever+, cough-", "-n"),
        ("fever- cough+", "n-"),
        ("fever-, cough-", "nn"),
        ("fever- and cough-related", "--"),
        ("fever -\ncough", "--"),
        ("Fever -\nWith cough", "n-"),
        ("| fever | - |\n| cough | + |", "n-"),
        ("| fever | cough |\n| - | - |", "--"),
        ("fever -ve, cough +ve", "n-"),
        ("fever, 2 - 3 times, cough", "--"),
    ],
)
def test_signs_behind_findings_are_no_hyphens(text, expected):
    assert marks_of("(?i)fever|cough", text) == expected


def test_the_accuracy_script_explains_itself_and_rejects_a_missing_file(monkeypatch, capsys, tmp_path):
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "scripts")
    from assertion_accuracy import main

    with pytest.raises(SystemExit):
        main(["--help"])
    assert "A affirmed" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main([str(tmp_path / "missing.txt")])
    assert "no such file" in capsys.readouterr().err
    (tmp_path / "own.txt").write_text("No [asthma]N.\nHe has [asthma]N.\n")
    main([str(tmp_path / "own.txt")])
    assert "1 of 2 sentences (50.0%), 1 of 2 mentions (50.0%)" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["No fever !", "!", ""])
def test_a_mention_without_words_is_affirmed(text):
    assert assertions_of(text, [(max(0, len(text) - 1), len(text))]) == [AFFIRMED]
