// A browser starts no worker for a page that was opened from the disk: there the search runs in a hidden frame instead.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.body.append(frame);
      this.home = frame.contentWindow;
      this.home.postMessage = (data) => {
        const message = new MessageEvent("message", { data });
        this.dispatchEvent(message);
        if (this.onmessage) this.onmessage(message);
      };
      this.home.importScripts = (...urls) => urls.reduce((before, url) => before.then(() => this.load(url)), Promise.resolve());
      this.ready = this.load(url);
    }

    load(url) {
      return new Promise((resolve, reject) => {
        const script = this.home.document.createElement("script");
        Object.assign(script, { src: url, onload: resolve, onerror: reject });
        this.home.document.body.append(script);
      });
    }

    postMessage(data) {
      this.ready.then(() => this.home.dispatchEvent(new MessageEvent("message", { data })));
    }

    terminate() {
      this.home.frameElement.remove();
    }
  };
}
