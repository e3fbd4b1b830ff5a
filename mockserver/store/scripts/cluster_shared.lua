-- For a cluster: reads names, changes the record of the server, and applies the effects of commits to the shared keys.
--
-- Further members of the message:
--   ttl      the time after its last commit until a namespace expires, in seconds
--   id       the id of this call, and the version of the record of the server if the call changes it
--   repeated whether this is another attempt; the first one may have succeeded
--   journal_cap, journal_capacity   the maximum number of entries in the journal, and their maximum size in bytes
--   most_counters, other   the maximum number of counters for metrics, and the operation of further counters
--   generation   the generation of the effects, see `begin`; effects of another generation are ignored
--   newest   the highest revision of the server that a namespace has reported to the process
--   names    the names whose owners are returned
--   register namespaces that may be used for the first time
--   effects  the effects to apply: namespace, number, and argument number of the text; applied ones are skipped
--   gone     listed namespaces that do not exist any more
-- and possibly:
--   new_server   the new record of the server
--   server   the version that the record must have before
--   reset    whether to delete everything
--
-- Returns `missing` if the store has no record of the server. Otherwise returns {result, server, owners, applied,
-- items, sharing, outdated, namespaces}. The result is 1, or 0 if the record of the server has another version.
-- `applied` has the number of the last applied effects of each namespace in `register`. `items` must be removed from
-- their namespaces: each is a namespace, a field, and the number of the last applied effects of the namespace.
-- `sharing` has a pair of namespace and number for each field of the key with this name. `outdated` namespaces may have
-- expired. `namespaces` must be told of the new record of the server.

local MOST_EVICTED = 100

if call('EXISTS', 'server') == 0 then
  return 'missing'
end

local function evict(namespace, field)
  forget_place(namespace, field)
  call('SADD', 'evicted', member_of(namespace, field))
end

-- A process that knows the only owner of a name does not ask for its owners as long as the owner has the same version.
local function on_sharing(namespace)
  call('HSET', 'sharing', namespace, next_number(0))
end

-- A full store accepts all writes of a script that begins with a deletion, so nothing is deleted without need.
local function apply(namespace, effects)
  if effects.reset or (effects.is_new and has_references(namespace)) then
    forget_references(namespace)
  end
  if effects.items then
    for _, item in ipairs(effects.items) do
      local member = member_of(namespace, item.field)
      if call('SISMEMBER', 'evicted', member) == 1 then
        -- This item replaces the one that was to be removed.
        call('SREM', 'evicted', member)
      end
    end
    note_items(namespace, effects.items, effects.limits, evict, on_sharing)
  end
  if effects.sharing and call('HGET', 'sharing', namespace) == effects.sharing then
    call('HDEL', 'sharing', namespace)
  end
  for _, each in ipairs(effects.evicted or {}) do
    call('SREM', 'evicted', member_of(namespace, each.field))
    forget_item(namespace, each.field, each.names)
  end
  if effects.journal then
    note_exchanges(effects.journal, effects.metrics, effects.cells)
  end
  renew_references(namespace)
end

local function renew()
  renew_shared()
  call('EXPIRE', 'applied', 2 * message.ttl)
  call('EXPIRE', 'evicted', 2 * message.ttl)
  call('EXPIRE', 'sharing', 2 * message.ttl)
end

if message.newest > (tonumber(call('HGET', 'server', 'revision')) or 0) then
  -- This node has lost its last changes, for example in a failover.
  call('HSET', 'server', 'revision', message.newest)
end
local result, namespaces, memory = 1, {}, key('a:' .. message.id)
if message.new_server then
  if applied_before(memory) then
    namespaces = call('ZRANGE', 'namespaces', 0, -1)
  elseif server_version() ~= message.server then
    result = 0
  else
    namespaces = call('ZRANGE', 'namespaces', 0, -1)
    if message.reset then
      -- `namespaces` is kept: the namespaces must be told of this change and of later ones.
      forget_all_references()
      call('UNLINK', 'applied')
      call('UNLINK', 'evicted')
      call('UNLINK', 'sharing')
    end
    local revision = next_number(tonumber(call('HGET', 'server', 'revision')))
    call('HSET', 'server', 'h', message.new_server, 'revision', revision)
    if message.reset then
      call('HSET', 'server', 'generation', revision)
    end
    call('HSET', 'server', 'v', message.id)
    renew()
    remember_applied(memory)
  end
end
for _, namespace in ipairs(message.register) do
  -- Write only if necessary: a full store can still be read.
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
  renew()
end
local owners = #message.names > 0 and call('HMGET', 'names', unpack(message.names)) or {}
local applied = #message.register > 0 and call('HMGET', 'applied', unpack(message.register)) or {}
local items = {}
for index, member in ipairs(call('SRANDMEMBER', 'evicted', MOST_EVICTED)) do
  local namespace, field = split_member(member)
  items[index] = {namespace, field, call('HGET', 'applied', namespace) or '0'}
end
local all, sharing = call('HGETALL', 'sharing'), {}
for index = 1, #all, 2 do
  sharing[#sharing + 1] = {all[index], all[index + 1]}
end
return {
  result, call('HMGET', 'server', 'v', 'h', 'format', 'revision', 'generation'), owners, applied, items, sharing,
  outdated_namespaces(), namespaces
}
