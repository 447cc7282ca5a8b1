#!/bin/sh
# Entry point of the trainer's image. "train" that names no folder goes on with the newest run in /runs if that has no report yet (its container was
# stopped or killed), and starts a new run there otherwise. Anything else goes to the program as it is.
set -eu

case " $* " in
  *" --out"[\ =]* | *" --resume"[\ =]* | *" --help "* | *" -h "* | *" -? "*) ;;
  " train "*)
    newest=
    # Folders are named by time, so the last one is the newest.
    for settings in /runs/*/run.json; do newest=${settings%/run.json}; done
    if [ -e "$newest/run.json" ] && [ ! -e "$newest/report.html" ]; then
      set -- "$@" --resume "$newest"
    else
      set -- "$@" --out "/runs/$(date -u +%Y%m%d-%H%M%S)"
    fi
    ;;
esac

exec dotnet /app/MixPolicy.Trainer.dll "$@"
