"""The report's sections: a module each, with a function `section` that gives it, or None where there is nothing."""
