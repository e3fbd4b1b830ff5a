-- For a store in which a script can use all keys: removes the references to up to two expired namespaces. Returns how
-- many it has removed.
--
-- Further members of the message:
--   ttl      the time after its last commit until a namespace expires, in seconds
return forget_expired()
