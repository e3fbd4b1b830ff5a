-- Commits what a transaction has written to one namespace, and loads from it. For a cluster.
--
-- The message has these members, too:
--   ttl      how long the namespace stays after its last commit, in seconds
--   id       the id of this call, and the version of a namespace that loses items
--   worker   the id of the process that calls
--   repeated whether this call was sent before, and nobody knows whether it arrived
--   namespace, fields   what to load
--   revision, generation   what the process knows of the server; see `begin`
--   settled  the number of the last effects that the shared keys have, as far as the process knows
-- and possibly one of these:
--   part     what to commit: id, version, record, items, reset, and the number of the text with the effects
--   check    the version that the namespace should have. With `reserve`, this process is the next that may commit.
--   revise   true if all that commit from now on have to know this revision of the server
--   evict    the fields of items to remove, unless the namespace has effects with a higher number than `applied`
--
-- Returns {result, number, pending effects, order}. The result is 1 if everything was done, 0 if the version is another
-- one, 2 if another process may commit first, and 3 if the process has to ask for the record of the server first: then the
-- number is the revision that it needs. Else the number is that of the effects of this call, or empty. Pending effects are pairs of a number and a text, which the shared
-- keys may not have yet: the process that has committed them sends them, and if it has ended, the next one does. Removed
-- items are effects with the member `evicted`, which are among the pending ones.

local namespace, part = message.namespace, message.part
local known_by = tonumber(call_of(namespace, 'HGET', 'n', 'revision')) or 0
if known_by > message.revision then
  return {3, string.format('%.0f', known_by), {}, {}}
end
if known_by < message.generation then
  -- It is older than the last reset of everything.
  call_of(namespace, 'UNLINK', 'n')
  call_of(namespace, 'UNLINK', 'p')
end

local function expire_if_new()
  if call_of(namespace, 'TTL', 'n') < 0 then
    call_of(namespace, 'EXPIRE', 'n', message.ttl)
  end
end

-- Effects are numbered by the time, so that the numbers of a namespace grow, even if it has expired in between.
local function add_effects(text)
  local time = redis.call('TIME')
  local last = tonumber(call_of(namespace, 'HGET', 'n', 'effects')) or 0
  local number = string.format('%.0f', math.max(last + 1, message.settled + 1, time[1] * 1000000 + time[2]))
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
  if message.repeated and was_changed_by(key_of('n', namespace), part.id) then
    return 1, ''
  elseif is_turn_of_another(namespace) then
    return 2, ''
  elseif version_of(namespace) ~= part.version then
    give_turn(namespace)
    return 0, ''
  end
  if part.reset then
    empty()
  end
  write(part, part.id)
  call_of(namespace, 'HSET', 'n', 'revision', message.revision)
  end_turn(namespace)
  local effects = ARGV[part.effects]
  if part.version == '' then
    -- What the shared keys know of it belongs to a namespace that has expired or was lost.
    add_effects(effects == '{}' and '{"reset":true}' or '{"reset":true,' .. string.sub(effects, 2))
    return 1, ''
  end
  return 1, add_effects(effects)
end

-- How long a namespace is reserved for a commit that changes several.
local RESERVED_MILLISECONDS = 500

local function check()
  if message.reserve then
    if is_turn_of_another(namespace) then
      return 2
    end
    call_of(namespace, 'SET', 't', message.worker, 'PX', RESERVED_MILLISECONDS)
  end
  return version_of(namespace) == message.check and 1 or 0
end

local function evict()
  if (tonumber(call_of(namespace, 'HGET', 'n', 'effects')) or 0) > message.applied then
    -- The item can be another one by now. The shared keys will ask again when they have these effects.
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
if result == 0 or not (part or message.check) then
  load_namespace(namespace, message.fields)
end
return {result, number, pending_effects(number), order}
