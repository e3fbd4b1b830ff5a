-- What every script begins with: the message, the names of keys, stored items and versions.
--
-- ARGV[1] is a JSON object. Its members can have the numbers of other arguments, which are texts. Every script reads these
-- members:
--   prefix   the prefix of the keys that all namespaces share
--   slots    whether each namespace has a slot of its own, as on a cluster; a script can then use one namespace, or the
--            shared keys
--
-- Keys of a namespace: `n` has its record and its items, and `t` names the process that may commit next. On a cluster,
-- `p` has what the shared keys may not know yet.
-- Shared keys: `server` has the record of the server. `names` has the owners of each name, and `x:<namespace>` the fields
-- that shared keys refer to. `o:<kind>` and `z:<kind>` have the order and the sizes of all items of a kind. `journal` is
-- the stream of the ids of entries, `j:<namespace>` has the ids of those of a namespace, and `entries` the texts by
-- number. `c` and `c:<namespace>` have what was exercised, and `m` has the metrics. `namespaces` has the time of the last
-- commit of each namespace. On a cluster, `applied` has the number of the last effects of each namespace that were
-- applied, and `evicted` the items that are to be removed from their namespaces.

local message = cjson.decode(ARGV[1])

local function key(name)
  return message.prefix .. name
end

local function key_of(kind, namespace)
  if message.slots then
    return '{mockserver:' .. namespace .. '}:' .. kind
  end
  return message.prefix .. kind .. ':' .. namespace
end

local function call(command, name, ...)
  return redis.call(command, key(name), ...)
end

local function call_of(namespace, command, kind, ...)
  return redis.call(command, key_of(kind, namespace), ...)
end

local function lines(text)
  local found = {}
  for line in string.gmatch(text or '', '[^ ]+') do
    found[#found + 1] = line
  end
  return found
end

-- A stored item: the first line has its names, the second one the related fields; the value follows.
local function names_of(stored)
  return lines(string.match(stored, '^[^\n]*'))
end

local function related_of(stored)
  return lines(string.match(stored, '^[^\n]*\n([^\n]*)'))
end

local function value_of(stored)
  return string.match(stored, '^[^\n]*\n[^\n]*\n(.*)$')
end

local function kind_of(field)
  return string.match(field, '^[^:]+')
end

-- Makes `id` the version, and one of those that `was_changed_by` finds.
local function change_version(hash, id)
  local recent = redis.call('HGET', hash, 'recent')
  redis.call('HSET', hash, 'v', id, 'recent', id .. ' ' .. string.sub(recent or '', 1, 400))
end

local function was_changed_by(hash, id)
  return string.find(redis.call('HGET', hash, 'recent') or '', id .. ' ', 1, true) ~= nil
end
