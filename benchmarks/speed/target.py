"""A row of the speed table: a measured target."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.markdown import table


@dataclass(frozen=True)
class Row:
    """A measured target.

    Attributes:
        measure: the measure's name.
        compared: the two sides of the comparison, or the measured thing.
        figures: the measured figures; empty if they could not be measured.
        limits: the target of each figure.
        unit: of the figures and limits; "" for a ratio.
        at_least: whether the limits are lower limits; upper limits otherwise.
        detail: the absolute figures, or other facts, in words.
        extra: whether a further condition is met, which `detail` names.
    """

    measure: str
    compared: str
    figures: tuple[float, ...]
    limits: tuple[float, ...]
    unit: str = ""
    at_least: bool = False
    detail: str = ""
    extra: bool = True

    @property
    def is_met(self) -> bool:
        """Whether every figure is within its limit, and the further condition is met."""
        if not self.figures:
            return False
        pairs = zip(self.figures, self.limits, strict=True)
        if self.at_least:
            return self.extra and all(figure >= limit for figure, limit in pairs)
        return self.extra and all(figure <= limit for figure, limit in pairs)

    def cells(self) -> list[str]:
        """Return the row's texts."""
        shown = [f"{figure:,.0f}" if figure >= 100 else f"{figure:.3g}" for figure in self.figures]
        measured = f"{' / '.join(shown)} {self.unit}".strip() if shown else "not measured"
        limits = " / ".join(f"{limit:g}" for limit in self.limits)
        target = f"at {'least' if self.at_least else 'most'} {limits} {self.unit}".strip()
        detail = f" ({self.detail})" if self.detail else ""
        met = "yes" if self.is_met else "no"
        return [self.measure, self.compared, f"{measured}{detail}", target, met]


def result_table(rows: Sequence[Row]) -> str:
    """Return the table in Markdown."""
    head = ["measure", "comparison", "measured", "target", "met"]
    return table(head, [row.cells() for row in rows])
