//! A school's record as a file for somebody outside. That it was exported stands in it: it is recorded before the first line.

use futures_util::stream::{self, Stream};
use shared::audit::{AuditEvent, Header, Line, SignedHead};
use shared::domain::SchoolId;

use crate::keys::Keys;
use crate::store::{Store, StoreError};

/// Rows in one piece of the file.
const AT_ONCE: i64 = 1_000;

/// Where an export has come to.
enum Place {
    Header,
    /// After this row.
    Rows(i64),
    End,
}

/// The head as of now.
pub async fn head(
    store: &Store,
    keys: &Keys,
    school: SchoolId,
    now_ms: i64,
) -> Result<SignedHead, StoreError> {
    let last = store.read().await?.audit_head(school).await?;
    Ok(keys.sign_head(school, last, now_ms))
}

/// Records the export and gives the file piece by piece. What breaks off has no head at its end.
pub async fn export(
    store: &Store,
    keys: &Keys,
    school: SchoolId,
    exported: AuditEvent,
) -> Result<impl Stream<Item = Result<String, StoreError>> + Send + 'static, StoreError> {
    let now_ms = exported.at_ms;
    let mut tx = store.write().await?;
    tx.record(school, exported);
    tx.commit().await?;
    let head = head(store, keys, school, now_ms).await?;
    let export = Export {
        store: store.clone(),
        header: Header::new(school, keys.verifying()),
        head,
    };
    let pieces = stream::try_unfold((export, Place::Header), |(export, place)| async move {
        let piece = export.piece(place).await?;
        Ok(piece.map(|(text, next)| (text, (export, next))))
    });
    Ok(pieces)
}

struct Export {
    store: Store,
    header: Header,
    /// What came after it is not in the file.
    head: SignedHead,
}

impl Export {
    async fn piece(&self, place: Place) -> Result<Option<(String, Place)>, StoreError> {
        let after = match place {
            Place::Header => {
                let header = write(Line::Header(self.header.clone()))?;
                return Ok(Some((header, Place::Rows(0))));
            }
            Place::Rows(after) => after,
            Place::End => return Ok(None),
        };
        let mut tx = self.store.read().await?;
        let mut rows = tx.audit_after(self.head.school, after, AT_ONCE).await?;
        rows.retain(|row| row.seq <= self.head.seq);
        let Some(last) = rows.last().map(|row| row.seq) else {
            return Ok(Some((write(Line::Head(self.head.clone()))?, Place::End)));
        };
        let lines = rows.into_iter().map(|row| write(Line::Row(row)));
        let text: String = lines.collect::<Result<_, _>>()?;
        Ok(Some((text, Place::Rows(last))))
    }
}

fn write(line: Line) -> Result<String, StoreError> {
    line.write().map_err(|_| StoreError::Unreadable("audit"))
}
