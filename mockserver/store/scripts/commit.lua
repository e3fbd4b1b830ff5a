-- For a store in which a script can use all keys: commits transactions, and loads the state that others need.
--
-- Further members of the message:
--   ttl      the time after its last commit until a namespace expires, in seconds
--   id       the id of this commit
--   worker   the id of the process that commits
--   repeated whether this is another attempt; the first one may have succeeded
--   journal_cap, journal_capacity   the maximum number of entries in the journal, and their maximum size in bytes
--   most_counters, other   the maximum number of counters for metrics, and the operation of further counters
--   parts    transactions; each is applied completely, or not at all if something that it has read has changed. In the
--            second case, everything that it has read is loaded again. Everything that it changes gets its id as
--            version. A transaction that only reads has no member `journal`.
--   needs    what to load afterwards
--   most_owners    the maximum number of owners of a name that are loaded, newest first
--   known_server   the version of the server record in the memory of the process, or empty
--
-- Returns `missing` if the store has no record of the server, and `done` if all parts were applied and there is
-- nothing to load. Otherwise returns {results of the parts, server, namespaces, names}. The results are: 1, applied;
-- 0, something has changed; 2, another process may commit first.

local function each_written(part, act)
  for _, each in ipairs(part.namespaces) do
    if is_written(each) then
      act(each.namespace)
    end
  end
end

local function has_to_wait(part)
  local is_turn = false
  each_written(part, function(namespace)
    is_turn = is_turn or is_turn_of_another(namespace)
  end)
  return is_turn
end

local function is_current(part)
  if part.server and server_version() ~= part.server then
    return false
  end
  for _, each in ipairs(part.namespaces) do
    if version_of(each.namespace) ~= each.version then
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

local function forget_namespace(namespace)
  call_of(namespace, 'UNLINK', 'n')
  forget_references(namespace)
end

local function forget_everything()
  for _, namespace in ipairs(call('ZRANGE', 'namespaces', 0, -1)) do
    call_of(namespace, 'UNLINK', 'n')
  end
  forget_all_references()
  call('UNLINK', 'namespaces')
end

local function evict(namespace, field)
  forget_item(namespace, field, remove(namespace, field))
end

-- Applied parts whose exchanges are not in the journal yet.
local unfinished = {}

-- Adds the exchanges of all these parts to the journal, the metrics and the coverage. Then renews what refers to their
-- namespaces. This takes fewer calls than one part after another.
local function finish_parts()
  local entries, metrics, cells = {}, {}, {}
  for _, part in ipairs(unfinished) do
    for _, entry in ipairs(part.journal) do
      entries[#entries + 1] = {entry[1], ARGV[entry[2]]}
    end
    add_counts(metrics, part.metrics)
    for namespace, own in pairs(part.cells) do
      cells[namespace] = cells[namespace] or {}
      add_counts(cells[namespace], own)
    end
  end
  if #entries > 0 then
    note_exchanges(entries, metrics, cells)
  end
  for _, part in ipairs(unfinished) do
    each_written(part, renew_references)
  end
  unfinished = {}
end

local function apply(part)
  if part.reset then
    finish_parts()
    forget_everything()
  end
  for _, each in ipairs(part.namespaces) do
    if each.reset then
      finish_parts()
    end
    -- Shared keys that refer to a new namespace belong to an earlier one that has expired.
    if each.reset or (each.version == '' and is_written(each) and has_references(each.namespace)) then
      forget_namespace(each.namespace)
    end
  end
  if part.new_server then
    call('HSET', 'server', 'h', part.new_server)
    call('HSET', 'server', 'v', part.id)
  end
  for _, each in ipairs(part.namespaces) do
    if is_written(each) then
      write(each, part.id)
    end
    if each.items then
      note_items(each.namespace, each.items, part.limits, evict)
    end
  end
  unfinished[#unfinished + 1] = part
end

local function load(needs, names)
  for _, need in ipairs(needs) do
    if need.namespace then
      load_namespace(need.namespace, need.fields)
    elseif need.name then
      local owners = lines(call('HGET', 'names', need.name))
      for index = math.max(1, #owners - message.most_owners + 1), #owners do
        local owner = owners[index]
        if call_of(owner, 'EXISTS', 'n') == 1 then
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
  return 'missing'
end
forget_expired()
local memory = key('a:' .. message.id)
local before = lines(applied_before(memory))
local results, applied, is_done = {}, false, #message.needs == 0 and server_version() == message.known_server
for index, part in ipairs(message.parts) do
  if part.journal and before[index] == '1' then
    results[index] = 1
  elseif has_to_wait(part) then
    results[index], is_done = 2, false
  elseif is_current(part) then
    if part.journal then
      apply(part)
      each_written(part, end_turn)
      applied = true
    end
    results[index] = 1
  else
    each_written(part, give_turn)
    results[index], is_done = 0, false
  end
end
if applied then
  finish_parts()
  renew_shared()
  remember_applied(memory, table.concat(results, ' '))
end
if is_done then
  return 'done'
end
local names = {}
for index, part in ipairs(message.parts) do
  if results[index] == 0 then
    load(part.reads, names)
  end
end
load(message.needs, names)
return {results, call('HMGET', 'server', 'v', 'h', 'format'), order, names}
