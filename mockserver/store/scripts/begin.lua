-- Makes the record of the server, unless there is one. ARGV[1] is a JSON object: prefix, ttl, id, format and record.
local message = cjson.decode(ARGV[1])
local server = message.prefix .. 'server'
redis.call('HSETNX', server, 'format', message.format)
redis.call('HSETNX', server, 'h', message.record)
redis.call('HSETNX', server, 'v', message.id)
redis.call('EXPIRE', server, 2 * message.ttl)
return redis.call('HMGET', server, 'v', 'h', 'format')
