"""What a person meets: answers, checks, the page, the command line."""
