-- Reads many values at once. ARGV[1] is a JSON object: prefix; and `numbers` of journal entries, or `items` as pairs of
-- a namespace and a field. Returns the entries or the texts of the items; what is missing is left out.
local message = cjson.decode(ARGV[1])
local found = {}
for _, number in ipairs(message.numbers or {}) do
  local entry = redis.call('XRANGE', message.prefix .. 'journal', number .. '-0', number .. '-0')[1]
  if entry then
    found[#found + 1] = entry
  end
end
for index, item in ipairs(message.items or {}) do
  local stored = redis.call('HGET', message.prefix .. 'n:' .. item[1], item[2])
  if stored then
    found[#found + 1] = {index, string.match(stored, '^[^\n]*\n[^\n]*\n(.*)$')}
  end
end
return found
