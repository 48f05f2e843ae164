"""The metrics of dev data that are annotated with relations."""


def placement(right, too_high=0.125, wrong_branch=0.625):
    """The metrics of a ranking of parents."""
    return {
        "n_mentions": 8,
        "mean_reciprocal_rank": right + 0.1,
        "hits_at_1": right,
        "hits_at_5": right + 0.2,
        "tree_distance": 2.5,
        "too_high": too_high,
        "steps_too_high": 1.5,
        "wrong_branch": wrong_branch,
    }


RIGHT = placement(0.5, 0.25, 0.25)

MISSING = {
    "n_mentions": {"exact": 8, "broader": 8, "none": 1200},
    "relations": {
        "confusion": [[5, 2, 1], [1, 6, 1], [0, 0, 1200]],
        "macro_f1": 0.731,
        "accuracy": 0.74,
        "expected_calibration_error": 0.031,
        "noise_floor": 0.027,
        "none_auroc": 0.985,
        "none_f1": 0.929,
        "thresholds_macro_f1": 0.594,
        "thresholds_none_auroc": 0.814,
    },
    "placement": {"hyplink": RIGHT, "BM25": placement(0.25)},
}
