#!/bin/sh
# Starts the Temporal server with the password from its secret, which no argument and no setting of
# the container shows.
set -eu

POSTGRES_PASSWORD=$(cat /run/secrets/postgres-password)
export POSTGRES_PASSWORD

exec temporal-server --root /etc/holdfast --config . --env server --allow-no-auth start
