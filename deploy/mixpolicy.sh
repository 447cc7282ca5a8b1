#!/bin/sh
# The command line in the agent's image.
exec dotnet /app/mixpolicy.dll "$@"
