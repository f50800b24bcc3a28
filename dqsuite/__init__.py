"""dqsuite measures what bad training data does to a model."""

__version__ = "0.1.0"
