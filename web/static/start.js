// Starts the page. A file of its own, because the Content-Security-Policy forbids inline scripts;
// the names of the built files come from index.html, where trunk wrote them.
const meta = document.querySelector('meta[name="logloupe-app"]');
try {
  const { default: init } = await import(new URL(meta.content, document.baseURI).href);
  await init({ module_or_path: new URL(meta.dataset.wasm, document.baseURI).href });
} catch (fault) {
  const message = document.createElement("p");
  message.setAttribute("role", "alert");
  message.textContent = `Logloupe could not start in this browser (it needs WebAssembly with SIMD: Chrome 91, Firefox 89, Safari 16.4 or newer). ${fault}`;
  document.getElementById("app").replaceChildren(message);
  throw fault;
}
