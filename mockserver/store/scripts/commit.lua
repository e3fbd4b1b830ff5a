-- Commits transactions and loads what later ones need, in one step.
--
-- ARGV[1] is a JSON object:
--   prefix   the prefix of all keys
--   ttl      how long a namespace stays after its last commit, in seconds
--   id       the id of this commit; it becomes the version of what the commit changes
--   worker   the id of the process that commits
--   repeated whether this commit was sent before, and nobody knows whether it arrived
--   journal_cap, journal_capacity   how many entries the journal may have, and of how many bytes
--   parts    transactions; each is applied as a whole, or not at all if something that it has read has changed: then what
--            it reads is loaded
--   needs    what to load afterwards
--
-- Returns {missing} if the store has no record of the server, else {results of the parts, server, namespaces, names}. A
-- result is 1 if the part was applied, 0 if something has changed, and 2 if another process may commit first.
--
-- Keys: `server` has the record of the server. `n:<namespace>` has the record and the items of a namespace, and `x:` the
-- fields that other keys refer to. `names` has the owners of each name. `o:<kind>` and `z:<kind>` have the order and the
-- sizes of all items of a kind. `journal` has the entries, `j:<namespace>` the numbers of those of a namespace, and `c:`
-- what was exercised. `namespaces` has the time of the last commit of each namespace. `t:<namespace>` names the process
-- that may commit next, and `m` has the metrics.

local message = cjson.decode(ARGV[1])
local prefix, ttl, commit = message.prefix, message.ttl, message.id
local now = tonumber(redis.call('TIME')[1])
-- `names` and `bytes` are renewed with every commit; a namespace is gone before they are.
local SHARED = {'server', 'names', 'bytes', 'counters', 'journal', 'namespaces', 'kinds', 'c', 'm'}

local function key(name)
  return prefix .. name
end

local function call(command, name, ...)
  return redis.call(command, key(name), ...)
end

local function lines(text)
  local found = {}
  for line in string.gmatch(text or '', '[^ ]+') do
    found[#found + 1] = line
  end
  return found
end

-- Names: the owners of a name are separated by spaces, the newest last.

local function without(owners, namespace)
  local kept = {}
  for _, owner in ipairs(lines(owners)) do
    if owner ~= namespace then
      kept[#kept + 1] = owner
    end
  end
  return kept
end

local function add_owner(names, namespace)
  local changed = {}
  for index, owners in ipairs(call('HMGET', 'names', unpack(names))) do
    local kept = owners and owners ~= namespace and without(owners, namespace) or {}
    kept[#kept + 1] = namespace
    changed[#changed + 1] = names[index]
    changed[#changed + 1] = table.concat(kept, ' ')
  end
  call('HSET', 'names', unpack(changed))
end

local function remove_owner(name, namespace)
  local owners = call('HGET', 'names', name)
  if not owners then
    return
  end
  local kept = without(owners, namespace)
  if #kept == 0 then
    call('HDEL', 'names', name)
  else
    call('HSET', 'names', name, table.concat(kept, ' '))
  end
end

-- Items: the first line of a stored item has its names, the second one the related fields; the value follows.

local function parts_of(stored)
  local names, related, value = string.match(stored, '^([^\n]*)\n([^\n]*)\n(.*)$')
  return lines(names), lines(related), value
end

local function forget_size(kind, member)
  local size = tonumber(call('HGET', 'z:' .. kind, member)) or 0
  call('HDEL', 'z:' .. kind, member)
  call('HINCRBY', 'bytes', kind, -size)
end

local function remove(namespace, field)
  local kind, hash = string.match(field, '^[^:]+'), 'n:' .. namespace
  local stored = call('HGET', hash, field)
  if stored then
    for _, name in ipairs((parts_of(stored))) do
      if name == field or call('HGET', hash, name) == field then
        call('HDEL', hash, name)
        call('SREM', 'x:' .. namespace, name)
        remove_owner(name, namespace)
      end
    end
    call('HDEL', hash, field)
    -- No server may go on with the item, not even the one that commits now.
    call('HSET', hash, 'v', commit .. '!')
  end
  call('SREM', 'x:' .. namespace, field)
  call('ZREM', 'o:' .. kind, namespace .. ' ' .. field)
  forget_size(kind, namespace .. ' ' .. field)
end

local function put(namespace, item)
  local field, stored, kind = item.field, item.stored, string.match(item.field, '^[^:]+')
  local hash, member = 'n:' .. namespace, namespace .. ' ' .. field
  local names = item.takes_names and parts_of(stored) or {}
  local size = tonumber(call('HGET', 'z:' .. kind, member))
  local fields, referring = {field, stored}, {unpack(names)}
  for _, name in ipairs(names) do
    if name ~= field then
      fields[#fields + 1] = name
      fields[#fields + 1] = field
    end
  end
  call('HSET', hash, unpack(fields))
  if not size then
    call('ZADD', 'o:' .. kind, call('HINCRBY', 'counters', 'items', 1), member)
    call('SADD', 'kinds', kind)
    referring[#referring + 1] = field
  end
  call('HSET', 'z:' .. kind, member, #stored)
  local bytes = call('HINCRBY', 'bytes', kind, #stored - (size or 0))
  if #referring > 0 then
    call('SADD', 'x:' .. namespace, unpack(referring))
  end
  if #names > 0 then
    add_owner(names, namespace)
  end
  local count = call('ZCARD', 'o:' .. kind)
  while count > item.cap or (bytes > item.capacity and count > 1) do
    local oldest = call('ZRANGE', 'o:' .. kind, 0, 0)[1]
    local owner, oldest_field = string.match(oldest, '^(%S+) (.*)$')
    remove(owner, oldest_field)
    count = count - 1
    bytes = tonumber(call('HGET', 'bytes', kind)) or 0
  end
end

-- The journal.

local function drop_entry(number, data)
  call('XDEL', 'journal', number .. '-0')
  call('HINCRBY', 'bytes', 'entry', -#data)
end

local function drop_oldest_entry()
  local oldest = call('XRANGE', 'journal', '-', '+', 'COUNT', 1)[1]
  local number, owner, data = string.match(oldest[1], '^%d+'), oldest[2][2], oldest[2][4]
  drop_entry(number, data)
  if call('LINDEX', 'j:' .. owner, 0) == number then
    call('LPOP', 'j:' .. owner)
  end
end

local function increment(counts, name)
  counts[name] = (counts[name] or 0) + 1
end

local function record(entries)
  local first = call('HINCRBY', 'counters', 'entries', #entries) - #entries
  local size, numbers, cells, own_cells = 0, {}, {}, {}
  for index, entry in ipairs(entries) do
    local namespace, number = entry.namespace, string.format('%.0f', first + index)
    call('XADD', 'journal', number .. '-0', 'namespace', namespace, 'data', entry.data)
    size = size + #entry.data
    numbers[namespace] = numbers[namespace] or {}
    table.insert(numbers[namespace], number)
    if entry.cell then
      increment(cells, entry.cell)
      own_cells[namespace] = own_cells[namespace] or {}
      increment(own_cells[namespace], entry.cell)
    end
  end
  for namespace, own in pairs(numbers) do
    call('RPUSH', 'j:' .. namespace, unpack(own))
  end
  for cell, count in pairs(cells) do
    call('HINCRBY', 'c', cell, count)
  end
  for namespace, own in pairs(own_cells) do
    for cell, count in pairs(own) do
      call('HINCRBY', 'c:' .. namespace, cell, count)
    end
  end
  local bytes, count = call('HINCRBY', 'bytes', 'entry', size), call('XLEN', 'journal')
  while count > message.journal_cap or (bytes > message.journal_capacity and count > 1) do
    drop_oldest_entry()
    count = count - 1
    bytes = tonumber(call('HGET', 'bytes', 'entry')) or 0
  end
end

-- Namespaces.

local function forget_namespace(namespace)
  for _, field in ipairs(call('SMEMBERS', 'x:' .. namespace)) do
    local kind, member = string.match(field, '^[^:]+'), namespace .. ' ' .. field
    if call('ZREM', 'o:' .. kind, member) == 1 then
      forget_size(kind, member)
    end
    remove_owner(field, namespace)
  end
  for _, number in ipairs(call('LRANGE', 'j:' .. namespace, 0, -1)) do
    local entry = call('XRANGE', 'journal', number .. '-0', number .. '-0')[1]
    if entry then
      drop_entry(number, entry[2][4])
    end
  end
  for _, start in ipairs({'n:', 'x:', 'j:'}) do
    call('UNLINK', start .. namespace)
  end
  call('ZREM', 'namespaces', namespace)
end

local function forget_everything()
  for _, namespace in ipairs(call('ZRANGE', 'namespaces', 0, -1)) do
    for _, start in ipairs({'n:', 'x:', 'j:'}) do
      call('UNLINK', start .. namespace)
    end
  end
  for _, kind in ipairs(call('SMEMBERS', 'kinds')) do
    call('UNLINK', 'o:' .. kind)
    call('UNLINK', 'z:' .. kind)
  end
  for _, name in ipairs({'names', 'bytes', 'journal', 'namespaces'}) do
    call('UNLINK', name)
  end
end

local function change_version(name)
  local recent = call('HGET', name, 'recent')
  call('HSET', name, 'v', commit, 'recent', commit .. ' ' .. string.sub(recent or '', 1, 400))
end

local function renew(namespace)
  for _, start in ipairs({'n:', 'j:', 'c:'}) do
    call('EXPIRE', start .. namespace, ttl)
  end
  -- It is needed when the namespace is gone, to remove what refers to it.
  call('EXPIRE', 'x:' .. namespace, 2 * ttl)
  call('ZADD', 'namespaces', now, namespace)
end

local function renew_shared()
  for _, name in ipairs(SHARED) do
    call('EXPIRE', name, 2 * ttl)
  end
  for _, kind in ipairs(call('SMEMBERS', 'kinds')) do
    call('EXPIRE', 'o:' .. kind, 2 * ttl)
    call('EXPIRE', 'z:' .. kind, 2 * ttl)
  end
end

-- Parts.

local function version(name)
  return call('HGET', name, 'v') or ''
end

-- A process whose commit failed may commit next, so that no process fails for ever. Its turn ends after a short time.
local TURN_MILLISECONDS = 50

local function is_turn_of_another(part)
  for namespace, _ in pairs(part.records) do
    local owner = call('GET', 't:' .. namespace)
    if owner and owner ~= message.worker then
      return true
    end
  end
  return false
end

local function give_turn(part)
  for namespace, _ in pairs(part.records) do
    call('SET', 't:' .. namespace, message.worker, 'NX', 'PX', TURN_MILLISECONDS)
  end
end

local function end_turn(part)
  for namespace, _ in pairs(part.records) do
    if call('GET', 't:' .. namespace) == message.worker then
      call('DEL', 't:' .. namespace)
    end
  end
end

local function is_current(part)
  if part.server and version('server') ~= part.server then
    return false
  end
  for namespace, known in pairs(part.namespaces) do
    if version('n:' .. namespace) ~= known then
      return false
    end
  end
  for name, owners in pairs(part.names) do
    if (call('HGET', 'names', name) or '') ~= owners then
      return false
    end
  end
  return true
end

local function was_applied(part)
  local changed = part.new_server and 'server'
  for namespace, _ in pairs(part.records) do
    changed = 'n:' .. namespace
  end
  return changed and string.find(call('HGET', changed, 'recent') or '', commit .. ' ', 1, true) ~= nil
end

local function apply(part)
  for _, namespace in ipairs(part.resets) do
    if namespace == '*' then
      forget_everything()
    else
      forget_namespace(namespace)
    end
  end
  if part.new_server then
    call('HSET', 'server', 'h', part.new_server)
    change_version('server')
  end
  for namespace, text in pairs(part.records) do
    call('HSET', 'n:' .. namespace, 'h', text)
    change_version('n:' .. namespace)
  end
  for _, item in ipairs(part.items) do
    put(item.namespace, item)
  end
  if #part.journal > 0 then
    record(part.journal)
  end
  for name, count in pairs(part.metrics or {}) do
    call('HINCRBY', 'm', name, count)
  end
  for namespace, _ in pairs(part.records) do
    renew(namespace)
  end
end

-- Loading.

local function item_of(namespace, field)
  local stored = call('HGET', 'n:' .. namespace, field)
  if not stored then
    return false, {}
  end
  if string.find(stored, '\n', 1, true) == nil then
    -- The name of an item.
    local related, target = {stored}, call('HGET', 'n:' .. namespace, stored)
    if target then
      local _, more = parts_of(target)
      for _, each in ipairs(more) do
        related[#related + 1] = each
      end
    end
    return stored, related
  end
  local _, related, value = parts_of(stored)
  return '\n' .. value, related
end

local loaded, order = {}, {}

local function load_namespace(namespace, fields)
  local found = loaded[namespace]
  if not found then
    local head = call('HMGET', 'n:' .. namespace, 'v', 'h')
    found = {namespace, head[1] or '', head[2] or '', {}, seen = {}}
    loaded[namespace] = found
    order[#order + 1] = found
  end
  local waiting = {unpack(fields)}
  while #waiting > 0 do
    local field = table.remove(waiting)
    if not found.seen[field] then
      found.seen[field] = true
      local value, related = item_of(namespace, field)
      found[4][#found[4] + 1] = {field, value}
      for _, each in ipairs(related) do
        waiting[#waiting + 1] = each
      end
    end
  end
end

-- A scenario can give the same name to very many namespaces. The newest are loaded at once.
local MOST_OWNERS = 1000

local function load(needs, names)
  for _, need in ipairs(needs) do
    if need.namespace then
      load_namespace(need.namespace, need.fields)
    elseif need.name then
      local owners = lines(call('HGET', 'names', need.name))
      for index = math.max(1, #owners - MOST_OWNERS + 1), #owners do
        local owner = owners[index]
        if call('EXISTS', 'n:' .. owner) == 1 then
          load_namespace(owner, {need.name, unpack(need.fields)})
        else
          forget_namespace(owner)
        end
      end
      names[#names + 1] = {need.name, call('HGET', 'names', need.name) or ''}
    end
  end
end

if call('EXISTS', 'server') == 0 then
  return {'missing'}
end
for _, namespace in ipairs(call('ZRANGEBYSCORE', 'namespaces', '-inf', now - ttl, 'LIMIT', 0, 2)) do
  if call('EXISTS', 'n:' .. namespace) == 0 then
    forget_namespace(namespace)
  end
end
local results, applied = {}, false
for index, part in ipairs(message.parts) do
  if message.repeated and was_applied(part) then
    results[index] = 1
  elseif is_turn_of_another(part) then
    results[index] = 2
  elseif is_current(part) then
    apply(part)
    end_turn(part)
    results[index], applied = 1, true
  else
    give_turn(part)
    results[index] = 0
  end
end
if applied then
  renew_shared()
end
local names = {}
for index, part in ipairs(message.parts) do
  if results[index] == 0 then
    load(part.reads, names)
  end
end
load(message.needs, names)
return {results, call('HMGET', 'server', 'v', 'h', 'format'), order, names}
