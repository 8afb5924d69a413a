"""What purchases earn and returns take back: from a till, from files, in a year that is lived through again."""
