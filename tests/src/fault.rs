//! What goes wrong inside a browser, brought about from outside the app: scripts that run before the app's own and wait to be
//! told, by a journey, what to break.

/// Its database, as the app names it.
const DATABASE: &str = "friminutt";

/// `fault.connections` are those that the app has opened; `fault.refuses`, the name of an exception, is what each new
/// transaction then throws; `fault.aborts` is how many of the next writing ones are aborted.
pub const STORAGE: &str = r#"
    window.fault = { connections: [], refuses: null, aborts: 0 };
    const open = IDBFactory.prototype.open;
    IDBFactory.prototype.open = function (...asked) {
        const request = open.apply(this, asked);
        request.addEventListener("success", () => fault.connections.push(request.result));
        return request;
    };
    const begin = IDBDatabase.prototype.transaction;
    IDBDatabase.prototype.transaction = function (stores, mode, options) {
        if (fault.refuses) throw new DOMException("Connection to Indexed Database server lost.", fault.refuses);
        const transaction = begin.call(this, stores, mode, options);
        if (mode === "readwrite" && fault.aborts > 0) {
            fault.aborts -= 1;
            queueMicrotask(() => transaction.abort());
        }
        return transaction;
    };
"#;

/// As if a later version of the app asked for a later version of the database.
pub const LATER_DATABASE: &str = r#"
    const open = IDBFactory.prototype.open;
    IDBFactory.prototype.open = function (name, version) { return open.call(this, name, version + 1); };
"#;

/// A browser that gives no storage, as some do in a private window.
pub const NO_DATABASE: &str = r#"
    Object.defineProperty(window, "indexedDB", { get() { throw new DOMException("denied", "SecurityError"); } });
"#;

/// A clock that `localStorage["clock"]` sets forward by so many milliseconds, and an app that looks at it as often as it can:
/// `watched` counts how often it did.
pub const CLOCK: &str = r#"
    const WATCH_EVERY_MS = 10000;
    const now = Date.now.bind(Date), wait = setTimeout.bind(window);
    Date.now = () => now() + Number(localStorage.getItem("clock") ?? 0);
    window.watched = 0;
    window.setTimeout = (call, ms, ...more) => {
        if (ms !== WATCH_EVERY_MS) return wait(call, ms, ...more);
        window.watched += 1;
        return wait(call, 50, ...more);
    };
"#;

/// Holds the database as it was made by an app older than any, from a page that is not the app's.
pub fn hold_old_database() -> String {
    format!(
        "return new Promise((held) => {{ const request = indexedDB.open('{DATABASE}', 1);
            request.onsuccess = () => {{ window.old = request.result; held(true); }}; }})"
    )
}

/// Puts what is not the app's on the disk until no byte of it fits any more.
pub const FILL: &str = r#"
    const database = await new Promise((opened, failed) => {
        const request = indexedDB.open("elsewhere", 1);
        request.onupgradeneeded = () => request.result.createObjectStore("rows", { autoIncrement: true });
        request.onsuccess = () => opened(request.result);
        request.onerror = () => failed(request.error);
    });
    const put = (bytes) => new Promise((put) => {
        const transaction = database.transaction("rows", "readwrite", { durability: "strict" });
        const chance = crypto.getRandomValues(new Uint8Array(Math.min(bytes, 65536)));
        const row = new Uint8Array(bytes);
        for (let at = 0; at < bytes; at += chance.length) row.set(chance, at);
        transaction.objectStore("rows").put(row);
        transaction.oncomplete = () => put(true);
        transaction.onabort = () => put(false);
    });
    for (const bytes of [1048576, 65536, 4096, 256, 16]) while (await put(bytes)) {}
    database.close();
"#;

/// Takes it off the disk again.
pub const EMPTY: &str = r#"
    await new Promise((gone) => { indexedDB.deleteDatabase("elsewhere").onsuccess = gone; });
"#;

/// Taps the first choice and tells how many milliseconds later the page said that it is not saved; none when it said that it is.
pub const TAP_AND_TIME: &str = r#"
    const mark = (name) => document.querySelector(`[data-test="${name}"]`);
    const tapped = performance.now();
    mark("choice-alone").click();
    for (;;) {
        await new Promise(requestAnimationFrame);
        if (mark("storage-failed")?.checkVisibility()) return performance.now() - tapped;
        if (mark("saved")?.checkVisibility()) return null;
    }
"#;
