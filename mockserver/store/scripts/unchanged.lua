-- The beginning of `commit_reads`, which commits transactions that only read. If nothing has changed, it returns `done`
-- at once. Otherwise the rest of the script does what `commit` does.
--
-- The arguments after the message come in threes: a key, a field of its hash, and the value that the process knows.
-- They cover the version of the server record and everything that the transactions have read.

local is_unchanged = true
for index = 2, #ARGV, 3 do
  is_unchanged = is_unchanged and (redis.call('HGET', ARGV[index], ARGV[index + 1]) or '') == ARGV[index + 2]
end
if is_unchanged then
  return 'done'
end
