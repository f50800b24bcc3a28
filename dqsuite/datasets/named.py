"""The published data sets, known by their names: from the user's own files, from the cache, or downloaded once.

``;size=64`` resizes the images, which does not change what is kept as a file.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from dqsuite.core.grammar import Term
from dqsuite.datasets import npz, params
from dqsuite.datasets.base import Arrays
from dqsuite.datasets.cache import cache_dir, file_stamp
from dqsuite.datasets.checks import SMALLEST
from dqsuite.datasets.paths import expanded, reading
from dqsuite.datasets.resize import all_resized

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


SIDES = {"mnist": 28, "fashion_mnist": 28, "cifar10": 32, "cifar100": 32}
"""Height and width of the published images, in pixels."""

_LARGEST = 256  # pixels: 60,000 RGB images of that side take 12 GB


@dataclass(frozen=True)
class Named:
    """A published data set; `size` is the side in pixels of its images, which are resized if that is not their own."""

    key: str
    size: int

    def stamp(self) -> str:
        """Return the stamp of the file that holds it, downloaded if there is none.

        For resized images, the size and the version of Pillow, which resizes them, stand beside it.
        """
        stamp = file_stamp([self._path()])
        if not self._resizes:
            return stamp
        import PIL

        return json.dumps([PIL.__version__, self.size, stamp])

    def read(self) -> Arrays:
        """Return the content; downloads it if it is nowhere."""
        arrays = npz.read(self._path(), CLASSES[self.key])
        if not self._resizes:
            return arrays
        x_train, x_test = (all_resized(images, self.size) for images in (arrays.x_train, arrays.x_test))
        return arrays._replace(x_train=x_train, x_test=x_test)

    def name(self, fingerprint: str) -> str:
        """Return the name, with the size of resized images; which variant it is, the fingerprint says."""
        return f"{self.key};size={self.size}" if self._resizes else self.key

    @property
    def _resizes(self) -> bool:
        return self.size != SIDES[self.key]

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
    """Return the data set that ``NAME[;size=64]`` names."""
    params.only(term, ("size",))
    return Named(term.name, params.integer(term, "size", SIDES[term.name], SMALLEST, _LARGEST))
