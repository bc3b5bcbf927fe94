"""The application that drives a run: what `spark-submit` is given. Arguments are those of `engines/driver.py`."""

import sys

from unknot.providers.engines.driver import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
