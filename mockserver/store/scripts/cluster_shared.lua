-- Uses the shared keys: reads names, writes the record of the server, and applies the effects of commits. For a cluster.
--
-- The message has these members, too:
--   ttl      how long a namespace stays after its last commit, in seconds
--   id       the id of this call; it becomes the version of the record of the server if the call changes it
--   repeated whether this call was sent before, and nobody knows whether it arrived
--   journal_cap, journal_capacity   how many entries the journal may have, and of how many bytes
--   generation   the generation of the namespaces that the effects belong to; see `begin`
--   newest   the highest revision of the server that the process has found in a namespace
--   names    the names whose owners are returned
--   register namespaces that may be used for the first time
--   effects  what commits have changed: namespace, number, and the number of the text. Those that were applied before are left out.
--   gone     namespaces that do not exist any more, although they are listed
--   and possibly `server`, the version of the record, `new_server`, its new text, and `reset`: everything is deleted.
--
-- Returns `missing` if the store has no record of the server, else {result, server, owners, applied, items, outdated,
-- namespaces}. The result is 0 if the record of the server has another version. `applied` has the number of the last
-- effects of each namespace that was to be registered. `items` are to be removed from their namespaces: each is a
-- namespace, a field, and the number of the last effects of the namespace. `outdated` are namespaces that may have
-- expired, and `namespaces` all that have to know the new record of the server.

local MOST_EVICTED = 100

if call('EXISTS', 'server') == 0 then
  return 'missing'
end

local function evict(namespace, field)
  local kind, member = kind_of(field), namespace .. ' ' .. field
  call('ZREM', 'o:' .. kind, member)
  forget_size(kind, member)
  call('SADD', 'evicted', member)
end

local function apply(namespace, effects)
  if effects.reset then
    forget_references(namespace)
  end
  if effects.items then
    note_items(namespace, effects.items, effects.limits, evict)
  end
  for _, each in ipairs(effects.evicted or {}) do
    call('SREM', 'evicted', namespace .. ' ' .. each.field)
    forget_item(namespace, each.field, each.names)
  end
  if effects.journal then
    local entries = {}
    for index, text in ipairs(effects.journal) do
      entries[index] = {namespace, text}
    end
    record(entries)
    add_metrics(effects.metrics)
    count_cells(namespace, effects.cells)
  end
  renew_references(namespace)
end

local function next_revision()
  local time = redis.call('TIME')
  return string.format('%.0f', math.max(tonumber(call('HGET', 'server', 'revision')) + 1, time[1] * 1000000 + time[2]))
end

if message.newest > (tonumber(call('HGET', 'server', 'revision')) or 0) then
  -- This store has lost its last changes.
  call('HSET', 'server', 'revision', message.newest)
end
local result, namespaces = 1, {}
if message.server then
  if message.repeated and message.new_server and was_changed_by(key('server'), message.id) then
    namespaces = call('ZRANGE', 'namespaces', 0, -1)
  elseif server_version() ~= message.server then
    result = 0
  elseif message.new_server then
    namespaces = call('ZRANGE', 'namespaces', 0, -1)
    if message.reset then
      forget_all_references()
    end
    local revision = next_revision()
    call('HSET', 'server', 'h', message.new_server, 'revision', revision)
    if message.reset then
      call('HSET', 'server', 'generation', revision)
    end
    change_version(key('server'), message.id)
    renew_shared()
  end
end
for _, namespace in ipairs(message.register) do
  -- Most are registered already, and a full store can still be read.
  if (tonumber(call('ZSCORE', 'namespaces', namespace)) or 0) <= now - message.ttl / 2 then
    call('ZADD', 'namespaces', now, namespace)
  end
end
if message.generation == tonumber(call('HGET', 'server', 'generation')) then
  for _, each in ipairs(message.effects) do
    local namespace, number, text = unpack(each)
    if tonumber(number) > (tonumber(call('HGET', 'applied', namespace)) or 0) then
      apply(namespace, cjson.decode(ARGV[text]))
      call('HSET', 'applied', namespace, number)
    end
  end
end
for _, namespace in ipairs(message.gone) do
  if tonumber(call('ZSCORE', 'namespaces', namespace) or now) <= now - message.ttl then
    forget_references(namespace)
    call('HDEL', 'applied', namespace)
  end
end
if #message.effects > 0 or #message.register > 0 then
  renew_shared()
end
local owners = #message.names > 0 and call('HMGET', 'names', unpack(message.names)) or {}
local applied = #message.register > 0 and call('HMGET', 'applied', unpack(message.register)) or {}
local items = {}
for index, member in ipairs(call('SRANDMEMBER', 'evicted', MOST_EVICTED)) do
  local namespace, field = string.match(member, '^(%S+) (.*)$')
  items[index] = {namespace, field, call('HGET', 'applied', namespace) or '0'}
end
return {
  result, call('HMGET', 'server', 'v', 'h', 'format', 'revision', 'generation'), owners, applied, items,
  outdated_namespaces(), namespaces
}
