"""What each ticket's comment says: findings as points in the words of the people who read that ticket."""
