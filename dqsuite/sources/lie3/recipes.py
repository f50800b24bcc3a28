"""The recipes of lie1 and lie2, each followed by clean data: what bad data did, and what can be mended.

As controls, those that make as many updates on less data as on all of them.
"""

from __future__ import annotations

from dqsuite.experiment.recipes import counting, repairing
from dqsuite.sources.lie1 import recipes as lie1
from dqsuite.sources.lie2 import recipes as lie2

CUSTOM = repairing(lie1.CUSTOM)
LENET = repairing(lie2.LENET)
DEEP = repairing(lie2.DEEP)
MEDIUM_CUSTOM = repairing(lie1.MEDIUM, "first:10000")
MEDIUM_LENET = repairing(lie2.MEDIUM_LENET)
MEDIUM_DEEP = repairing(lie2.MEDIUM_DEEP, "first:10000")
MEDIUM_GOOGLENET = repairing(lie2.MEDIUM_GOOGLENET, "first:5000")
CUSTOM_UPDATES = counting(lie1.CUSTOM)
LENET_UPDATES = counting(lie2.LENET)
MEDIUM_CUSTOM_UPDATES = counting(lie1.MEDIUM, "first:10000")
MEDIUM_LENET_UPDATES = counting(lie2.MEDIUM_LENET)
