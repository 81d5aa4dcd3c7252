// The service worker: keeps the app's files as one release and sends the outbox when the browser finds a network. It knows
// the database of `src/storage` and the framing of `shared/src/sync/frame.rs`, and nothing of what is in the items.
"use strict";

const RELEASE = { version: "dev", files: [] };

const CACHE_PREFIX = "friminutt-";
const CACHE = CACHE_PREFIX + RELEASE.version;
const DATABASE = "friminutt";
const DATABASE_VERSION = 1;
const DISK_LOCK = "friminutt-disk";
const SENDING_LOCK = "friminutt-sending";
const CHANNEL = "friminutt";
const SYNC_TAG = "friminutt-outbox";
const SYNC_PATH = "/api/sync";
const MAGIC = "FRI1";
const MAX_BATCH_BYTES = 60 * 1024;
const MAX_ITEMS = 500;
const LENGTH_BYTES = 4;
const TIMEOUT_MS = 30000;

// All or nothing: one file that cannot be fetched, and the release before stays in use.
self.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(CACHE).then((cache) => cache.addAll(RELEASE.files.map((file) => new Request(file, { cache: "no-cache" })))),
  );
});

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
  event.respondWith(fromRelease(file, event.request));
});

function isTheServers(path) {
  return path.startsWith("/api/") || path === "/health";
}

async function fromRelease(file, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(file)) ?? fetch(request);
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
  const staff = await signedInStaff(database);
  if (!staff) return false;
  const outbox = await all(database, "outbox");
  const { batch, hasMore } = nextBatch(outbox, staff);
  if (batch.length === 0) return false;
  const answer = await post(batch);
  const settled = await navigator.locks.request(DISK_LOCK, () => settle(database, batch, answer.receipts));
  return hasMore && settled > 0;
}

// The page's rule (`src/sync/batch.rs`): oldest first, nothing behind a problem, one item alone whatever its size.
function nextBatch(outbox, staff) {
  const stuck = new Set(outbox.filter((item) => item.state === "problem").map((item) => item.document));
  const waiting = outbox.filter((item) => item.staff === staff && item.state === "waiting" && !stuck.has(item.document));
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

// Throws when the answer is not the server's: the browser then calls again later, and nothing leaves the outbox.
async function post(batch) {
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
  const text = new TextDecoder("utf-8", { fatal: true });
  const start = MAGIC.length + LENGTH_BYTES;
  if (response.status !== 200 || body.length < start || text.decode(body.subarray(0, MAGIC.length)) !== MAGIC) {
    throw new Error("not an answer of the server's: " + response.status);
  }
  const length = new DataView(body.buffer).getUint32(MAGIC.length, true);
  if (body.length < start + length) throw new Error("the answer is cut off");
  const answer = JSON.parse(text.decode(body.subarray(start, start + length)));
  if (!Array.isArray(answer.receipts)) throw new Error("the answer has no receipts");
  return answer;
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
      if (outcome === "stored" || outcome === "duplicate") {
        const { staff, document, bytes } = item;
        transaction.objectStore("sent").put({ hash, staff, document, at_ms: Date.now(), bytes });
        outbox.delete(item.number);
        settled += 1;
      } else if (outcome === "quarantined") {
        outbox.put({ ...item, state: "problem", reason: String(reason) });
        settled += 1;
      }
    }
    transaction.oncomplete = () => resolve(settled);
    transaction.onabort = () => reject(transaction.error);
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

async function signedInStaff(database) {
  const session = await ask(database.transaction("facts").objectStore("facts").get("session"));
  return session && JSON.parse(session.json).staff;
}

function ask(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
