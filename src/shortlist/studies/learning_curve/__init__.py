"""How every method's score grows with the visible pairs, and which is ahead at as many as the submission has."""
