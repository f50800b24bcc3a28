"""The published data sets, known by their names: from the user's own files, from the cache, or downloaded once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from dqsuite.datasets import npz, params
from dqsuite.datasets.base import Arrays
from dqsuite.datasets.cache import cache_dir, file_stamp
from dqsuite.datasets.paths import expanded, reading
from dqsuite.grammar import Term

_CIFAR100 = """
apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can castle
caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin elephant
flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster man maple_tree
motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree plain plate
poppy porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk skyscraper snail snake spider
squirrel streetcar sunflower sweet_pepper table tank telephone television tiger tractor train trout tulip turtle
wardrobe whale willow_tree wolf woman worm
"""

CLASSES = {
    "mnist": ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
    "fashion_mnist": (
        *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
        *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
    ),
    "cifar10": ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
    "cifar100": tuple(_CIFAR100.split()),
}


@dataclass(frozen=True)
class Named:
    """A published data set."""

    key: str

    def stamp(self) -> str:
        """Return the stamp of the file that holds it; downloads it if there is none."""
        return file_stamp([self._path()])

    def read(self) -> Arrays:
        """Return the content; downloads it if it is nowhere."""
        return npz.read(self._path(), CLASSES[self.key])

    def name(self, fingerprint: str) -> str:
        """Return the name; which variant it is, the fingerprint says."""
        return self.key

    def _path(self) -> Path:
        cached = cache_dir() / f"{self.key}.npz"
        folder = os.environ.get("DQSUITE_DATA")
        own = expanded(folder) / cached.name if folder else cached
        with reading(own):
            if path := next((path for path in (own, cached) if path.is_file()), None):
                return path
        from dqsuite.datasets.download import download

        return download(self.key, cached)


def source(term: Term) -> Named:
    """Return the data set that a name alone names."""
    params.only(term)
    return Named(term.name)
