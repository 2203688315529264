"""What all HTML pages share: their look, their pictures, and how a template becomes one file that needs no other."""
