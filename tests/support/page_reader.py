"""Reads the tables of a page, for tests of the report."""

from __future__ import annotations

from html.parser import HTMLParser


class Tables(HTMLParser):
    """Collects the cells of every table, row by row, and the captions; a table within a cell comes after its own."""

    def __init__(self, text):
        super().__init__()
        self.tables, self.captions, self.open, self.text = [], [], [], None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self.open.append(len(self.tables))
            self.tables.append([])
            self.captions.append("")
        elif tag == "tr":
            self.tables[self.open[-1]].append([])
        elif tag in ("td", "th", "caption"):
            self.text = ""

    def handle_data(self, data):
        if self.text is not None:
            self.text += data

    def handle_endtag(self, tag):
        if tag == "table":
            self.open.pop()
        elif tag in ("td", "th") and self.text is not None:
            self.tables[self.open[-1]][-1].append(" ".join(self.text.split()))
            self.text = None
        elif tag == "caption":
            self.captions[self.open[-1]] = " ".join(self.text.split())
            self.text = None

    def of(self, caption):
        """Return the only table whose caption begins so."""
        (found,) = [table for table, text in zip(self.tables, self.captions, strict=True) if text.startswith(caption)]
        return found


def numbers(rows):
    """Return the numbers of a table, without its head and the names of its rows."""
    return [[float(text.replace("−", "-")) for text in row[1:]] for row in rows[1:]]
