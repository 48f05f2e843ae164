from hyplink.metrics.overrides import Named, Overrides, overrides_of


def named(answer, *gold):
    return Named("burn", answer, frozenset(gold))


def test_an_override_is_judged_by_who_is_right():
    mentions = [
        named("burn", "burn"),
        named("burn", "skin"),
        named("skin", "skin"),
        named("skin", "burn"),
        named(None, "burn"),
        named("skin", "gut"),
        named("skin", "skin", "burn"),
    ]
    assert overrides_of(mentions) == Overrides(n_mentions=7, n_overridden=5, n_rightly=1, n_wrongly=2)
    assert overrides_of([]) == Overrides(0, 0, 0, 0)
