//! What the database knows of the installation around it.

use super::{StoreError, Tx};

impl Tx {
    /// Remembers the secrets that serve this database, the first time; afterwards whether these are the same.
    pub async fn remember_keys(&mut self, fingerprint: &str) -> Result<bool, StoreError> {
        execute!(
            self,
            "insert into installation (id, key_fingerprint) values (1, $1) on conflict (id) do nothing",
            fingerprint
        )?;
        let known = fetch_optional!(
            self,
            (String,),
            "select key_fingerprint from installation where id = 1"
        )?;
        Ok(known.is_some_and(|(known,)| known == fingerprint))
    }
}

#[cfg(test)]
mod tests {
    const FIRST: &str = "first";

    on_both! {
        async fn the_first_secrets_are_remembered_and_others_are_told_apart(store: Store) {
            let mut tx = store.write().await.unwrap();
            assert!(tx.remember_keys(FIRST).await.unwrap());
            assert!(tx.remember_keys(FIRST).await.unwrap());
            assert!(!tx.remember_keys("second").await.unwrap());
        }
    }
}
