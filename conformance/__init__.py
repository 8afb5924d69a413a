"""The conformance suite of the till protocol: the same cases for any server and any client, over HTTP and nothing else."""
