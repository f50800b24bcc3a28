"""A source's section of the report: its figures, and what stands for its trainings at a smaller scale."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from dqsuite.charts.figures import Figure
from dqsuite.claims.measurements import StoredMeasurements
from dqsuite.claims.source import Setup, Source
from dqsuite.sources.sketch import Missing, drawn, sketches_of


@dataclass(frozen=True)
class Section:
    """A source with its figures."""

    source: Source
    scale: str
    drawn: Sequence[Figure]
    missing: Sequence[Missing]

    @property
    def key(self) -> str:
        """The source's short name."""
        return self.source.key

    @property
    def title(self) -> str:
        """The source's title."""
        return self.source.title

    @property
    def by(self) -> str:
        """Who wrote it, and when."""
        return self.source.by

    @property
    def about(self) -> str:
        """What it did."""
        return self.source.about

    @property
    def here(self) -> str:
        """What stands for its trainings at a smaller scale; empty at its own."""
        if self.scale == "full":
            return ""
        data: dict[tuple[str, str], list[str]] = defaultdict(list)  # of each model and its training
        for setup in self.source.setups.get(self.scale, {}).values():
            data[setup.model, _trained(setup)].append(setup.dataset)
        models: dict[tuple[str, str], list[str]] = defaultdict(list)  # of each training and its data
        for (model, training), names in data.items():
            models[training, ", ".join(dict.fromkeys(names))].append(model)
        told = [f"{', '.join(names)} on {which}{training}" for (training, which), names in models.items()]
        return f"Here, at scale {self.scale}: {'; '.join(told)}." if told else ""


def section(source: Source, scale: str, views: Sequence[StoredMeasurements]) -> Section:
    """Draw the figures of a source that can be drawn."""
    everything = [drawn(sketch, views) for sketch in sketches_of(source)]
    missing = [each for each in everything if isinstance(each, Missing)]
    return Section(source, scale, [each for each in everything if isinstance(each, Figure)], missing)


def _trained(setup: Setup) -> str:
    """Return how a model is trained, to be said after the data set."""
    recipe = setup.recipe
    epochs = f"{'up to ' if recipe.patience or recipe.fit else ''}{recipe.epochs} epochs"
    return f" ({setup.volume}, {epochs})" if setup.volume else f" ({epochs})"
