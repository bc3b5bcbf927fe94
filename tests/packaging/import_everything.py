"""Import every module of an installed unknot: a file that the wheel forgot shows nowhere else.

Called with the interpreter of a clean environment that has the wheel and its dependencies and nothing more.
"""

import subprocess
import sys

PROGRAM = """
import importlib, pkgutil, sys, unknot
assert "site-packages" in unknot.__file__, unknot.__file__
count = 0
for module in pkgutil.walk_packages(unknot.__path__, "unknot."):
    if module.name.endswith("__main__"):
        continue
    importlib.import_module(module.name)
    count += 1
for name in unknot.__all__:
    getattr(unknot, name)
assert count > 80, f"only {count} modules: has a folder been left out?"
print(f"{count} modules and {len(unknot.__all__)} public names import")
"""


def main() -> int:
    """Exit with the code of the interpreter that imports."""
    return subprocess.run([sys.argv[1], "-I", "-c", PROGRAM], check=False, cwd="/").returncode


if __name__ == "__main__":
    sys.exit(main())
