-- Reads several items. The member `items` of the message is a list of pairs of a namespace and a field. Returns
-- pairs of the index in this list and the value of the item. Missing items are left out.
local found = {}
for index, item in ipairs(message.items) do
  local stored = call_of(item[1], 'HGET', 'n', item[2])
  if stored then
    found[#found + 1] = {index, value_of(stored)}
  end
end
return found
