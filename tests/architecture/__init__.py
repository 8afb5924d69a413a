"""What holds for the whole house: floors, documents, and the rights of every address."""
