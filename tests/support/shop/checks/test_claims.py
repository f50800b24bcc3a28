"""A finding of the shop's own, and one that nobody can judge."""

from dqsuite import claim
from dqsuite.claims.source import Setup
from dqsuite.experiment.recipes import RECIPES
from dqsuite.plugin import case_of
from dqsuite.statistics.criteria import below
from dqsuite.statistics.estimate import change


@claim("shop-noise-hurts", "80% wrong labels hurt", "the change of accuracy below 0")
def noise_hurts(measured):
    noisy, clean = (measured.at("small", name, data="shapes") for name in ("wrong:0.8", "clean"))
    return below(change(noisy.right(), clean.right()).scaled(100), unit="points")


@claim("shop-forgotten", "nobody says on what", "never")
def forgotten(measured):
    return below(change(*(measured.at("nobody", data="nothing").right() for _ in "ab")))


SETUP = Setup("folder:shapes", "net:small", RECIPES["standard"].with_settings(epochs=10), repeats=3)
test_noise_hurts = case_of(noise_hurts, setups={"quick": {("shapes", "small"): SETUP}})
test_forgotten = case_of(forgotten)
