"""Whether a text negates its mentions or is uncertain of them.

`clauses` splits a text into words and clauses, `triggers` finds phrases of negation and uncertainty in it (their
`patterns` are tables), `answers` those of forms and notes, `boxes` the marks of lists, `counts` the findings that
no one has, `headings` the lists below headings, and `scopes` decides on which mentions they act.
"""

from hyplink.mentions.assertion.scopes import Assertion, assertions_of

__all__ = ["Assertion", "assertions_of"]
