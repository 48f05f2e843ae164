from hyplink.metrics.overrides import NamedMention, Overrides, count_overrides


def named(answer, *gold):
    return NamedMention("burn", answer, frozenset(gold))


def test_an_override_counts_as_right_or_wrong_if_exactly_one_of_name_and_answer_is_correct():
    mentions = [
        named("burn", "burn"),
        named("burn", "skin"),
        named("skin", "skin"),
        named("skin", "burn"),
        named(None, "burn"),
        named("skin", "gut"),
        named("skin", "skin", "burn"),
    ]
    assert count_overrides(mentions) == Overrides(n_mentions=7, n_overridden=5, n_rightly=1, n_wrongly=2)
    assert count_overrides([]) == Overrides(0, 0, 0, 0)
