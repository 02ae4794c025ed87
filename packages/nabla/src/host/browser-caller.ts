/** The caller of this worker, in browsers. */

import { buffersOf, type ListenToCaller } from "./host.ts";

export const listenToCaller: ListenToCaller = (hear) => {
  self.onmessage = ({ data }) =>
    hear(data, (message, moved) => self.postMessage(message, { transfer: buffersOf(moved) }));
};
