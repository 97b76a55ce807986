#!/bin/sh
# Runs Chromium, and removes its temporary folders when it is gone: also when the process that asked for it is no more,
# because Chromium ends with the pipe that it is driven by. It never outlives the browser.
profile=
for argument; do
  case $argument in
    --user-data-dir=*) profile=${argument#--user-data-dir=} ;;
  esac
done
trap : TERM INT HUP
"$PAGE_GATEWAY_BROWSER" "$@"
code=$?
[ -n "$profile" ] && rm -rf -- "$profile"
[ -n "$TMPDIR" ] && rm -rf -- "$TMPDIR"
exit $code
