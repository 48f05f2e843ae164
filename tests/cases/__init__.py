"""Cases from other projects' bug reports, each with the right answer."""


def flat_obo(names, prefix, root):
    """An OBO file in which every name is a concept below one root: `PREFIX:1`, `PREFIX:2`, …"""
    terms = [(0, root, ""), *((number, name, f"is_a: {prefix}:0\n") for number, name in enumerate(names, start=1))]
    stanzas = (f"[Term]\nid: {prefix}:{number}\nname: {name}\n{parent}\n" for number, name, parent in terms)
    return "format-version: 1.2\n\n" + "".join(stanzas)
