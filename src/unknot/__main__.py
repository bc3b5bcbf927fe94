"""The command `unknot`. `--version` alone answers without loading the command line."""

import sys


def main() -> None:
    """Run the command line and exit with its code."""
    if sys.argv[1:] == ["--version"]:
        from unknot.version import VERSION

        sys.stdout.write(f"unknot {VERSION}\n")
        return
    from unknot.cli.app import run

    sys.exit(run())


if __name__ == "__main__":
    main()
