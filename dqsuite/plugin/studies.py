"""Studies of a user's own data and model in their tests: trained once for all workers, judged by the tests."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from dqsuite.core import scales
from dqsuite.core.errors import DqError
from dqsuite.plugin import options
from dqsuite.statistics.demands import Demand
from dqsuite.statistics.verdict import Status

if TYPE_CHECKING:
    from dqsuite.claims.evaluate import Judged
    from dqsuite.datasets import Dataset
    from dqsuite.results.study import Study

Model = str | Callable[..., Any]


class Studies:
    """What the fixture ``dq_study`` gives: called with data, model and conditions, it returns the study.

    What is stored is not trained again. Workers of xdist, and other sessions, share the store and its leases, so that
    each training is done once. Paths are those of pytest's rootdir, wherever pytest was called.
    """

    def __init__(self, config: pytest.Config, scale: str, say: Callable[[str], None]) -> None:
        self._config, self._scale, self._say = config, scale, say

    def __call__(
        self,
        data: str | Dataset,
        model: Model | Sequence[Model] = "lenet",
        corrupt: str | Sequence[str] = (),
        **settings: Any,  # noqa: ANN401
    ) -> Study:
        """Train what is missing and return the study.

        Parameters
        ----------
        data : str or Dataset
            As `dqsuite.run` takes it.
        model : str, function, or sequence of them
            A name, or a factory ``(num_classes, image_shape) -> nn.Module`` of a module that can be imported.
        corrupt : str or sequence of str
            Conditions, with levels by commas as on the command line: ``wrong:0.1,0.2``.
        settings
            ``repeats``, ``recipe`` and ``settings`` as `dqsuite.run` takes them; ``quick``, ``medium`` and ``full``
            are mappings of such, and of the parameters above, that replace the others at that scale.

        What a user can mend, as `dqsuite.run` raises it, fails the test in one line.
        """
        from dqsuite.api import run

        sizes = {name: settings.pop(name, {}) for name in scales.ABOUT}
        asked = {"data": data, "model": model, "corrupt": corrupt, **settings, **sizes[self._scale]}
        with options.in_terms_of_pytest(), contextlib.chdir(self._config.rootpath):
            models = asked.pop("model")
            given = models if isinstance(models, Sequence) and not isinstance(models, str) else [models]
            return run(
                asked.pop("data"),
                [named(each) for each in given],
                expanded(asked.pop("corrupt")),
                device=self._config.getoption("--dq-device"),
                precision=_precision(self._config),
                workers=1,
                store=options.store(self._config).name,
                say=self._say,
                **asked,
            )


def named(model: Model) -> str:
    """Return ``module:function`` of a factory, a name as it is. Raises DqError where it cannot be found again."""
    if isinstance(model, str):
        return model
    module, name = getattr(model, "__module__", ""), getattr(model, "__qualname__", "")
    if not inspect.isfunction(model) or "." in name or "<" in name:
        raise DqError(f"{name or model!r} is no function at the top of a module", "write the model's factory as one")
    return f"{module}:{name}"


def expanded(corrupt: str | Sequence[str]) -> list[str]:
    """Return the conditions of texts with several levels each."""
    from dqsuite.corruptions.levels import expand

    return [chain for text in ([corrupt] if isinstance(corrupt, str) else corrupt) for chain in expand(text)]


def judged(item: pytest.Item, scale: str, demands: Sequence[Demand]) -> list[Judged]:
    """Return the demands of a test as verdicts, under the name of the test."""
    from dqsuite.claims.evaluate import Judged

    return [Judged(item.nodeid, each.text, scale, each.verdict) for each in demands]


def told(demands: Sequence[Demand]) -> str:
    """Return the lines of what could not be told, empty where all could."""
    return "\n".join(each.describe() for each in demands if each.verdict.status is Status.INCONCLUSIVE)


def _precision(config: pytest.Config) -> str:
    asked: str = config.getoption("--dq-precision")
    return "auto" if asked == "any" else asked
