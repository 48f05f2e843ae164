"""The review page: a text with its links, the decisions of a reviewer, and learning from them.

`routes` answers the page's requests, `items` joins links and decisions and orders them, `job` refits the run in a
process of its own, and `static` holds the page, plain HTML, CSS and JavaScript without anything from elsewhere.
"""
