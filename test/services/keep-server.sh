#!/bin/sh
# Runs a server, tells its process id, and ends it when standard input closes: so it dies however its starter dies.
# What the server prints goes to standard error. Exits as the server does.
exec 3<&0
"$@" </dev/null >&2 3<&- &
server=$!
{
  read -r _ <&3
  kill -9 $server
} 2>/dev/null &
watcher=$!
echo $server
exec 3<&- >&-
wait $server
status=$?
kill $watcher 2>/dev/null
exit $status
