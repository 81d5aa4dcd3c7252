// Starts the client. A file of its own, since the content security policy takes no inline script.
// The imported name gets its hash when the client is built.
import init from "/client.js";

const shell = document.getElementById("shell");
try {
  await init();
  shell.remove();
} catch (cause) {
  shell.querySelector("[role=status]").textContent = shell.dataset.failed;
  throw cause;
}
