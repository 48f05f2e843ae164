"""PubMed XML: title and abstract of each article, in the layout of the baseline files."""

import pytest

from hyplink.corpus import CorpusReport, Document, input_files, read_documents, read_file
from hyplink.errors import InputError

HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January '
    '2025//EN" "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
)


def article(pmid, title, *parts):
    """An article in the order of elements that the DTD gives."""
    abstract = "".join(f'<AbstractText Label="{label}">{text}</AbstractText>' for label, text in parts)
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">{pmid}</PMID><Article PubModel="Print">'
        f"<Journal><Title>A journal</Title></Journal><ArticleTitle>{title}</ArticleTitle>"
        f"<Abstract>{abstract}<CopyrightInformation>© them</CopyrightInformation></Abstract>"
        "<AuthorList><Author><LastName>Name</LastName></Author></AuthorList></Article>"
        "<CommentsCorrectionsList><CommentsCorrections><PMID>99</PMID></CommentsCorrections></CommentsCorrectionsList>"
        "</MedlineCitation><PubmedData><ArticleIdList><ArticleId>7</ArticleId></ArticleIdList></PubmedData>"
        "</PubmedArticle>"
    )


def file_of(*articles):
    return (
        f"{HEAD}<PubmedArticleSet>{''.join(articles)}<DeleteCitation><PMID>5</PMID></DeleteCitation></PubmedArticleSet>"
    )


def test_an_article_is_its_title_and_its_abstract(write):
    parts = [("AIMS", "Of <i>E. coli</i> in\n  vivo: p &lt; 0.05, TNF-&#945;."), ("RESULTS", "")]
    path = write("a.xml", file_of(article(1, "A <sup>13</sup>C title.", *parts), article("22", "Only a title")))
    assert list(read_documents([path])) == [
        Document("1", "A 13C title.\nAIMS: Of E. coli in vivo: p < 0.05, TNF-α."),
        Document("22", "Only a title"),
    ]


def test_a_part_without_a_label_stands_alone_and_a_book_is_read_too(write):
    book = (
        "<PubmedBookArticle><BookDocument><PMID>3</PMID><ArticleTitle>A chapter</ArticleTitle>"
        "<Abstract><AbstractText>Its text.</AbstractText></Abstract></BookDocument></PubmedBookArticle>"
    )
    assert [each.text for each in read_documents([write("a.xml", file_of(book))])] == ["A chapter\nIts text."]


def test_articles_without_a_text_are_counted(write):
    report = CorpusReport()
    path = write("a.xml", file_of(article(1, ""), article(2, "x")))
    assert [each.doc_id for file in input_files([path]) for each in read_file(file, report=report)] == ["2"]
    assert report.notices == {"articles without title and abstract, ignored": 1}


def test_an_article_without_an_id_is_named_after_its_place(write):
    path = write("a.xml", file_of(article(1, "x"), article(" ", "y"), article("", "z")))
    ids = [each.doc_id for each in read_documents([path])]
    assert ids[0] == "1"
    assert [each.rpartition(":")[2] for each in ids[1:]] == ["2", "3"]
    assert all("a" in each for each in ids[1:])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (file_of(article(1, "x")).replace("</PubmedArticleSet>", ""), "cannot be read as PubMed XML"),
        (file_of(), "contains no article"),
    ],
)
def test_other_files_are_refused(write, content, message):
    with pytest.raises(InputError, match=message):
        list(read_documents([write("a.xml", content)]))


def test_entities_are_not_expanded(write):
    bomb = '<!DOCTYPE PubmedArticleSet [<!ENTITY a "lol"><!ENTITY b SYSTEM "file:///etc/passwd">]>\n'
    path = write("a.xml", f"{bomb}<PubmedArticleSet>{article(1, 'x &a;&b; y')}</PubmedArticleSet>")
    assert not any("lol" in each.text or "root" in each.text for each in read_documents([path]))


def test_articles_come_as_they_are_read(tmp_path):
    from hyplink.corpus.formats.pubmed import documents_of_pubmed
    from hyplink.corpus.lines import Line

    n_read = 0

    def lines():
        nonlocal n_read
        for text in [HEAD, "<PubmedArticleSet>", *(article(i, f"Title {i}") for i in range(1000))]:
            n_read += 1
            yield Line("a.xml", n_read, text + "\n")

    assert next(documents_of_pubmed(lines(), "a", CorpusReport())).doc_id == "0"
    assert n_read < 10
