// The service worker: a page for when there is no connection, and what a click on a notification does. It keeps
// nothing else; every page comes fresh from the service.
const KEPT = "vanikeys-offline-1";
const FILES = ["/offline", "/assets/app.css", "/assets/fonts/text-400.woff2", "/assets/fonts/mono-700.woff2", "/assets/icon.svg"];

addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((kept) => kept.addAll(FILES)).then(() => skipWaiting()));
});

addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate" && request.method === "GET") {
    event.respondWith(fetch(request).catch(() => caches.match("/offline")));
  } else if (FILES.includes(new URL(request.url).pathname)) {
    event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
  }
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(clients.matchAll({ type: "window" }).then((open) => {
    const there = open.find((one) => new URL(one.url).pathname === event.notification.data);
    return there ? there.focus() : clients.openWindow(event.notification.data);
  }));
});
