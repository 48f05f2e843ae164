"""The disk as one page that moves: drag to travel, hover for a name, search. It opens from disk, without a network."""

import html
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from hyplink.export.disk import DiskPicture
from hyplink.run import replacing

DIGITS = 15
"""Decimal places of a coordinate: near the rim every one of them counts."""


def write_interactive_disk(picture: DiskPicture, path: Path) -> None:
    """Writes a picture as a self-contained HTML page."""
    room = files("hyplink.export")
    page = room.joinpath("disk.html").read_text(encoding="utf-8")
    for mark, text in (
        ("/*STYLE*/", room.joinpath("disk.css").read_text(encoding="utf-8")),
        ("/*SCRIPT*/", room.joinpath("disk.js").read_text(encoding="utf-8")),
        ("<!--TITLE-->", html.escape(picture.title)),
        ("<!--CAPTION-->", html.escape(picture.caption)),
        ("/*DATA*/", _embedded(_data(picture))),
    ):
        page = page.replace(mark, text, 1)
    with replacing(path) as temporary:
        temporary.write_text(page, encoding="utf-8")


def _data(picture: DiskPicture) -> dict[str, Any]:
    """What the page's script reads; concepts and mentions are lists of columns' values, a row each."""
    parents: list[int | None] = [None] * len(picture.concept_ids)
    for child, parent in picture.edges.tolist():
        parents[child] = parent
    return {
        "ids": picture.concept_ids,
        "labels": picture.labels,
        "depths": picture.depths,
        "below": picture.n_below,
        "parents": parents,
        "places": [_pair(place) for place in picture.places.tolist()],
        "mentions": [
            {
                "text": each.text,
                "place": _pair(each.place),
                "gold": each.gold,
                "answer": each.answer,
                "right": each.right,
            }
            for each in picture.mentions
        ],
    }


def _pair(place: complex) -> tuple[float, float]:
    return round(place.real, DIGITS), round(place.imag, DIGITS)


def _embedded(data: dict[str, Any]) -> str:
    """JSON that may stand in a script element: no text in it can end the element or open a comment."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
