from hypothesis import strategies as st

from hyplink.corpus import Document
from hyplink.corpus.marking import in_text_order, mention_of

concept_ids = st.text("ABC:019", min_size=1, max_size=5)
parts = st.lists(st.lists(concept_ids, min_size=1, max_size=2, unique=True).map(tuple), max_size=2).map(tuple)


@st.composite
def documents(draw, without=""):
    characters = st.characters(exclude_categories=["Cs"], exclude_characters=without)
    text = draw(st.text(characters, min_size=4, max_size=40))
    mentions = []
    for _ in range(draw(st.integers(0, 3))):
        cuts = sorted(draw(st.sets(st.integers(0, len(text)), min_size=2, max_size=4)))
        spans = list(zip(cuts[::2], cuts[1::2], strict=False))
        mentions.append(mention_of(text, spans, draw(parts)))
    return Document(draw(st.uuids().map(str)), text, in_text_order(mentions))
