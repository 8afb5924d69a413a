"""What the API's bodies look like, one file a resource. `…In` is sent by the caller, `…Out` by us."""
