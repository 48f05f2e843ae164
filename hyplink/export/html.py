"""Links as one self-contained HTML page: the text with its mentions highlighted, in a light and a dark theme."""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import pairwise

from hyplink.linking.link import Link
from hyplink.linking.linked_document import LinkedDocument
from hyplink.ontology import Ontology
from hyplink.run import counted

STYLE = """
:root { color-scheme: light dark; --page: #fbfbfa; --ink: #1d232b; --faint: #5c6673; --line: #e2e4e8;
  --ground: .93 .055; --label: .46 .12; }
@media (prefers-color-scheme: dark) {
  :root { --page: #14181d; --ink: #e6e9ee; --faint: #9ba5b2; --line: #2c343e; --ground: .36 .075; --label: .83 .09; } }
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
small { color: oklch(var(--label) var(--hue)); font-size: .75em; font-weight: 600; margin-left: .3em; }
small + small { margin-left: .6em; }
header mark { color: var(--ink); }
small.nil { color: var(--faint); }
@media print { mark { print-color-adjust: exact; } }
"""

LEGEND = (
    '<mark style="--hue: 250">mention</mark> <small style="--hue: 250">concept</small> · '
    '<mark class="negated" style="--hue: 250">negated mention</mark> · '
    '<mark class="uncertain" style="--hue: 250">uncertain mention</mark> · '
    '<mark class="nil" style="--hue: 250">mention without a concept</mark>. '
    "Hover over a mention or tap it to see the concept id, the hyperbolic distance and the confidence."
)


def html_chunks(linked: Iterable[LinkedDocument], ontology: Ontology) -> Iterator[str]:
    """The page in chunks: its head, one section per document, its end."""
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
        yield f"<p>{''.join(_highlighted(each.document.text, each.links))}</p>\n</section>\n"
    yield "</body>\n</html>\n"


def _highlighted(text: str, links: Iterable[Link]) -> Iterator[str]:
    """The text split where mentions start and end; each segment is styled for the shortest mention that covers it."""
    numbered = list(enumerate(links))
    spans = ((*span, number, link) for number, link in numbered for span in link.spans or [(link.start, link.end)])
    upcoming = sorted(spans, reverse=True)
    boundaries = sorted({0, len(text)}.union(*((start, end) for start, end, *_ in upcoming)))
    covering: list[tuple[int, int, int, Link]] = []
    for start, end in pairwise(boundaries):
        while upcoming and upcoming[-1][0] <= start:
            covering.append(upcoming.pop())
        covering = sorted((each for each in covering if each[1] > start), key=lambda each: each[1] - each[0])
        yield _segment(escape(text[start:end]), [link for *_, link in covering])
        yield from (_concept_label(link) for _, _, _, link in covering if link.end == end)


def _segment(escaped: str, covering: Sequence[Link]) -> str:
    if not covering:
        return escaped
    details = escape("\n".join(map(_details, covering)))
    attributes = f'class="{_classes(covering[0])}" style="{_hue(covering[0])}" tabindex="0" title="{details}"'
    return f"<mark {attributes}>{escaped}</mark>"


def _concept_label(link: Link) -> str:
    name = link.answer.label if link.answer else "no concept"
    return f'<small class="{_classes(link)}" style="{_hue(link)}">{escape(name)}</small>'


def _classes(link: Link) -> str:
    classes = {"nil": link.answer is None, "negated": link.negated, "uncertain": link.uncertain}
    return " ".join(name for name, applies in classes.items() if applies)


def _hue(link: Link) -> str:
    """The CSS hue of a concept, derived from its id so that it is the same on every page."""
    return f"--hue: {zlib.crc32(link.answer.concept.encode()) % 360 if link.answer else 0}"


def _details(link: Link) -> str:
    fields = link.as_json()
    if link.answer is None:
        return f"{link.text}: no concept"
    numbers = {"distance": fields["distance"], "confidence": fields["confidence"]}
    details = [f"{name} {value:.2f}" for name, value in numbers.items() if value is not None]
    details += [name for name in ("negated", "uncertain") if fields[name]]
    return ", ".join([f"{link.text}: {fields['concept']} {fields['label']}", *details])
