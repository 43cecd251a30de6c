"""A page of the terminal report: headings, lines, tables and bars at whatever width there is."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

PALETTE = ("blue", "green", "magenta", "yellow", "cyan", "red", "bright_blue", "bright_green")
PART = 0.42  # of the window that a path may take beside other columns
GAP = 2  # blanks between columns, and before the first
WIDE = 100  # columns from which tables show everything


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its heading, alignment, and whether narrow windows drop it."""

    name: str
    right: bool = False
    wide_only: bool = False
    style: str = ""
    ratio: int | None = None
    path: bool = False  # never folded where the window is wide
    group: bool = False  # said once for the rows that follow


@dataclass(frozen=True, slots=True)
class Page:
    """Where the report is printed; `top` bounds every list."""

    console: Console
    top: int

    @property
    def wide(self) -> bool:
        """Whether there is room for every column."""
        return self.console.width >= WIDE

    def blank(self) -> None:
        """Leave a line free."""
        self.console.print()

    def chapter(self, title: str) -> None:
        """Begin a chapter."""
        self.blank()
        self.console.print(Rule(Text(title, style="bold blue"), align="left", style="blue"))

    def heading(self, title: str, remark: str = "") -> None:
        """Begin a section; the remark says how to read it."""
        self.blank()
        text = Text(title, style="bold")
        if remark:
            text.append(f"  {remark}", style="dim not bold")
        self.console.print(text)

    def line(self, text: Text | str, indent: int = 2) -> None:
        """Print a line, folded at the window's edge."""
        shown = Text(text) if isinstance(text, str) else text
        self.console.print(Padding(shown, (0, 0, 0, indent)))

    def more(self, total: int, noun: str = "more") -> None:
        """Say how many a list leaves out."""
        if total > self.top:
            self.line(Text(f"… {total - self.top} {noun}", style="dim"))

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[Text | str]]) -> None:
        """Print a borderless table; the rows hold a cell for every column, also for those not shown.

        Where a window is too narrow for its paths, each row becomes a few lines."""
        shown = [n for n, column in enumerate(columns) if self.wide or not column.wide_only]
        if not self._fits(columns, rows, shown):
            self._stacked(columns, rows)
            return
        table = Table(
            box=None,
            show_edge=False,
            pad_edge=False,
            padding=(0, GAP, 0, 0),
            header_style="dim",
            show_header=any(columns[n].name for n in shown),
        )
        for n in shown:
            column = columns[n]
            table.add_column(
                column.name,
                justify="right" if column.right else "left",
                style=column.style,
                ratio=column.ratio,
                no_wrap=column.right or (column.path and self.wide),
                overflow="fold",
            )
        for row in rows:
            table.add_row(*(row[n] if isinstance(row[n], Text) else Text(str(row[n])) for n in shown))
        self.console.print(Padding(table, (0, 0, 0, 2)))

    def _fits(self, columns: Sequence[Column], rows: Sequence[Sequence[Text | str]], shown: Sequence[int]) -> bool:
        """Tell whether no path, figure or word has to be folded, and no path takes most of the window."""
        if not any(columns[n].path for n in shown):
            return True
        needed = GAP
        for n in shown:
            column, cells = columns[n], [str(row[n]) for row in rows]
            whole = column.path or column.right
            parts = cells if whole else [word for cell in cells for word in cell.split()]
            widest = max(map(len, [*parts, column.name]), default=0)
            if column.path and widest > self.console.width * PART:
                return False
            needed += widest + GAP
        return needed <= self.console.width

    def _stacked(self, columns: Sequence[Column], rows: Sequence[Sequence[Text | str]]) -> None:
        margin = 4 if any(column.group for column in columns) else 2
        for row in rows:
            words, paths, figures = Text(), [], []
            for column, cell in zip(columns, row, strict=True):
                text = cell if isinstance(cell, Text) else Text(str(cell))
                if not text.plain or column.wide_only:
                    continue
                if column.group:
                    self.line(text)
                elif column.path:
                    paths.append(Text(text.plain, style=column.style))
                elif column.right and column.name:
                    figures.append(f"{text.plain} {column.name}")
                else:
                    words.append_text(text).append("  ")
            lines = [words] if words.plain.strip() else []
            lines += [*paths, *([Text(", ".join(figures), style="dim")] if figures else [])]
            for n, line in enumerate(lines):
                self.line(line, margin + 2 if n else margin)

    def bar(self, shares: Sequence[float], width: int | None = None) -> Text:
        """Return one bar of coloured blocks, its parts proportional to the shares."""
        room = width or max(20, min(self.console.width - 4, 76))
        total = sum(shares) or 1.0
        text, filled, passed = Text(), 0, 0.0
        for n, share in enumerate(shares):
            passed += share
            end = round(passed / total * room)
            text.append("█" * (end - filled), style=PALETTE[n % len(PALETTE)])
            filled = end
        return text


def meter(share: float, width: int = 10, style: str = "blue") -> Text:
    """Return a small gauge of a share of 1."""
    full = round(max(0.0, min(1.0, share)) * width)
    return Text("■" * full, style=style).append("·" * (width - full), style="bright_black")
