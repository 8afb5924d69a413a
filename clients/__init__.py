"""Reference clients: small enough to be read and written anew in another language."""
