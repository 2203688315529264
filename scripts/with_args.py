"""Run Python with the arguments given here and, behind them, the words of ARGS, which Make hands on as they were typed.

Quotes hold words together, as in a shell; nothing in them is run or replaced.
"""

import os
import shlex
import sys

VARIABLE = "SHORTLIST_ARGS"


def main() -> None:
    """Become that process."""
    try:
        words = shlex.split(os.environ.get(VARIABLE, ""))
    except ValueError as error:
        print(f"ARGS: {error}; close each quote", file=sys.stderr)
        sys.exit(2)
    os.execv(sys.executable, [sys.executable, *sys.argv[1:], *words])


if __name__ == "__main__":
    main()
