-- Makes the record of the server, unless there is one. The message has the members ttl, id, format and record, too.
-- `revision` numbers the changes of the record. Namespaces with a lower revision than `generation` are of an earlier
-- record, and count as empty.
local server, time = key('server'), redis.call('TIME')
local revision = string.format('%.0f', time[1] * 1000000 + time[2])
redis.call('HSETNX', server, 'format', message.format)
redis.call('HSETNX', server, 'h', message.record)
redis.call('HSETNX', server, 'v', message.id)
redis.call('HSETNX', server, 'revision', revision)
redis.call('HSETNX', server, 'generation', redis.call('HGET', server, 'revision'))
redis.call('EXPIRE', server, 2 * message.ttl)
return redis.call('HMGET', server, 'v', 'h', 'format', 'revision', 'generation')
