"""Links as one HTML page to look at: the text with its mentions marked, in light and dark, without any network."""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import pairwise

from hyplink.export.linked import Linked
from hyplink.linking.link import Link
from hyplink.ontology import Ontology
from hyplink.run import counted

STYLE = """
:root { color-scheme: light dark; --page: #fbfbfa; --ink: #1d232b; --faint: #5c6673; --line: #e2e4e8;
  --ground: .93 .055; --chip: .46 .12; }
@media (prefers-color-scheme: dark) {
  :root { --page: #14181d; --ink: #e6e9ee; --faint: #9ba5b2; --line: #2c343e; --ground: .36 .075; --chip: .83 .09; } }
body { margin: 0 auto; max-width: 46rem; padding: 1.5rem 1.25rem 6rem; background: var(--page); color: var(--ink);
  font: 1rem/1.85 system-ui, sans-serif; }
h1 { font-size: 1.375rem; line-height: 1.25; letter-spacing: -.01em; margin: .5rem 0; overflow-wrap: anywhere; }
header p, h2 { color: var(--faint); font-size: .875rem; line-height: 1.6; }
h2 { font-weight: 600; margin: 1rem 0 0; overflow-wrap: anywhere; }
section { border-top: 1px solid var(--line); margin-top: 1.5rem; }
p { white-space: pre-wrap; overflow-wrap: anywhere; margin: .5rem 0; }
mark { background: oklch(var(--ground) var(--hue)); color: inherit; border-radius: .25em; padding: .1em .2em;
  -webkit-box-decoration-break: clone; box-decoration-break: clone; }
mark:focus-visible { outline: 2px solid var(--ink); }
mark.nil { background: none; outline: 1px dashed var(--faint); }
mark.negated { text-decoration: line-through; text-decoration-thickness: 1px; }
mark.uncertain { text-decoration: underline dotted; text-underline-offset: .2em; }
mark[title]:focus::after { content: attr(title); position: fixed; inset: auto 0 0; padding: .75rem 1.25rem; z-index: 1;
  background: var(--ink); color: var(--page); font-size: .875rem; line-height: 1.5; white-space: pre-wrap; }
small { color: oklch(var(--chip) var(--hue)); font-size: .75em; font-weight: 600; margin-left: .3em; }
small + small { margin-left: .6em; }
header mark { color: var(--ink); }
small.nil { color: var(--faint); }
@media print { mark { print-color-adjust: exact; } }
"""

LEGEND = (
    '<mark style="--hue: 250">a mention</mark> <small style="--hue: 250">its concept</small> · '
    '<mark class="negated" style="--hue: 250">the text denies it</mark> · '
    '<mark class="uncertain" style="--hue: 250">the text doubts it</mark> · '
    '<mark class="nil" style="--hue: 250">no concept was found</mark>. '
    "Point at a mention, or tap it, for its id and more."
)


def html_pieces(linked: Iterable[Linked], ontology: Ontology) -> Iterator[str]:
    """The pieces of the page: its head, a section for each document, its end."""
    source = escape(f"{ontology.source} {ontology.release or ''}".strip())
    yield (
        '<!doctype html>\n<html>\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Linked to {source}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<header>\n<h1>Linked to {source}</h1>\n<p>{LEGEND}</p>\n</header>\n"
    )
    for each in linked:
        mentions = counted(len(each.links), "mention")
        yield f"<section>\n<h2>{escape(each.document.doc_id)} · {mentions}</h2>\n"
        yield f"<p>{''.join(_marked(each.document.text, each.links))}</p>\n</section>\n"
    yield "</body>\n</html>\n"


def _marked(text: str, links: Iterable[Link]) -> Iterator[str]:
    """The text, cut wherever a mention begins or ends; a piece is marked for the shortest mention that covers it."""
    numbered = list(enumerate(links))
    spans = ((*span, number, link) for number, link in numbered for span in link.spans or [(link.start, link.end)])
    waiting = sorted(spans, reverse=True)
    cuts = sorted({0, len(text)}.union(*((start, end) for start, end, *_ in waiting)))
    covering: list[tuple[int, int, int, Link]] = []
    for start, end in pairwise(cuts):
        while waiting and waiting[-1][0] <= start:
            covering.append(waiting.pop())
        covering = sorted((each for each in covering if each[1] > start), key=lambda each: each[1] - each[0])
        yield _piece(escape(text[start:end]), [link for *_, link in covering])
        yield from (_chip(link) for _, _, _, link in covering if link.end == end)


def _piece(piece: str, covering: Sequence[Link]) -> str:
    if not covering:
        return piece
    told = escape("\n".join(map(_sentence, covering)))
    return (
        f'<mark class="{_classes(covering[0])}" style="{_hue(covering[0])}" tabindex="0" title="{told}">{piece}</mark>'
    )


def _chip(link: Link) -> str:
    name = link.answer.label if link.answer else "no concept"
    return f'<small class="{_classes(link)}" style="{_hue(link)}">{escape(name)}</small>'


def _classes(link: Link) -> str:
    named = {"nil": link.answer is None, "negated": link.negated, "uncertain": link.uncertain}
    return " ".join(name for name, holds in named.items() if holds)


def _hue(link: Link) -> str:
    """One colour a concept, the same on every page."""
    return f"--hue: {zlib.crc32(link.answer.concept.encode()) % 360 if link.answer else 0}"


def _sentence(link: Link) -> str:
    fields = link.as_json()
    if link.answer is None:
        return f"{link.text}: no concept"
    figures = {"distance": fields["distance"], "confidence": fields["confidence"]}
    said = [f"{name} {value:.2f}" for name, value in figures.items() if value is not None]
    said += [name for name in ("negated", "uncertain") if fields[name]]
    return ", ".join([f"{link.text}: {fields['concept']} {fields['label']}", *said])
