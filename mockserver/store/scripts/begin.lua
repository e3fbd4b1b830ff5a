-- Creates the record of the server unless it exists. Further members of the message: ttl, id, format and record.
-- `revision` increases with every change of the record. `generation` is the revision of the last reset of everything:
-- namespaces with a lower revision were deleted by it, and count as empty.
local server = key('server')
redis.call('HSETNX', server, 'format', message.format)
redis.call('HSETNX', server, 'h', message.record)
redis.call('HSETNX', server, 'v', message.id)
redis.call('HSETNX', server, 'revision', next_number(0))
redis.call('HSETNX', server, 'generation', redis.call('HGET', server, 'revision'))
redis.call('EXPIRE', server, 2 * message.ttl)
-- The numbers of journal entries begin with the time, so that they are greater than those of a store that was emptied.
redis.call('HSETNX', key('counters'), 'entries', next_number(0))
redis.call('EXPIRE', key('counters'), 2 * message.ttl)
return redis.call('HMGET', server, 'v', 'h', 'format', 'revision', 'generation')
