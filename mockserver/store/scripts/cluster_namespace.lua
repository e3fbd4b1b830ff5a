-- For a cluster: commits the changes of a transaction to one namespace, and loads from it.
--
-- The effects of a commit are the updates that the shared keys need because of it. The namespace stores them in `p`
-- until they are applied.
--
-- Further members of the message:
--   ttl      the time after its last commit until the namespace expires, in seconds
--   id       the id of this call, and the version of a namespace that loses items
--   worker   the id of the process that calls
--   repeated whether this is another attempt; the first one may have succeeded
--   namespace, fields   what to load
--   revision, generation   what the process knows of the server; see `begin`
--   settled  the number of the last effects that were applied, as far as the process knows
-- and possibly one of these, or the last two:
--   part     what to commit: id, version, record, items, reset, and the number of the text with the effects. With
--            `unsure`, other processes wait for some time until the commit is confirmed or undone. With `reserved`,
--            the process has reserved the namespace: the record of the server may have changed since then.
--   check    the version to compare. With `reserve`, no other process can commit for a short time.
--   confirm  the id of an unsure commit: other processes need not wait any more
--   undo     the id of an unsure commit to a new namespace: undoes it, unless another process has used the namespace
--   revise   whether to refuse later commits of processes with an older revision of the server
--   evict    the fields of items to remove; ignored if the namespace has effects with a number above `applied`
--   sharing  the number of the namespace in the shared key `sharing`: gives the namespace a new version
--
-- Returns {result, number, pending effects, loaded namespaces}. The results are: 1, success; 0, the version differs;
-- 2, another process may commit first or has reserved the namespace; 3, the process has an outdated record of the
-- server. With result 3, the number is the revision that the process needs. Otherwise it is the number of the effects
-- of this call, or empty. Pending effects are pairs of a number and a text that may not have been applied. Removed
-- items are pending effects with the member `evicted`. A new version because of a shared name is a pending effect with
-- the member `sharing`.

local namespace, part = message.namespace, message.part

-- The time for which a namespace is reserved, in milliseconds, by a commit that is unsure or changes several.
local RESERVED_MILLISECONDS = 500

local function reserve()
  call_of(namespace, 'SET', 'r', message.worker, 'PX', RESERVED_MILLISECONDS)
end

local function end_reservation()
  if call_of(namespace, 'GET', 'r') == message.worker then
    call_of(namespace, 'DEL', 'r')
  end
end

local function confirm()
  if call_of(namespace, 'HGET', 'n', 'unsure') == message.confirm then
    call_of(namespace, 'HDEL', 'n', 'unsure')
    end_reservation()
  end
end

local function undo()
  local memory = key_of('a:' .. message.id, namespace)
  if applied_before(memory) then
    return 1
  elseif version_of(namespace) ~= message.undo or call_of(namespace, 'HGET', 'n', 'unsure') ~= message.undo then
    return 0
  end
  local effects, revision = unpack(call_of(namespace, 'HMGET', 'n', 'effects', 'revision'))
  call_of(namespace, 'UNLINK', 'n')
  call_of(namespace, 'HSET', 'n', 'effects', effects, 'revision', revision)
  call_of(namespace, 'EXPIRE', 'n', message.ttl)
  for _, each in ipairs(call_of(namespace, 'LRANGE', 'p', 0, -1)) do
    if string.match(each, '^%d+') == effects then
      call_of(namespace, 'LREM', 'p', 1, each)
    end
  end
  end_reservation()
  remember_applied(memory)
  return 1
end

if message.confirm then
  confirm()
  return {1, '', {}, {}}
elseif message.undo then
  return {undo(), '', {}, {}}
end

local reserved_by = call_of(namespace, 'GET', 'r')
local is_reserved_by_another = reserved_by and reserved_by ~= message.worker
local is_applied = part and applied_before(key_of('a:' .. part.id, namespace))
local may_be_outdated = is_applied or (part and part.reserved and reserved_by == message.worker)
local known_by = tonumber(call_of(namespace, 'HGET', 'n', 'revision')) or 0
if known_by > message.revision and not may_be_outdated then
  return {3, string.format('%.0f', known_by), {}, {}}
end
local function exists(kind)
  return call_of(namespace, 'EXISTS', kind) == 1
end
-- A full store accepts all writes of a script that begins with a deletion, so nothing is deleted without need.
if known_by < message.generation and (exists('n') or exists('p')) then
  -- The last reset of everything has deleted this namespace.
  call_of(namespace, 'UNLINK', 'n')
  call_of(namespace, 'UNLINK', 'p')
end
if is_reserved_by_another and (message.evict or message.sharing) then
  -- A new version would make the commit fail that has reserved the namespace.
  return {2, '', {}, {}}
end
local unsure = message.revise == nil and not is_applied and call_of(namespace, 'HGET', 'n', 'unsure')
if unsure and is_reserved_by_another then
  return {2, '', {}, {}}
elseif unsure and string.match(unsure, '^[^-]+') ~= message.worker then
  -- The reservation has expired. This process uses the namespace now, so the commit can no longer be undone.
  call_of(namespace, 'HDEL', 'n', 'unsure')
end

local function expire_if_new()
  if call_of(namespace, 'TTL', 'n') < 0 then
    call_of(namespace, 'EXPIRE', 'n', message.ttl)
  end
end

local function add_effects(text)
  local last = tonumber(call_of(namespace, 'HGET', 'n', 'effects')) or 0
  local number = next_number(math.max(last, message.settled))
  call_of(namespace, 'HSET', 'n', 'effects', number)
  expire_if_new()
  call_of(namespace, 'RPUSH', 'p', number .. ' ' .. text)
  call_of(namespace, 'EXPIRE', 'p', message.ttl)
  return number
end

local function pending_effects(own)
  local found = {}
  for _, each in ipairs(call_of(namespace, 'LRANGE', 'p', 0, -1)) do
    local number, text = string.match(each, '^(%d+) (.*)$')
    if tonumber(number) <= message.settled then
      call_of(namespace, 'LPOP', 'p')
    elseif number ~= own then
      found[#found + 1] = {number, text}
    end
  end
  return found
end

local function empty()
  local effects = call_of(namespace, 'HGET', 'n', 'effects')
  call_of(namespace, 'UNLINK', 'n')
  call_of(namespace, 'HSET', 'n', 'effects', effects or '0')
end

local function commit()
  if is_applied then
    return 1, ''
  elseif is_reserved_by_another or is_turn_of_another(namespace) then
    return 2, ''
  elseif version_of(namespace) ~= part.version then
    give_turn(namespace)
    return 0, ''
  end
  if part.reset then
    empty()
  end
  write(part, part.id)
  call_of(namespace, 'HSET', 'n', 'revision', string.format('%.0f', math.max(known_by, message.revision)))
  end_turn(namespace)
  end_reservation()
  if part.unsure then
    call_of(namespace, 'HSET', 'n', 'unsure', part.id)
    reserve()
  else
    call_of(namespace, 'HDEL', 'n', 'unsure')
  end
  local effects = ARGV[part.effects]
  if part.version == '' then
    -- Shared keys that refer to the new namespace belong to an earlier one that expired or was lost.
    add_effects(effects == '{}' and '{"is_new":true}' or '{"is_new":true,' .. string.sub(effects, 2))
    remember_applied(key_of('a:' .. part.id, namespace))
    return 1, ''
  end
  local number = add_effects(effects)
  remember_applied(key_of('a:' .. part.id, namespace))
  return 1, number
end

local function check()
  if message.reserve then
    if is_reserved_by_another or is_turn_of_another(namespace) then
      return 2
    end
    reserve()
  end
  return version_of(namespace) == message.check and 1 or 0
end

local function evict()
  if (tonumber(call_of(namespace, 'HGET', 'n', 'effects')) or 0) > message.applied then
    -- The item may have been replaced. The shared keys ask again after they have applied these effects.
    return
  end
  local evicted = {}
  for index, field in ipairs(message.evict) do
    evicted[index] = {field = field, names = remove(namespace, field)}
  end
  add_effects(cjson.encode({evicted = evicted}))
end

local result, number = 1, ''
if part then
  result, number = commit()
elseif message.check then
  result = check()
elseif message.revise then
  call_of(namespace, 'HSET', 'n', 'revision', message.revision)
  expire_if_new()
elseif message.evict then
  evict()
end
if message.sharing then
  if version_of(namespace) ~= '' then
    make_reload(namespace)
  end
  add_effects(cjson.encode({sharing = message.sharing}))
end
if result == 0 or not (part or message.check) then
  load_namespace(namespace, message.fields)
end
return {result, number, pending_effects(number), order}
