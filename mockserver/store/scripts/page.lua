-- Finds the items of one page of a listing: the oldest after a number, else the newest.
--
-- Further members of the message: the `kind` of the items, the `limit` of the page, and possibly `after`. For one
-- `namespace`, `last` is the number of its newest item, and `cap` is how many items of this kind are stored at most.
--
-- Returns {how many items there are, 1 if the page has the oldest, 1 if it has the newest, items}. Each item is its
-- number, its namespace and its field.
local kind, limit, after = message.kind, message.limit, message.after
local items = {}

local function flag(is_true)
  return is_true and 1 or 0
end

local function page_of_namespace(namespace, last)
  local function exists(number)
    return call_of(namespace, 'HEXISTS', 'n', kind .. ':' .. string.format('%.0f', number)) == 1
  end
  if last == 0 or not exists(last) then
    return 0, true, true
  end
  -- The oldest are removed first, so that no number is missing between two others.
  local first, existing = math.max(1, last - message.cap + 1), last
  while first < existing do
    local middle = math.floor((first + existing) / 2)
    if exists(middle) then
      existing = middle
    else
      first = middle + 1
    end
  end
  local start = after and math.max(first, after + 1) or math.max(first, last - limit + 1)
  local stop = math.min(last, start + limit - 1)
  for number = start, stop do
    items[#items + 1] = {number, namespace, kind .. ':' .. string.format('%.0f', number)}
  end
  return last - first + 1, start <= first, stop >= last
end

local function page_of_all()
  local order = 'o:' .. kind
  local count, found = call('ZCARD', order), nil
  if after then
    found = call('ZRANGEBYSCORE', order, '(' .. string.format('%.0f', after), '+inf', 'LIMIT', 0, limit)
  else
    found = call('ZRANGE', order, -limit, -1)
  end
  for _, member in ipairs(found) do
    local namespace, field = split_member(member)
    items[#items + 1] = {tonumber(call('ZSCORE', order, member)), namespace, field}
  end
  if #found == 0 then
    return count, count == 0, true
  end
  return count, call('ZRANK', order, found[1]) == 0, call('ZRANK', order, found[#found]) == count - 1
end

local count, has_oldest, has_newest
if message.namespace then
  count, has_oldest, has_newest = page_of_namespace(message.namespace, message.last)
else
  count, has_oldest, has_newest = page_of_all()
end
return {count, flag(has_oldest), flag(has_newest), items}
