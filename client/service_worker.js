// The service worker: keeps the app's files as one release, sends the outbox when the browser finds a network, and says that
// something waits when a push comes. It knows the database of `src/storage` and the framing of `shared/src/sync/frame.rs`, and
// nothing of what is in the items.
"use strict";

const RELEASE = { version: "dev", files: [], desk: [] };

const CACHE_PREFIX = "friminutt-";
const CACHE = CACHE_PREFIX + RELEASE.version;
// As the web build names the desk's module.
const DESK_MODULE = /^\/desk-.*\.wasm$/;
const DATABASE = "friminutt";
const DATABASE_VERSION = 1;
const DISK_LOCK = "friminutt-disk";
const SENDING_LOCK = "friminutt-sending";
const CHANNEL = "friminutt";
const SYNC_TAG = "friminutt-outbox";
const SYNC_PATH = "/api/sync";
const MAGIC = "FRI2";
const SEALED_VERSION = 2;
// Before the receipts when they are signed (`src/sync/signing.rs`).
const RECEIPTS = "friminutt receipts\n";
const MAX_BATCH_BYTES = 60 * 1024;
const MAX_ITEMS = 500;
const LENGTH_BYTES = 4;
const TIMEOUT_MS = 30000;
const PUSH_PATH = "/api/notices/push";
// Of several notices the last takes the others' place.
const NOTICE_TAG = "friminutt-waiting";
// What the page leaves here in the phone's language (`src/state/push.rs`).
const NOTICE_FACT = "notice_words";
const NOTICE_WORDS = "Noe venter på deg.";
const NOTICE_WORDS_WITHIN_MS = 1000;

self.addEventListener("install", (event) => event.waitUntil(install()));

// All or nothing: one file that cannot be fetched, and the release before stays in use. The desk's module comes along where
// somebody has opened the desk before, and may be missing.
async function install() {
  const hadDesk = await hasDesk();
  const cache = await caches.open(CACHE);
  await cache.addAll(RELEASE.files.map((file) => new Request(file, { cache: "no-cache" })));
  if (hadDesk) await Promise.all(RELEASE.desk.map((file) => fetchDesk(cache, file))).catch(() => {});
}

async function fetchDesk(cache, file) {
  const fetched = await fetch(file, { cache: "no-cache", signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (isModule(fetched)) await keep(cache, file, fetched);
}

// A guest network answers with a page of its own: kept, it would stand in the module's place until the next release.
function isModule(response) {
  return response.ok && !response.redirected && response.headers.get("content-type") === "application/wasm";
}

async function hasDesk() {
  for (const name of await caches.keys()) {
    if (!name.startsWith(CACHE_PREFIX)) continue;
    const kept = await (await caches.open(name)).keys();
    if (kept.some((request) => DESK_MODULE.test(new URL(request.url).pathname))) return true;
  }
  return false;
}

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith(CACHE_PREFIX) && name !== CACHE) await caches.delete(name);
      }
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("message", (event) => {
  if (event.data === "skip-waiting") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin || isTheServers(url.pathname)) return;
  const file = event.request.mode === "navigate" ? "/" : url.pathname;
  event.respondWith(fromRelease(file, event));
});

function isTheServers(path) {
  return path.startsWith("/api/") || path === "/health";
}

async function fromRelease(file, event) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(file);
  if (kept) return kept;
  if (!RELEASE.desk.includes(file)) return fetch(event.request);
  const fetched = await fetch(event.request, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (isModule(fetched)) event.waitUntil(keep(cache, file, fetched.clone()));
  return fetched;
}

// A phone that is full does without.
function keep(cache, file, response) {
  return cache.put(file, response).catch(() => {});
}

self.addEventListener("sync", (event) => {
  if (event.tag === SYNC_TAG) event.waitUntil(sendOutbox());
});

// Waits for whoever is sending already: the page may be gone before it is done.
function sendOutbox() {
  return navigator.locks.request(SENDING_LOCK, async () => {
    const database = await openDatabase();
    try {
      while (await sendBatch(database)) {
        // Until the outbox is empty or nothing moves.
      }
    } finally {
      database.close();
      new BroadcastChannel(CHANNEL).postMessage("wrote");
    }
  });
}

// Sends what fits into one request; true when there is more.
async function sendBatch(database) {
  const key = await fact(database, "verifying");
  if (!key) return false;
  const outbox = await all(database, "outbox");
  const { batch, hasMore } = nextBatch(outbox);
  if (batch.length === 0) return false;
  const receipts = await post(batch, key);
  const settled = await navigator.locks.request(DISK_LOCK, () => settle(database, batch, receipts));
  return hasMore && settled > 0;
}

// The page's rule (`src/sync/batch.rs`): oldest first, whoever wrote it, nothing behind a problem, one item alone whatever its
// size. What is not sealed is left to the page.
function nextBatch(outbox) {
  const stuck = new Set(outbox.filter((item) => item.state === "problem").map((item) => item.document));
  const waiting = outbox.filter((item) => item.bytes[0] === SEALED_VERSION && item.state === "waiting" && !stuck.has(item.document));
  const batch = [];
  let size = header().length + MAGIC.length + LENGTH_BYTES;
  for (const item of waiting) {
    size += LENGTH_BYTES + item.bytes.length;
    if (batch.length > 0 && (size > MAX_BATCH_BYTES || batch.length === MAX_ITEMS)) break;
    batch.push(item);
  }
  return { batch, hasMore: waiting.length > batch.length };
}

function header() {
  return new TextEncoder().encode(JSON.stringify({ cursors: [], wants_feed: false }));
}

function frame(parts) {
  const size = parts.reduce((sum, part) => sum + LENGTH_BYTES + part.length, MAGIC.length);
  const body = new Uint8Array(size);
  const view = new DataView(body.buffer);
  body.set(new TextEncoder().encode(MAGIC));
  let at = MAGIC.length;
  for (const part of parts) {
    view.setUint32(at, part.length, true);
    body.set(part, at + LENGTH_BYTES);
    at += LENGTH_BYTES + part.length;
  }
  return body;
}

// The receipts that the server has signed. Throws when the answer is not the server's: the browser then calls again later, and
// nothing leaves the outbox.
async function post(batch, key) {
  const response = await fetch(SYNC_PATH, {
    method: "POST",
    headers: { "content-type": "application/octet-stream" },
    body: frame([header(), ...batch.map((item) => item.bytes)]),
    credentials: "same-origin",
    cache: "no-store",
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const body = new Uint8Array(await response.arrayBuffer());
  if (response.status !== 200) throw new Error("not an answer of the server's: " + response.status);
  const [, receipts, signature] = parts(body);
  if (!(await isSigned(receipts, signature, key))) throw new Error("the receipts are not the server's");
  const signed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(receipts));
  if (!Array.isArray(signed.receipts)) throw new Error("the answer has no receipts");
  return signed.receipts;
}

// The first three parts of an answer: head, receipts, signature.
function parts(body) {
  const view = new DataView(body.buffer);
  const found = [];
  if (new TextDecoder().decode(body.subarray(0, MAGIC.length)) !== MAGIC) throw new Error("not an answer of the server's");
  for (let at = MAGIC.length; found.length < 3; ) {
    if (body.length < at + LENGTH_BYTES) throw new Error("the answer is cut off");
    const end = at + LENGTH_BYTES + view.getUint32(at, true);
    if (body.length < end) throw new Error("the answer is cut off");
    found.push(body.subarray(at + LENGTH_BYTES, end));
    at = end;
  }
  return found;
}

// Throws where the browser does not know Ed25519: the page sends then.
async function isSigned(receipts, signature, key) {
  const bytes = Uint8Array.from(key.match(/../g), (pair) => parseInt(pair, 16));
  const verifying = await crypto.subtle.importKey("raw", bytes, "Ed25519", false, ["verify"]);
  const word = new TextEncoder().encode(RECEIPTS);
  const signed = new Uint8Array(word.length + receipts.length);
  signed.set(word);
  signed.set(receipts, word.length);
  return crypto.subtle.verify("Ed25519", verifying, signature, signed);
}

// One transaction: an item leaves the outbox by its own receipt alone.
function settle(database, batch, receipts) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(["outbox", "sent"], "readwrite", { durability: "strict" });
    const outbox = transaction.objectStore("outbox");
    let settled = 0;
    for (const { item: hash, outcome, reason } of receipts) {
      const item = batch.find((item) => item.hash === hash);
      if (!item) continue;
      if (outcome === "erased") {
        outbox.delete(item.number);
        settled += 1;
      } else if (outcome === "stored") {
        const { staff, document, bytes } = item;
        transaction.objectStore("sent").put({ hash, staff, document, at_ms: Date.now(), bytes });
        outbox.delete(item.number);
        settled += 1;
      } else if (outcome === "quarantined" || outcome === "refused") {
        outbox.put({ ...item, state: "problem", reason: String(reason) });
        settled += 1;
      }
    }
    transaction.oncomplete = () => resolve(settled);
    transaction.onabort = () => reject(transaction.error);
  });
}

// What a push says is not looked at: nothing that comes from outside is shown.
self.addEventListener("push", (event) => event.waitUntil(tellThatSomethingWaits()));

async function tellThatSomethingWaits() {
  // A database that hangs must not keep it from being shown.
  const late = new Promise((resolve) => setTimeout(resolve, NOTICE_WORDS_WITHIN_MS, NOTICE_WORDS));
  const body = await Promise.race([noticeWords().catch(() => NOTICE_WORDS), late]);
  const options = { body, tag: NOTICE_TAG, renotify: true, icon: "/icons/icon-192.png" };
  await self.registration.showNotification("Friminutt", options);
}

async function noticeWords() {
  const database = await openDatabase();
  try {
    return (await fact(database, NOTICE_FACT)) ?? NOTICE_WORDS;
  } finally {
    database.close();
  }
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(showApp());
});

// What is open is left as it is: somebody may be writing there.
async function showApp() {
  const [open] = await self.clients.matchAll({ type: "window" });
  return open ? open.focus() : self.clients.openWindow("/");
}

// The browser has another address, or wants one to be asked for.
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(subscribeAnew()));

async function subscribeAnew() {
  const offer = await (await fetch(PUSH_PATH, { credentials: "same-origin", cache: "no-store" })).json();
  if (!offer.is_on || !offer.public_key) return;
  const options = { userVisibleOnly: true, applicationServerKey: offer.public_key };
  const { endpoint, keys } = (await self.registration.pushManager.subscribe(options)).toJSON();
  await fetch(PUSH_PATH, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ endpoint, p256dh: keys.p256dh, auth: keys.auth }),
    credentials: "same-origin",
  });
}

function openDatabase() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, DATABASE_VERSION);
    // Only the page makes the database: without it there is nothing to send.
    request.onupgradeneeded = () => request.transaction.abort();
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });
}

function all(database, store) {
  return ask(database.transaction(store).objectStore(store).getAll());
}

async function fact(database, key) {
  const found = await ask(database.transaction("facts").objectStore("facts").get(key));
  return found && JSON.parse(found.json);
}

function ask(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
