-- The shared keys: the names, the order and the sizes of items, the journal, the coverage and the metrics.

local now = tonumber(redis.call('TIME')[1])
-- Every commit renews these keys. Namespaces expire earlier.
local SHARED = {'server', 'names', 'bytes', 'counters', 'journal', 'entries', 'namespaces', 'kinds', 'c', 'm'}

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

-- Adds an owner to names. `on_sharing`, if given, is called for a namespace that was the only owner of a name.
local function add_owner(names, namespace, on_sharing)
  local changed = {}
  for index, owners in ipairs(call('HMGET', 'names', unpack(names))) do
    if on_sharing and owners and owners ~= namespace and not string.find(owners, ' ', 1, true) then
      on_sharing(owners)
    end
    local changed_owners = namespace
    if owners and owners ~= namespace then
      local kept = without(owners, namespace)
      kept[#kept + 1] = namespace
      changed_owners = table.concat(kept, ' ')
    end
    changed[2 * index - 1], changed[2 * index] = names[index], changed_owners
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

-- Items.

-- Subtracts from the total size of a kind.
local function shrink(kind, size)
  -- Redis does not read "-0" as a number.
  call('HINCRBY', 'bytes', kind, 0 - size)
end

-- Removes an item from `o:<kind>` and `z:<kind>`.
local function forget_place(namespace, field)
  local kind, member = kind_of(field), member_of(namespace, field)
  if call('ZREM', 'o:' .. kind, member) == 1 then
    local size = tonumber(call('HGET', 'z:' .. kind, member)) or 0
    call('HDEL', 'z:' .. kind, member)
    shrink(kind, size)
  end
end

local function forget_item(namespace, field, names)
  for _, name in ipairs(names) do
    call('SREM', 'x:' .. namespace, name)
    remove_owner(name, namespace)
  end
  call('SREM', 'x:' .. namespace, field)
  forget_place(namespace, field)
end

-- Adds items of one kind and namespace to the shared keys. Returns the fields of the new items.
local function note_kind(namespace, kind, items)
  local members, sizes, growth, new, ranks = {}, {}, 0, {}, {}
  for index, item in ipairs(items) do
    members[index] = member_of(namespace, item.field)
  end
  for index, former in ipairs(call('HMGET', 'z:' .. kind, unpack(members))) do
    sizes[2 * index - 1], sizes[2 * index] = members[index], items[index].size
    growth = growth + items[index].size - (tonumber(former) or 0)
    if not former then
      new[#new + 1] = items[index].field
      ranks[2 * #new - 1], ranks[2 * #new] = #new, members[index]
    end
  end
  if #new > 0 then
    local last = call('HINCRBY', 'counters', 'items', #new)
    for index = 1, #new do
      ranks[2 * index - 1] = last - #new + index
    end
    call('ZADD', 'o:' .. kind, unpack(ranks))
    call('SADD', 'kinds', kind)
  end
  call('HSET', 'z:' .. kind, unpack(sizes))
  call('HINCRBY', 'bytes', kind, growth)
  return new
end

local function evict_oldest(kind, limits, evict)
  local cap, capacity = unpack(limits)
  local count = call('ZCARD', 'o:' .. kind)
  local function bytes()
    return tonumber(call('HGET', 'bytes', kind)) or 0
  end
  while count > cap or (count > 1 and bytes() > capacity) do
    evict(split_member(call('ZRANGE', 'o:' .. kind, 0, 0)[1]))
    count = count - 1
  end
end

-- Adds items of a namespace to the shared keys. `limits` has the maximum number and the maximum size of the items of
-- each kind. `evict` is called for the oldest items beyond these limits. `on_sharing` is that of `add_owner`.
local function note_items(namespace, items, limits, evict, on_sharing)
  local by_kind, names, seen = {}, {}, {}
  for _, item in ipairs(items) do
    local kind = kind_of(item.field)
    by_kind[kind] = by_kind[kind] or {}
    table.insert(by_kind[kind], item)
    for _, name in ipairs(item.names) do
      if not seen[name] then
        seen[name] = true
        names[#names + 1] = name
      end
    end
  end
  if #names > 0 then
    add_owner(names, namespace, on_sharing)
  end
  local referring = names
  for kind, of_kind in pairs(by_kind) do
    for _, field in ipairs(note_kind(namespace, kind, of_kind)) do
      referring[#referring + 1] = field
    end
  end
  if #referring > 0 then
    call('SADD', 'x:' .. namespace, unpack(referring))
  end
  for kind, _ in pairs(by_kind) do
    evict_oldest(kind, limits[kind], evict)
  end
end

-- The journal. The id of an entry in the stream consists of its number and its size.

-- The maximum number of entries that are dropped at a time.
local MOST_DROPPED = 100

local function number_of(id)
  return string.match(id, '^%d+')
end

-- Removes the texts of the entries with these ids.
local function drop_texts(ids)
  local numbers, size = {}, 0
  for index, id in ipairs(ids) do
    numbers[index] = number_of(id)
    size = size + string.match(id, '%d+$')
  end
  call('HDEL', 'entries', unpack(numbers))
  shrink('entry', size)
end

-- Removes the entries with these ids.
local function drop_entries(ids)
  call('XDEL', 'journal', unpack(ids))
  drop_texts(ids)
end

local function drop_oldest_entries(count)
  local ids, by_namespace = {}, {}
  for index, entry in ipairs(call('XRANGE', 'journal', '-', '+', 'COUNT', count)) do
    local namespace = entry[2][2]
    ids[index] = entry[1]
    by_namespace[namespace] = by_namespace[namespace] or {}
    table.insert(by_namespace[namespace], entry[1])
  end
  for namespace, own in pairs(by_namespace) do
    -- The list of an expired namespace may have expired, too.
    local oldest, dropped = call('LRANGE', 'j:' .. namespace, 0, #own - 1), 0
    for _, id in ipairs(own) do
      if oldest[dropped + 1] == id then
        dropped = dropped + 1
      end
    end
    if dropped > 0 then
      call('LPOP', 'j:' .. namespace, dropped)
    end
  end
  -- Removing each of them by its id would take ten times as long.
  call('XTRIM', 'journal', 'MINID', string.format('%.0f', number_of(ids[#ids]) + 1))
  drop_texts(ids)
end

-- Adds entries. Each is a pair of a namespace and a text.
local function record(entries)
  local first = call('HINCRBY', 'counters', 'entries', #entries) - #entries
  if first == 0 then
    -- The counter was lost.
    first = tonumber(next_number(0))
    call('HSET', 'counters', 'entries', string.format('%.0f', first + #entries))
  end
  local texts, own, size = {}, {}, 0
  for index, entry in ipairs(entries) do
    local namespace, text = unpack(entry)
    local number = string.format('%.0f', first + index)
    local id = number .. '-' .. #text
    call('XADD', 'journal', id, 'namespace', namespace)
    texts[2 * index - 1], texts[2 * index] = number, text
    size = size + #text
    own[namespace] = own[namespace] or {}
    table.insert(own[namespace], id)
  end
  call('HSET', 'entries', unpack(texts))
  for namespace, ids in pairs(own) do
    call('RPUSH', 'j:' .. namespace, unpack(ids))
  end
  local bytes, count = call('HINCRBY', 'bytes', 'entry', size), call('XLEN', 'journal')
  while count > message.journal_cap or (bytes > message.journal_capacity and count > 1) do
    local excess = count - message.journal_cap
    -- Many at once take less time than a few in each commit.
    local dropped = math.min(excess > 0 and excess + math.floor(message.journal_cap / 100) or 1, MOST_DROPPED)
    drop_oldest_entries(dropped)
    count = count - dropped
    bytes = tonumber(call('HGET', 'bytes', 'entry')) or 0
  end
end

-- Adds the counts in `counts` to those in `to`.
local function add_counts(to, counts)
  for name, count in pairs(counts) do
    to[name] = (to[name] or 0) + count
  end
end

-- Adds counts to the coverage of each namespace in `cells`, and to that of all.
local function count_cells(cells)
  local total = {}
  for namespace, own in pairs(cells) do
    add_counts(total, own)
    for cell, count in pairs(own) do
      call('HINCRBY', 'c:' .. namespace, cell, count)
    end
  end
  for cell, count in pairs(total) do
    call('HINCRBY', 'c', cell, count)
  end
end

-- Returns the name of the counter that operations share if there are too many counters.
local function shared_counter(name)
  local labels = cjson.decode(name)
  labels[2] = message.other
  return cjson.encode(labels)
end

-- Adds counts to the metrics.
local function count_metrics(metrics)
  local is_full = call('HLEN', 'm') >= message.most_counters
  for name, count in pairs(metrics) do
    if is_full and call('HEXISTS', 'm', name) == 0 then
      name = shared_counter(name)
    end
    call('HINCRBY', 'm', name, count)
  end
end

-- Adds exchanges to the journal, the metrics, and the coverage of each namespace in `cells`.
local function note_exchanges(entries, metrics, cells)
  record(entries)
  count_metrics(metrics)
  count_cells(cells)
end

-- Namespaces.

-- The maximum number of names and items that are removed at a time.
local MOST_FORGOTTEN = 1000

-- Removes the namespace from the owners of these names.
local function forget_names(namespace, names)
  local unused, changed = {}, {}
  for index, owners in ipairs(call('HMGET', 'names', unpack(names))) do
    local kept = without(owners or '', namespace)
    if owners and #kept == 0 then
      unused[#unused + 1] = names[index]
    elseif owners then
      changed[#changed + 1] = names[index]
      changed[#changed + 1] = table.concat(kept, ' ')
    end
  end
  if #unused > 0 then
    call('HDEL', 'names', unpack(unused))
  end
  if #changed > 0 then
    call('HSET', 'names', unpack(changed))
  end
end

-- Removes items from `o:<kind>` and `z:<kind>`. Other fields are ignored.
local function forget_places(namespace, fields)
  local by_kind = {}
  for _, kind in ipairs(call('SMEMBERS', 'kinds')) do
    by_kind[kind] = {}
  end
  for _, field in ipairs(fields) do
    local members = by_kind[kind_of(field)]
    if members then
      members[#members + 1] = member_of(namespace, field)
    end
  end
  for kind, members in pairs(by_kind) do
    if #members > 0 then
      local size = 0
      for _, each in ipairs(call('HMGET', 'z:' .. kind, unpack(members))) do
        size = size + (tonumber(each) or 0)
      end
      call('ZREM', 'o:' .. kind, unpack(members))
      call('HDEL', 'z:' .. kind, unpack(members))
      shrink(kind, size)
    end
  end
end

local function has_references(namespace)
  return call('EXISTS', 'x:' .. namespace) == 1 or call('EXISTS', 'j:' .. namespace) == 1
end

local function forget_references(namespace)
  local fields, ids = call('SMEMBERS', 'x:' .. namespace), call('LRANGE', 'j:' .. namespace, 0, -1)
  -- Redis accepts all later writes of a script if the first one needs no memory, even if the store is full.
  call('UNLINK', 'x:' .. namespace)
  call('UNLINK', 'j:' .. namespace)
  for start = 1, #fields, MOST_FORGOTTEN do
    local some = {unpack(fields, start, math.min(#fields, start + MOST_FORGOTTEN - 1))}
    forget_names(namespace, some)
    forget_places(namespace, some)
  end
  for start = 1, #ids, MOST_DROPPED do
    drop_entries({unpack(ids, start, math.min(#ids, start + MOST_DROPPED - 1))})
  end
  call('ZREM', 'namespaces', namespace)
end

local function forget_all_references()
  for _, namespace in ipairs(call('ZRANGE', 'namespaces', 0, -1)) do
    call('UNLINK', 'x:' .. namespace)
    call('UNLINK', 'j:' .. namespace)
  end
  for _, kind in ipairs(call('SMEMBERS', 'kinds')) do
    call('UNLINK', 'o:' .. kind)
    call('UNLINK', 'z:' .. kind)
  end
  for _, name in ipairs({'names', 'bytes', 'journal', 'entries'}) do
    call('UNLINK', name)
  end
end

-- A text, because Redis would convert a number again for each command.
local twice_ttl = string.format('%.0f', 2 * message.ttl)

local function renew_references(namespace)
  call('EXPIRE', 'c:' .. namespace, message.ttl)
  -- These must outlive the namespace: they show what belongs to an expired one.
  call('EXPIRE', 'x:' .. namespace, twice_ttl)
  call('EXPIRE', 'j:' .. namespace, twice_ttl)
  call('ZADD', 'namespaces', now, namespace)
end

local function renew_shared()
  for _, name in ipairs(SHARED) do
    call('EXPIRE', name, twice_ttl)
  end
  for _, kind in ipairs(call('SMEMBERS', 'kinds')) do
    call('EXPIRE', 'o:' .. kind, twice_ttl)
    call('EXPIRE', 'z:' .. kind, twice_ttl)
  end
end

-- Returns up to two namespaces that may have expired.
local function outdated_namespaces()
  return call('ZRANGEBYSCORE', 'namespaces', '-inf', now - message.ttl, 'LIMIT', 0, 2)
end

-- Removes the references to up to two expired namespaces. Returns how many it has removed. This is only for a store in
-- which a script can use all keys.
local function forget_expired()
  local count = 0
  for _, namespace in ipairs(outdated_namespaces()) do
    if call_of(namespace, 'EXISTS', 'n') == 0 then
      forget_references(namespace)
      count = count + 1
    end
  end
  return count
end

-- The server.

local function server_version()
  return call('HGET', 'server', 'v') or ''
end
