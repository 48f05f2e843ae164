from hypothesis import strategies as st

from hyplink.corpus import Document
from hyplink.corpus.marking import in_text_order, mention_of

concept_ids = st.text("ABC:019", min_size=1, max_size=5)
parts = st.lists(st.lists(concept_ids, min_size=1, max_size=2, unique=True).map(tuple), max_size=2).map(tuple)


@st.composite
def documents(draw, without="", plain=True):
    """Annotated documents, and plain ones unless `plain` is False; `without` names characters to leave out."""
    characters = st.characters(exclude_categories=["Cs"], exclude_characters=without)
    text = draw(st.text(characters, min_size=4, max_size=40))
    doc_id = draw(st.uuids().map(str))
    if plain and draw(st.integers(0, 3)) == 0:
        return Document(doc_id, text)
    mentions = []
    for _ in range(draw(st.integers(0, 3))):
        cuts = sorted(draw(st.sets(st.integers(0, len(text)), min_size=2, max_size=4)))
        spans = list(zip(cuts[::2], cuts[1::2], strict=False))
        mentions.append(mention_of(text, spans, draw(parts)))
    return Document(doc_id, text, in_text_order(mentions))
