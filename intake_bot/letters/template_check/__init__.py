"""What is wrong with an admin's templates, and the sample letters that show it."""
