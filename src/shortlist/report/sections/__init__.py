"""The parts of the HTML report, a module each with its template beside it."""
