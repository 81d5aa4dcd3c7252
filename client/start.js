// Starts the client. A file of its own, since the content security policy takes no inline script.
// The imported name gets its hash when the client is built.
import init from "/client.js";

// Words never become markup or script: no string is taken for either, where the browser has Trusted Types. The one address that
// the app hands over to be run is the worker's.
globalThis.trustedTypes?.createPolicy("default", {
  createScriptURL: (address) => (address === "/service_worker.js" ? address : null),
});

const shell = document.getElementById("shell");
try {
  await init();
  shell.remove();
} catch (cause) {
  shell.querySelector("[role=status]").textContent = shell.dataset.failed;
  throw cause;
}
