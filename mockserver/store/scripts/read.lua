-- Reads many items at once. The message has `items`, which are pairs of a namespace and a field. Returns pairs of the
-- place in this list, and the text of the item; what is missing is left out.
local found = {}
for index, item in ipairs(message.items) do
  local stored = call_of(item[1], 'HGET', 'n', item[2])
  if stored then
    found[#found + 1] = {index, value_of(stored)}
  end
end
return found
