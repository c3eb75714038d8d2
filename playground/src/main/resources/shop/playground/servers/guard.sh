# Stands beside one JVM and outlives it by a moment. Its standard input is a pipe from that JVM, which ends when the
# JVM does, however it does: then everything that was being watched, and all that came of it, is killed, and the work
# directory removed. Lines: "watch PID START", "release PID", "container ID". START is the process's start time in
# /proc, so that another process that was given the same number later is left alone.
directory=$1
watched=''
containers=''

# Sets parent, session and start of the process, whose name may hold anything, blanks and brackets too.
look_at() {
  IFS= read -r line <"/proc/$1/stat" || return 1
  set -- ${line##*) }
  state=$1 parent=$2 session=$4 start=${20}
  [ "$state" != Z ] && [ "$state" != X ]
}

holds() { case " $1 " in *" $2 "*) return 0 ;; esac; return 1; }

while IFS=' ' read -r word name time; do
  case $word in
    watch) watched="$watched $name:$time" ;;
    release)
      kept=''
      for process in $watched; do [ "${process%%:*}" = "$name" ] || kept="$kept $process"; done
      watched=$kept ;;
    container) containers="$containers $name" ;;
  esac
done

roots=''
for process in $watched; do
  look_at "${process%%:*}" && [ "$start" = "${process##*:}" ] && roots="$roots ${process%%:*}"
done

# What descends from a watched process, or shares its session. Twice, for what was started meanwhile.
for round in 1 2; do
  doomed=$roots
  before=none
  while [ "$before" != "$doomed" ]; do
    before=$doomed
    for entry in /proc/[0-9]*; do
      pid=${entry#/proc/}
      holds "$doomed" "$pid" && continue
      look_at "$pid" || continue
      if holds "$doomed" "$parent" || holds "$roots" "$session"; then doomed="$doomed $pid"; fi
    done
  done
  [ -z "$doomed" ] || kill -9 $doomed
done

[ -z "$containers" ] || docker rm -f -v $containers
for attempt in 1 2 3 4 5; do
  rm -rf "$directory"
  [ -e "$directory" ] || exit 0
  sleep 0.2
done
