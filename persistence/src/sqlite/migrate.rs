//! Brings a database file up to this version of the program. Migrations are never edited once
//! released: sqlx keeps their checksums and refuses a file that was made by other text.

use std::path::Path;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{SqlSafeStr, SqliteConnection};

use crate::{Error, Result};

const MIGRATIONS: [(i64, &str, &str); 6] = [
    (1, "journal", include_str!("../../migrations/sqlite/0001_journal.sql")),
    (2, "documents", include_str!("../../migrations/sqlite/0002_documents.sql")),
    (3, "read_models", include_str!("../../migrations/sqlite/0003_read_models.sql")),
    (4, "token_roles", include_str!("../../migrations/sqlite/0004_token_roles.sql")),
    (5, "chain", include_str!("../../migrations/sqlite/0005_chain.sql")),
    (6, "token_list", include_str!("../../migrations/sqlite/0006_token_list.sql")),
];

pub(super) async fn migrate(connection: &mut SqliteConnection, path: &Path) -> Result<()> {
    let migrations = MIGRATIONS.map(|(version, name, sql)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    let migrator = Migrator::with_migrations(migrations.to_vec());
    let migrated = migrator.run(connection).await;
    migrated.map_err(|source| Error::Migrate { database: path.display().to_string(), source })
}
