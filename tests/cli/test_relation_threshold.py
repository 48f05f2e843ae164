from hyplink.cli.confidence import describe_relation_threshold
from hyplink.metrics.guarantee import FoundThreshold
from hyplink.stages.relation_threshold import RelationThreshold


def test_a_threshold_of_relations_is_told_with_its_guarantee_and_what_it_leaves():
    found = RelationThreshold(
        FoundThreshold(0.61, 30, 0.0123),
        "mentions",
        50,
        {"exact": 10, "broader": 5, "none": 15},
        {"exact": 9, "broader": 4, "none": 14},
    )
    first, guarantee, results, assumptions = describe_relation_threshold(found, 0.8, 0.1).splitlines()
    assert first == "0.61"
    assert "relation_confidence of at least 0.61" in guarantee
    assert "over all mentions, is at least 0.8 with probability 0.9" in guarantee
    assert guarantee.endswith("(p = 0.012)")
    assert results == (
        "dev data: 60.0% of 50 mentions answered, 90.0% of the answers right (9 of 10 exact, 4 of 5 broader, 14 of 15 "
        "none); 30 mentions with an answer"
    )
    assert assumptions.startswith("assumptions: `exact` is right with a gold concept")
