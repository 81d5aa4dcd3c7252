//! The browser's database as futures. A future here is made of one event; nothing else is awaited while a transaction is
//! open, since it would commit itself.

use futures_channel::oneshot;
use js_sys::Function;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DomException, IdbDatabase, IdbOpenDbRequest, IdbRequest, IdbTransaction};

use super::{DATABASE, DATABASE_VERSION, StorageError};

/// Turns what the browser threw into a cause.
pub fn cause(thrown: &JsValue) -> StorageError {
    let Some(exception) = thrown.dyn_ref::<DomException>() else {
        return StorageError::Failed(format!("{thrown:?}"));
    };
    let told = format!("{}: {}", exception.name(), exception.message());
    match exception.name().as_str() {
        "QuotaExceededError" => StorageError::Full,
        // Nothing here aborts what it waits for: the browser did, as it let the database go.
        "InvalidStateError" | "UnknownError" | "AbortError" => StorageError::ConnectionLost(told),
        "SecurityError" => StorageError::Unavailable,
        _ => StorageError::Failed(told),
    }
}

type Sender = Rc<RefCell<Option<oneshot::Sender<Result<JsValue, StorageError>>>>>;

/// A handler that answers once with what `result` says.
fn answer(
    sender: &Sender,
    result: impl Fn() -> Result<JsValue, StorageError> + 'static,
) -> Closure<dyn FnMut()> {
    let sender = sender.clone();
    Closure::new(move || {
        if let Some(sender) = sender.borrow_mut().take() {
            // Nobody waits any more: nothing to tell.
            let _ = sender.send(result());
        }
    })
}

fn function(closure: &Closure<dyn FnMut()>) -> Option<&Function> {
    Some(closure.as_ref().unchecked_ref())
}

/// The result of one request.
pub async fn result(request: &IdbRequest) -> Result<JsValue, StorageError> {
    let (sender, receiver) = oneshot::channel();
    let sender: Sender = Rc::new(RefCell::new(Some(sender)));
    let (ok, bad) = (request.clone(), request.clone());
    let succeeded = answer(&sender, move || {
        ok.result().map_err(|thrown| cause(&thrown))
    });
    let failed = answer(&sender, move || Err(failure(bad.error())));
    request.set_onsuccess(function(&succeeded));
    request.set_onerror(function(&failed));
    let answer = receiver.await;
    request.set_onsuccess(None);
    request.set_onerror(None);
    answer.unwrap_or(Err(StorageError::ConnectionLost("no answer".into())))
}

/// Says that nothing more is asked of a transaction: it ends without the page, which may be put away the next moment. WebKit keeps
/// one that waits for a page it has put away, and every later write behind it, for ever.
#[expect(
    deprecated,
    reason = "the bindings know it from a draft; the standard has it since"
)]
pub fn commit(transaction: &IdbTransaction) {
    // Refused where it has ended already; a browser without this ends it by itself a moment later.
    let _ = transaction.commit();
}

/// Waits until a transaction is on the disk.
pub async fn complete(transaction: &IdbTransaction) -> Result<(), StorageError> {
    let (sender, receiver) = oneshot::channel();
    let sender: Sender = Rc::new(RefCell::new(Some(sender)));
    let aborted_transaction = transaction.clone();
    let completed = answer(&sender, || Ok(JsValue::UNDEFINED));
    let aborted = answer(&sender, move || {
        let error = aborted_transaction.error();
        Err(
            error.map_or(StorageError::ConnectionLost("aborted".into()), |error| {
                cause(&error)
            }),
        )
    });
    transaction.set_oncomplete(function(&completed));
    transaction.set_onabort(function(&aborted));
    let answer = receiver.await;
    transaction.set_oncomplete(None);
    transaction.set_onabort(None);
    answer
        .unwrap_or(Err(StorageError::ConnectionLost("no answer".into())))
        .map(|_| ())
}

fn failure(error: Result<Option<DomException>, JsValue>) -> StorageError {
    match error {
        Ok(Some(exception)) => cause(&exception),
        Ok(None) => StorageError::Failed("no cause given".into()),
        Err(thrown) => cause(&thrown),
    }
}

/// Opens the database, making its stores when it is new or older. Waits for a tab that holds an older one: giving up would leave
/// the browser to upgrade it later with nobody there to make the stores.
pub async fn open(
    upgrade: fn(&IdbDatabase, &IdbTransaction) -> Result<(), JsValue>,
) -> Result<IdbDatabase, StorageError> {
    let factory = web_sys::window()
        .and_then(|window| window.indexed_db().ok().flatten())
        .ok_or(StorageError::Unavailable)?;
    let request = factory
        .open_with_u32(DATABASE, DATABASE_VERSION)
        .map_err(|thrown| cause(&thrown))?;
    let (sender, receiver) = oneshot::channel();
    let sender: Sender = Rc::new(RefCell::new(Some(sender)));
    let (ok, bad, upgraded) = (request.clone(), request.clone(), request.clone());
    let succeeded = answer(&sender, move || {
        ok.result().map_err(|thrown| cause(&thrown))
    });
    let failed = answer(&sender, move || Err(failure(bad.error())));
    let upgrading: Closure<dyn FnMut()> = Closure::new(move || make_stores(&upgraded, upgrade));
    request.set_onsuccess(function(&succeeded));
    request.set_onerror(function(&failed));
    request.set_onupgradeneeded(function(&upgrading));
    let answer = receiver.await;
    request.set_onsuccess(None);
    request.set_onerror(None);
    request.set_onupgradeneeded(None);
    let database: IdbDatabase = answer
        .unwrap_or(Err(StorageError::Unavailable))?
        .unchecked_into();
    let newer = database.clone();
    // A newer version of the app in another tab must not wait for this one: let go, and open again at the next use.
    let let_go: Closure<dyn FnMut()> = Closure::new(move || newer.close());
    database.set_onversionchange(function(&let_go));
    let_go.forget();
    Ok(database)
}

fn make_stores(
    request: &IdbOpenDbRequest,
    upgrade: fn(&IdbDatabase, &IdbTransaction) -> Result<(), JsValue>,
) {
    let database = request.result().map(JsCast::unchecked_into::<IdbDatabase>);
    if let (Ok(database), Some(transaction)) = (database, request.transaction())
        && upgrade(&database, &transaction).is_err()
    {
        // The open request then ends in an error, which is told.
        let _ = transaction.abort();
    }
}
