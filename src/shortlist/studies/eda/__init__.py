"""What a competitor should know about the files before modelling: findings in words, numbers and pictures."""
