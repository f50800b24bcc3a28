"""``python -m dqsuite`` is ``dqsuite``."""

import sys

from dqsuite.cli import main

if __name__ == "__main__":
    sys.exit(main())
