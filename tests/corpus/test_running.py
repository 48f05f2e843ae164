from hyplink.corpus import Document, Mention, running_texts


def document(text, *spans):
    return Document("d", text, tuple(Mention(start, end, text[start:end]) for start, end in spans))


def test_a_document_that_is_nothing_but_its_mentions_holds_no_text_to_read():
    snippet = document("rod", (0, 3))
    pieces = document("rod, cone.", (0, 3), (5, 9))
    nested = document("rod cell", (0, 8), (0, 3))
    assert running_texts([snippet, pieces, nested]) == []
    assert len(running_texts([document("rod cell", (0, 3)), document("nothing marked")])) == 2


def test_plain_text_has_no_gold_mentions_to_learn_from_or_to_be_judged_by():
    assert running_texts([Document("d", "nothing marked")]) == []
