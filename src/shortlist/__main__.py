"""`python -m shortlist`."""

import signal

# While the imports run, Ctrl-C just ends the process; `main` takes it from there.
if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from shortlist.cli import main

main()
