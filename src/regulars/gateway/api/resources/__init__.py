"""The API's operations, one file a resource: parse, call the room, show. No rule of the trade lives here."""
