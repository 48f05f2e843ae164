"""Which words of a text are a mention to those who annotated: learned from annotated documents.

`reading` takes a text apart, `boundaries` says of each word whether a mention opens, goes on and closes there, `usage`
how often a wording was marked, `spans` gathers what speaks for a run of words, `scorer` makes a chance of it, and
`recogniser` chooses among the runs. `learning` trains all of it.
"""

from hyplink.mentions.learned.detector import Recogniser, load_recogniser, save_recogniser

__all__ = ["Recogniser", "load_recogniser", "save_recogniser"]
