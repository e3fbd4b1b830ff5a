-- Namespaces: versions, records and items.

local function version_of(namespace)
  return call_of(namespace, 'HGET', 'n', 'v') or ''
end

-- A process whose commit failed may commit next. This gives every process a turn. A turn ends after a time that is
-- longer than a call should take, so that it is of use to a process with a slow connection, too.
local TURN_MILLISECONDS = 250

local function is_turn_of_another(namespace)
  local owner = call_of(namespace, 'GET', 't')
  return owner and owner ~= message.worker
end

local function give_turn(namespace)
  -- A full store refuses this. The process can repeat its commit without a turn, and a reset then makes room.
  redis.pcall('SET', key_of('t', namespace), message.worker, 'NX', 'PX', TURN_MILLISECONDS)
end

local function end_turn(namespace)
  if call_of(namespace, 'GET', 't') == message.worker then
    call_of(namespace, 'DEL', 't')
  end
end

-- Adds the fields and values of items to `fields`. Sets the members `names` and `size` of each item.
local function add_items(fields, items)
  local last = #fields
  for _, item in ipairs(items) do
    local field, stored = item.field, ARGV[item.stored]
    local names = item.takes_names and names_of(stored) or {}
    item.names, item.size = names, #stored
    fields[last + 1], fields[last + 2], last = field, stored, last + 2
    for _, name in ipairs(names) do
      if name ~= field then
        fields[last + 1], fields[last + 2], last = name, field, last + 2
      end
    end
  end
end

-- Gives a namespace a new version. All servers reload it, including the one that commits now.
local function make_reload(namespace)
  call_of(namespace, 'HSET', 'n', 'v', message.id .. '!')
end

-- Removes an item. Returns its names.
local function remove(namespace, field)
  local stored, freed = call_of(namespace, 'HGET', 'n', field), {}
  if not stored then
    return freed
  end
  for _, name in ipairs(names_of(stored)) do
    if name == field or call_of(namespace, 'HGET', 'n', name) == field then
      call_of(namespace, 'HDEL', 'n', name)
      freed[#freed + 1] = name
    end
  end
  call_of(namespace, 'HDEL', 'n', field)
  make_reload(namespace)
  return freed
end

local function is_written(each)
  return each.record or each.items
end

-- Writes the record and the items of a namespace from a part of a commit.
local function write(each, id)
  local namespace, fields = each.namespace, {'v', id}
  if each.record then
    fields[3], fields[4] = 'h', each.record
  end
  add_items(fields, each.items or {})
  call_of(namespace, 'HSET', 'n', unpack(fields))
  call_of(namespace, 'EXPIRE', 'n', message.ttl)
end

-- Loading.

local function item_of(namespace, field)
  local stored = call_of(namespace, 'HGET', 'n', field)
  if not stored then
    return false, {}
  end
  if string.find(stored, '\n', 1, true) == nil then
    -- The name of an item.
    local target = call_of(namespace, 'HGET', 'n', stored)
    local related = target and related_of(target) or {}
    related[#related + 1] = stored
    return stored, related
  end
  return '\n' .. value_of(stored), related_of(stored)
end

local loaded, order = {}, {}

-- Adds a namespace to `order`, with these fields and their related fields.
local function load_namespace(namespace, fields)
  local found = loaded[namespace]
  if not found then
    local head = call_of(namespace, 'HMGET', 'n', 'v', 'h')
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
