from hyplink.bulk.progress import with_progress
from hyplink.corpus import Document
from hyplink.linking.linked_document import LinkedDocument


def lines_of(n, seconds_each, share):
    now, lines = 0.0, []

    def linked():
        nonlocal now
        for i in range(n):
            now += seconds_each
            yield LinkedDocument(Document(str(i), ""), [])

    assert len(list(with_progress(linked(), share, lines.append, lambda: now))) == n
    return lines


def test_a_line_every_five_seconds_tells_speed_and_time_left():
    shares = iter([0.25, 0.5])
    assert lines_of(24, 0.5, lambda: next(shares)) == [
        "10 documents linked, 2 a second, 25% of the input, about 15 seconds left",
        "20 documents linked, 2 a second, 50% of the input, about 10 seconds left",
    ]


def test_the_time_left_is_unknown_of_a_stream():
    assert lines_of(1, 6.0, lambda: None) == ["1 document linked, 0 a second"]


def test_a_short_task_has_no_lines():
    assert lines_of(4, 1.0, lambda: 0.5) == []
