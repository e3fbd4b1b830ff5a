-- A part of every script: the message, and functions for keys, items, numbers and versions.
--
-- ARGV[1] is the message, a JSON object. Other arguments are texts; the message refers to them by their numbers. All
-- messages have these members:
--   prefix   the prefix of the shared keys
--   slots    whether each namespace has a slot of its own, as on a cluster. A script can then use the keys of one
--            namespace, or the shared keys, but not both.
--
-- Keys of a namespace:
--   n   its record and its items
--   t   the process that may commit next
--   r   on a cluster: the process that has reserved the namespace
--   a:<id>   on a cluster: exists for some seconds after a commit was applied
--   p   on a cluster: effects that may not have been applied to the shared keys
-- Shared keys:
--   a:<id>       the results of a commit that was applied in the last seconds
--   server       the record of the server
--   names        the owners of each name
--   x:<namespace>   the fields of the namespace that other shared keys refer to
--   o:<kind>, z:<kind>   the order and the sizes of all items of a kind
--   journal      the stream of the ids of all journal entries
--   j:<namespace>   the ids of the entries of the namespace
--   entries      the texts of entries, by number
--   c, c:<namespace>   the coverage of all namespaces, and of one
--   m            the metrics
--   counters, bytes, kinds   the last numbers given, the total sizes, and the kinds of items that exist
--   namespaces   the time of the last commit of each namespace
--   applied      on a cluster: the number of the last applied effects of each namespace
--   evicted      on a cluster: the items that must be removed from their namespaces
--   sharing      on a cluster: the namespaces that must get a new version, because a name that only they had belongs to
--                another namespace, too. Each has a number, which is greater if it happens again.

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

-- A stored item consists of a line with its names, a line with the related fields, and its value.
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

-- A member of `o:<kind>`, `z:<kind>` and `evicted` consists of a namespace and a field.
local function member_of(namespace, field)
  return namespace .. ' ' .. field
end

-- Returns the namespace and the field of a member.
local function split_member(member)
  return string.match(member, '^(%S+) (.*)$')
end

-- Returns a number, as text: the time in microseconds, or `last` + 1 if that is greater. Because of the time, numbers
-- increase even if the last one was lost.
local function next_number(last)
  local time = redis.call('TIME')
  return string.format('%.0f', math.max(last + 1, time[1] * 1000000 + time[2]))
end

-- How long a store remembers that it has applied a commit, in milliseconds. A process repeats its calls for 2 seconds.
local REMEMBERED_MILLISECONDS = 5000

-- Remembers that a commit was applied, in a key with this name. This is the last write of a script: if an earlier one
-- fails, the commit counts as not applied.
local function remember_applied(name, results)
  redis.call('SET', name, results or '', 'PX', REMEMBERED_MILLISECONDS)
end

-- Returns the results that were remembered if the message is repeated, or nothing.
local function applied_before(name)
  return message.repeated and redis.call('GET', name)
end
