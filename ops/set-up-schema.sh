#!/bin/sh
# Creates Temporal's two databases, or brings them up to this server's schema. Creating what exists
# fails and does no harm; whether the databases are as they must be is decided by the updates.
set -eu

SQL_PASSWORD=$(cat /run/secrets/postgres-password)
export SQL_PASSWORD

set_up() {
  temporal-sql-tool --database "$1" create-database || echo "database $1 is there already"
  temporal-sql-tool --database "$1" setup-schema -v 0.0 || echo "the schema of $1 is there already"
  temporal-sql-tool --database "$1" update-schema --schema-name "$2"
}

set_up temporal postgresql/v12/temporal
set_up temporal_visibility postgresql/v12/visibility
