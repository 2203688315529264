"""What can be asked beside the submission: about the files, the methods, a user's list, the leaderboard."""
